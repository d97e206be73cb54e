package org.tlac.platform.course;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CourseFileTest {

    private static final int MAX_BYTES = 100;
    private static final int READERS = 32;

    private final AtomicInteger parsed = new AtomicInteger();

    @TempDir
    private Path folder;

    private CourseFile<String> file(int maxBytes) {
        return new CourseFile<>(new CourseFolder(folder), "f.txt", maxBytes, InstantSource.system(), this::parse);
    }

    private String parse(String path, byte[] content) {
        parsed.incrementAndGet();
        String text = new String(content, StandardCharsets.UTF_8);
        if (text.startsWith("broken")) {
            throw new BrokenFileException(path + ": " + text);
        }
        return text;
    }

    private Path write(String content) throws IOException {
        return Files.writeString(folder.resolve("f.txt"), content);
    }

    private void exchange(String content) throws IOException {
        Files.move(
                Files.writeString(folder.resolve("next"), content),
                folder.resolve("f.txt"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }

    private static String good(Reading<String> reading) {
        return switch (reading) {
            case Reading.Good<String> good -> good.value();
            case Reading.Missing<String> missing -> "missing";
            case Reading.Broken<String> broken -> broken.message();
        };
    }

    /** Runs it in many threads at once; what each one got. */
    private static <T> List<T> atOnce(Callable<T> task) throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newFixedThreadPool(READERS)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                running.add(threads.submit(() -> {
                    start.await();
                    return task.call();
                }));
            }
            start.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> one : running) {
                results.add(one.get(30, TimeUnit.SECONDS));
            }
            return results;
        }
    }

    @Test
    void concurrentFirstReads_parseOnce_andShareTheResult() throws Exception {
        write("first");
        CourseFile<String> file = file(MAX_BYTES);
        Set<Reading<String>> different = Collections.newSetFromMap(new IdentityHashMap<>());
        different.addAll(atOnce(file::read));
        assertThat(different).hasSize(1);
        assertThat(different).allSatisfy(reading -> assertThat(good(reading)).isEqualTo("first"));
        assertThat(parsed).hasValue(1);
    }

    @Test
    void fileThatIsExchangedWhileItIsRead_isSeenWholeOrNotAtAll() throws Exception {
        int versions = 200;
        exchange("0".repeat(1000));
        CourseFile<String> file = file(1 << 20);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Callable<Integer> reader = () -> {
                int reads = 0;
                while (!done.get() || reads == 0) {
                    String seen = good(file.read());
                    assertThat(seen.chars().distinct().count()).as(seen).isEqualTo(1);
                    reads++;
                }
                return reads;
            };
            List<Future<Integer>> readers =
                    Stream.generate(() -> reader).limit(4).map(threads::submit).toList();
            for (int i = 1; i <= versions; i++) {
                exchange(Integer.toString(i % 10).repeat(1000 + i));
            }
            done.set(true);
            for (Future<Integer> one : readers) {
                assertThat(one.get(30, TimeUnit.SECONDS)).isPositive();
            }
        }
        assertThat(good(file.read())).isEqualTo("0".repeat(1000 + versions));
        assertThat(parsed.get()).isBetween(1, versions + 1);
    }

    @Test
    void fileThatIsWrittenInPlace_isReadToItsEndInTheEnd() throws Exception {
        write("start");
        CourseFile<String> file = file(1 << 20);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            Future<?> reader = threads.submit(() -> {
                while (!done.get()) {
                    file.read();
                }
                return null;
            });
            for (int i = 0; i < 200; i++) {
                write(Integer.toString(i % 10).repeat(100_000));
            }
            done.set(true);
            reader.get(30, TimeUnit.SECONDS);
        }
        assertThat(good(file.read())).isEqualTo("9".repeat(100_000));
    }

    @Test
    void brokenContent_isSaid_andParsedOnce_untilItIsRepaired() throws Exception {
        write("good");
        CourseFile<String> file = file(MAX_BYTES);
        assertThat(good(file.read())).isEqualTo("good");
        write("broken here");
        Reading<String> broken = file.read();
        assertThat(broken).isEqualTo(new Reading.Broken<>("f.txt: broken here", false));
        assertThat(file.read()).isSameAs(broken);
        assertThat(parsed).hasValue(2);
        write("good again");
        assertThat(good(file.read())).isEqualTo("good again");
        Files.delete(folder.resolve("f.txt"));
        Reading<String> missing = file.read();
        assertThat(missing).isEqualTo(new Reading.Missing<>());
        assertThat(file.read()).isSameAs(missing);
    }

    @Test
    void fileBeyondItsLimit_isRefusedUnparsed() throws Exception {
        write("x".repeat(MAX_BYTES));
        CourseFile<String> file = file(MAX_BYTES);
        assertThat(good(file.read())).hasSize(MAX_BYTES);
        write("x".repeat(MAX_BYTES + 1));
        assertThat(file.read()).isEqualTo(new Reading.Broken<>("f.txt is larger than 100 bytes", true));
        write("x".repeat(MAX_BYTES * 1000));
        assertThat(file.read()).isEqualTo(new Reading.Broken<>("f.txt is larger than 100 bytes", true));
        assertThat(parsed).hasValue(1);
        write("small");
        assertThat(good(file.read())).isEqualTo("small");
    }

    @Test
    void unchangedFile_isNotReadAgain_butOneThatWasJustWrittenIs() throws Exception {
        Path path = write("one");
        FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        Files.setLastModifiedTime(path, longAgo);
        CourseFile<String> file = file(MAX_BYTES);
        assertThat(good(file.read())).isEqualTo("one");
        // What no editor does: other bytes of the same number at the same nanosecond.
        write("two");
        Files.setLastModifiedTime(path, longAgo);
        assertThat(good(file.read())).isEqualTo("one");

        FileTime now = FileTime.from(Instant.now().plusSeconds(1));
        Files.setLastModifiedTime(path, now);
        assertThat(good(file.read())).isEqualTo("two");
        write("six");
        Files.setLastModifiedTime(path, now);
        assertThat(good(file.read())).isEqualTo("six");
    }

    @Test
    void valueThatDependsOnOtherFiles_isParsedAgainWhenOutdated_onceForAll() throws Exception {
        Path path = write("value");
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        AtomicInteger world = new AtomicInteger();
        CourseFile<Integer> file = new CourseFile<>(
                new CourseFolder(folder), "f.txt", MAX_BYTES, InstantSource.system(), (name, content) -> {
                    parsed.incrementAndGet();
                    return world.get();
                });
        assertThat(file.read()).isEqualTo(new Reading.Good<>(0));
        world.set(1);
        assertThat(file.read()).isEqualTo(new Reading.Good<>(0));
        assertThat(atOnce(() -> file.readAgain(value -> value != world.get()))).containsOnly(new Reading.Good<>(1));
        assertThat(parsed).hasValue(2);
        assertThat(file.read()).isEqualTo(new Reading.Good<>(1));
    }
}

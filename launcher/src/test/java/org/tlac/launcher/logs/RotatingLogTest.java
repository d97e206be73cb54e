package org.tlac.launcher.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingLogTest {

    @TempDir
    private Path folder;

    private Path file(int number) {
        return folder.resolve(number == 0 ? "x.log" : "x.log." + number);
    }

    private RotatingLog log(long maxBytes, int files) throws IOException {
        RotatingLog log = new RotatingLog(file(0), new Logs.Limits(maxBytes, files));
        log.open();
        return log;
    }

    private static void write(RotatingLog log, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        log.write(bytes, bytes.length);
    }

    @Test
    void fileThatIsExactlyFull_isKept_andTheNextByteBeginsAnother() throws IOException {
        RotatingLog log = log(10, 3);
        write(log, "1234\n6789\n");
        assertThat(file(1)).doesNotExist();
        write(log, "a\n");
        assertThat(file(1)).hasContent("1234\n6789\n");
        assertThat(file(0)).hasContent("a\n");
    }

    @Test
    void chunkOfManyLines_isSplitBetweenLines() throws IOException {
        RotatingLog log = log(10, 4);
        write(log, "1111\n2222\n3333\n4444\n5555\n");
        assertThat(file(2)).hasContent("1111\n2222\n");
        assertThat(file(1)).hasContent("3333\n4444\n");
        assertThat(file(0)).hasContent("5555\n");
    }

    @Test
    void lineThatComesInPieces_staysWhole() throws IOException {
        RotatingLog log = log(10, 4);
        write(log, "1111\n22");
        write(log, "222222");
        write(log, "22\n3333\n");
        assertThat(file(1)).hasContent("1111\n2222222222\n");
        assertThat(file(0)).hasContent("3333\n");
    }

    @Test
    void lineWithoutEnd_isBoundedToo() throws IOException {
        RotatingLog log = log(10_000, 2);
        for (int i = 0; i < 100; i++) {
            write(log, "x".repeat(8000));
        }
        assertThat(Files.size(file(0)) + Files.size(file(1))).isLessThan(2 * (10_000 + (64 << 10)) + 8000);
        assertThat(file(2)).doesNotExist();
    }

    @Test
    void oldest_areDropped_alsoThoseOfALargerLimit() throws IOException {
        for (int i = 1; i <= 7; i++) {
            Files.writeString(file(i), "old " + i + "\n");
        }
        RotatingLog log = log(4, 3);
        assertThat(file(2)).hasContent("old 2\n");
        assertThat(file(3)).doesNotExist();
        assertThat(file(7)).doesNotExist();
        write(log, "new\n");
        write(log, "two\n");
        assertThat(file(2)).hasContent("old 1\n");
        assertThat(file(1)).hasContent("new\n");
        assertThat(file(0)).hasContent("two\n");
    }

    @Test
    void oneFile_isAllThatIsKept() throws IOException {
        RotatingLog log = log(4, 1);
        write(log, "one\n");
        write(log, "two\n");
        assertThat(file(0)).hasContent("two\n");
        assertThat(file(1)).doesNotExist();
    }

    @Test
    void everyLineOfALongStream_isThereOnce_inOrder() throws IOException {
        List<String> lines = IntStream.range(0, 5000)
                .mapToObj(i -> "line " + i + " " + "y".repeat(i % 50))
                .toList();
        byte[] all = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        RotatingLog log = log(4096, 1000);
        Random random = new Random(8);
        for (int from = 0; from < all.length; ) {
            byte[] chunk = new byte[Math.min(all.length - from, 1 + random.nextInt(3000))];
            System.arraycopy(all, from, chunk, 0, chunk.length);
            log.write(chunk, chunk.length);
            from += chunk.length;
        }
        StringBuilder read = new StringBuilder();
        for (int i = 999; i >= 0; i--) {
            if (Files.exists(file(i))) {
                String text = Files.readString(file(i));
                assertThat(text).endsWith("\n").hasSizeLessThanOrEqualTo(4096 + 200);
                read.append(text);
            }
        }
        assertThat(read.toString().lines()).isEqualTo(lines);
        assertThat(file(10)).exists();
    }

    @Test
    void modes_areTheOwnersAndTheGroups_alsoOfFilesThatWereThere() throws IOException {
        for (int i = 0; i < 2; i++) {
            Files.writeString(file(i), "old\n");
            Files.setPosixFilePermissions(file(i), PosixFilePermissions.fromString("rw-r--r--"));
        }
        RotatingLog log = log(6, 4);
        write(log, "1\n");
        write(log, "22\n");
        for (Map.Entry<Integer, String> each :
                Map.of(0, "22\n", 1, "old\n1\n", 2, "old\n").entrySet()) {
            assertThat(file(each.getKey())).hasContent(each.getValue());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(each.getKey()))))
                    .isEqualTo("rw-r-----");
        }
    }

    @Test
    void fileThatSomebodyRemoved_isMadeAgainAtTheNextStart() throws IOException {
        RotatingLog log = log(100, 2);
        write(log, "one\n");
        Files.delete(file(0));
        log.open();
        write(log, "two\n");
        assertThat(file(0)).hasContent("two\n");
    }

    /** A child that logs must not wait for room. */
    @Test
    void diskThatTakesNothing_costsTheLinesAndNotTheChild() throws IOException {
        Path file = folder.resolve("away/x.log");
        RotatingLog log = new RotatingLog(file, new Logs.Limits(100, 2));
        write(log, "lost\n");
        Files.createDirectory(file.getParent());
        write(log, "kept\n");
        assertThat(file).hasContent("Dropped here: 5 bytes that the disk did not take\nkept\n");
    }
}

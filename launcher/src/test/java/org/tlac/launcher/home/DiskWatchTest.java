package org.tlac.launcher.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskWatchTest {

    @TempDir
    private Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private long freeMegabytes = 2000;

    private long timesSaid(String what) {
        return said.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(what))
                .count();
    }

    @Test
    void nearlyFull_isSaidOnce_andSoIsItsEnd() {
        DiskWatch watch = new DiskWatch(
                () -> new Disk.Room(folder, freeMegabytes << 20, freeMegabytes < 1000),
                new Console(new PrintStream(said, true, StandardCharsets.UTF_8)));
        watch.look();
        assertThat(said.size()).isZero();
        freeMegabytes = 999;
        watch.look();
        watch.look();
        assertThat(timesSaid("The disk is nearly full: 999 MB free for " + folder))
                .isEqualTo(1);
        freeMegabytes = 1000;
        watch.look();
        watch.look();
        assertThat(timesSaid("The disk is no longer nearly full: 1000 MB free")).isEqualTo(1);
        assertThat(timesSaid("")).isEqualTo(2);
    }

    @Test
    void limit_isTheFirstThatIsEnough() throws Exception {
        Home home = new Home(folder, folder);
        long free = Files.getFileStore(folder).getUsableSpace();
        assertThat(room(home, 0).isNearlyFull()).isFalse();
        assertThat(room(home, Long.MAX_VALUE).isNearlyFull()).isTrue();
        assertThat(room(home, 0).freeBytes()).isBetween(free / 2, free * 2);
    }

    private static Disk.Room room(Home home, long nearlyFullBytes) {
        return new Disk(home, new Disk.Limits(nearlyFullBytes, Duration.ofSeconds(1))).room();
    }
}

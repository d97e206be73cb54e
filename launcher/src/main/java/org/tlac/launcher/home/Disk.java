package org.tlac.launcher.home;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The disks that hold what TLAC keeps: PostgreSQL's data, backups and logs may be on one each. */
public final class Disk {

    private final Home home;
    private final Limits limits;

    /**
     * @param nearlyFullBytes less than that is nearly full
     * @param interval between two looks
     */
    public record Limits(long nearlyFullBytes, Duration interval) {}

    /**
     * The one with the least room.
     *
     * @param folder what is on it
     */
    public record Room(Path folder, long freeBytes, boolean isNearlyFull) {

        /** As the end of a line. */
        public String text() {
            String free = "%d MB free for %s".formatted(freeBytes >> 20, folder);
            return isNearlyFull ? "nearly full: " + free + ". Make room before work can no longer be saved." : free;
        }
    }

    public Disk(Home home, Limits limits) {
        this.home = home;
        this.limits = limits;
    }

    /** @throws UserError when that cannot be read */
    public Room room() {
        Path tightest = home.folder();
        long least = Long.MAX_VALUE;
        for (Path folder : List.of(home.folder(), home.postgresData(), home.backups(), home.logs())) {
            if (Files.exists(folder)) {
                long free = free(folder);
                if (free < least) {
                    least = free;
                    tightest = folder;
                }
            }
        }
        return new Room(tightest, least, least < limits.nearlyFullBytes());
    }

    static long free(Path folder) {
        try {
            FileStore store = Files.getFileStore(folder);
            return store.getUsableSpace();
        } catch (IOException e) {
            throw new UserError("Cannot read how much space is free for " + folder, e);
        }
    }
}

package org.tlac.launcher.home;

import java.util.function.Supplier;

/** Says it once when the disk gets nearly full, and once when it is no more. */
public final class DiskWatch {

    private final Supplier<Disk.Room> disk;
    private final Console console;
    private boolean told;

    public DiskWatch(Supplier<Disk.Room> disk, Console console) {
        this.disk = disk;
        this.console = console;
    }

    /** Looks now, and then as often as the limits say, for as long as this process lives. */
    public void start(Disk.Limits limits) {
        look();
        Thread.ofPlatform().daemon().name("disk").start(() -> {
            while (true) {
                Pause.of(limits.interval());
                look();
            }
        });
    }

    void look() {
        try {
            Disk.Room room = disk.get();
            if (room.isNearlyFull() != told) {
                told = room.isNearlyFull();
                console.step("The disk is " + (told ? room.text() : "no longer nearly full: " + room.text()));
            }
        } catch (UserError e) {
            // A disk that cannot be read now is looked at again.
        }
    }
}

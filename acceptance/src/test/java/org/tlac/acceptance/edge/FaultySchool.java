package org.tlac.acceptance.edge;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.launcher.School;
import org.tlac.launcher.home.UserError;

/** A school whose every part can fail, with pupils at work in it. */
final class FaultySchool implements AutoCloseable {

    private final FaultyWays ways;
    private final @Nullable SmallDisk disk;
    private final EdgeSchool school;

    private FaultySchool(FaultyWays ways, @Nullable SmallDisk disk, EdgeSchool school) {
        this.ways = ways;
        this.disk = disk;
        this.school = school;
    }

    static FaultySchool open(Path folder) throws IOException, InterruptedException {
        FaultyWays ways = new FaultyWays(School.offset());
        Optional<SmallDisk> disk = SmallDisk.at(folder.resolve("home/data"));
        return new FaultySchool(ways, disk.orElse(null), EdgeSchool.open(folder, 1, ways.settings()));
    }

    /** Everybody signs in and begins to work. */
    FaultRounds pupils(int count, Duration hold) throws IOException, InterruptedException {
        Account admin = school.admin();
        FaultRounds rounds = new FaultRounds(school.target(), hold);
        for (int i = 0; i < count; i++) {
            String name = "pupil" + (char) ('a' + i / 26) + (char) ('a' + i % 26) + ".x";
            rounds.seat(school.user(admin, name, "pupil"), name);
        }
        rounds.awaitCalm();
        return rounds;
    }

    /** Every fault that can be made here. */
    List<Fault> faults() {
        List<Fault> all = new ArrayList<>(ways.faults(school.target()));
        if (disk != null) {
            all.add(disk.full());
        }
        return all;
    }

    boolean canFillDisk() {
        return disk != null;
    }

    void stop() throws InterruptedException {
        school.stop();
    }

    @Override
    public void close() {
        school.close();
        ways.close();
        if (disk != null) {
            try {
                disk.close();
            } catch (IOException e) {
                throw new UserError("Cannot unmount", e);
            }
        }
    }
}

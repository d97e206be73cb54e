package org.tlac.acceptance.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.TestProcess;
import org.tlac.launcher.postgres.PostgresBinaries;

/** What {@code bench/edge/endurance} and its neighbours run: the same code as the tests, with numbers of one's own. */
public final class EdgeBench {

    private static final int LARGE_BYTES = 2 << 20;
    private static final int THIRTY_MEBIBYTES = 30 << 20;

    private static final Duration SOON = Duration.ofSeconds(5);

    private EdgeBench() {}

    /** @param args a command, then {@code --name value} pairs: bench/edge/README.md says which */
    public static void main(String[] args) throws Exception {
        Map<String, String> options = options(args);
        boolean clean = switch (args.length == 0 ? "" : args[0]) {
            case "endurance" -> endurance(options);
            case "faults" -> faults(options);
            case "attack" -> attack(options);
            default -> throw new IllegalArgumentException("commands: endurance, faults, attack");
        };
        System.exit(clean ? 0 : 1);
    }

    private static Map<String, String> options(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 1; i + 1 < args.length; i += 2) {
            options.put(args[i].substring(2), args[i + 1]);
        }
        return options;
    }

    private static boolean endurance(Map<String, String> options) throws IOException, InterruptedException {
        if (options.containsKey("home")) {
            Target target = new Target(
                    Path.of(options.get("home")).toAbsolutePath(),
                    Integer.parseInt(options.getOrDefault("port-offset", "0")));
            return report(endurance(new EnduranceRun(target), options));
        }
        Path folder = Files.createTempDirectory("tlac-endurance");
        try (Dying dying = new Dying();
                EdgeSchool school = EdgeSchool.open(
                        folder, LARGE_BYTES, Map.of(Target.GATEWAY, Map.of("SERVICES_BACKUP", dying.url())))) {
            Account admin = school.admin();
            Account pupil = school.user(admin, "ada.l", "pupil");
            EnduranceRun run = new EnduranceRun(school.target())
                    .with(pupil, EdgeSchool.LARGE)
                    .withDying(admin, "/api/admin/backups");
            boolean clean = report(endurance(run, options));
            school.stop();
            return clean;
        } finally {
            PostgresBinaries.deleteRecursively(folder);
        }
    }

    private static boolean attack(Map<String, String> options) throws Exception {
        Duration duration = Duration.ofSeconds(Long.parseLong(options.getOrDefault("duration", "30")));
        double scale = Double.parseDouble(options.getOrDefault("scale", "1"));
        Path folder = Files.createTempDirectory("tlac-attack");
        boolean alive = true;
        try (EdgeSchool school = EdgeSchool.open(folder, THIRTY_MEBIBYTES, Map.of())) {
            Account admin = school.admin();
            List<Account> pupils = new ArrayList<>();
            for (char c = 'a'; c < 'i'; c++) {
                pupils.add(school.user(admin, "pupil" + c + ".x", "pupil"));
            }
            AttackRun run = new AttackRun(
                    school.target(), pupils, "admin", EdgeSchool.PASSWORD, EdgeSchool.LARGE, scale, duration);
            System.out.print(AttackRun.Outcome.header());
            for (String name :
                    options.containsKey("name") ? List.of(options.get("name").split(",")) : run.names()) {
                AttackRun.Outcome outcome = run.run(name);
                System.out.print(outcome.markdown());
                alive &= outcome.alive();
                TestProcess.await(() -> isUp(admin));
            }
            school.stop();
        } finally {
            PostgresBinaries.deleteRecursively(folder);
        }
        return alive;
    }

    private static boolean isUp(Account somebody) {
        try {
            return somebody.get("/api/auth/me", Duration.ofSeconds(10)).status() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean faults(Map<String, String> options) throws Exception {
        int rounds = Integer.parseInt(options.getOrDefault("rounds", "20"));
        int pupils = Integer.parseInt(options.getOrDefault("pupils", "50"));
        Duration hold = Duration.ofSeconds(Long.parseLong(options.getOrDefault("hold", "5")));
        List<String> chosen = List.of(options.getOrDefault("fault", "").split(","));
        Path folder = Files.createTempDirectory("tlac-faults");
        try (FaultySchool school = FaultySchool.open(folder)) {
            if (!school.canFillDisk()) {
                System.out.println("not root: no round with a full disk");
            }
            FaultRounds work = school.pupils(pupils, hold);
            List<Fault> faults = school.faults().stream()
                    .filter(fault -> chosen.equals(List.of("")) || chosen.contains(fault.name()))
                    .toList();
            for (int i = 0; i < rounds; i++) {
                // One fault after the other: the launcher starts a part that keeps dying later each time.
                for (Fault fault : faults) {
                    System.err.println(work.round(fault));
                }
            }
            History history = work.finish();
            System.out.println(work.markdown() + "\n" + history);
            school.stop();
            return history.lost() == 0
                    && history.doubled() == 0
                    && work.rounds().stream().allMatch(EdgeBench::isGood);
        } finally {
            PostgresBinaries.deleteRecursively(folder);
        }
    }

    /** 503 or the right answer, within five seconds, and well again five seconds after. */
    private static boolean isGood(FaultRounds.Round round) {
        return round.others() == 0
                && round.slowest().compareTo(SOON) <= 0
                && round.recovery().compareTo(SOON) <= 0;
    }

    private static EnduranceRun.Result endurance(EnduranceRun run, Map<String, String> options)
            throws InterruptedException {
        int concurrency = Integer.parseInt(options.getOrDefault("concurrency", "64"));
        int count = Integer.parseInt(options.getOrDefault("count", "300"));
        if (options.containsKey("kind")) {
            return run.each(List.of(options.get("kind").split(",")), count, concurrency);
        }
        if (options.containsKey("each")) {
            return run.each(new ArrayList<>(run.kinds()), Integer.parseInt(options.get("each")), concurrency);
        }
        return run.mixed(Integer.parseInt(options.getOrDefault("total", "1000000")), concurrency);
    }

    private static boolean report(EnduranceRun.Result result) {
        System.out.println(result.markdown());
        result.leaks().forEach(leak -> System.out.println("LEAK " + leak));
        result.surprises().forEach(surprise -> System.out.println("UNEXPECTED " + surprise));
        return result.isClean();
    }
}

package org.tlac.acceptance.edge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.tlac.launcher.School;

/** A school for load and faults: no limits per user, a course with a large file, and whatever else is set for its services. */
final class EdgeSchool implements AutoCloseable {

    static final String PASSWORD = "choose a long one";

    /** A file of the course, by its address. */
    static final String LARGE = "/lessons/lesson-1/large.txt";

    private final School school;

    private EdgeSchool(School school) {
        this.school = school;
    }

    /**
     * @param folder to make it in
     * @param largeBytes size of {@link #LARGE}
     * @param settings by service, beyond what the launcher sets
     */
    static EdgeSchool open(Path folder, int largeBytes, Map<String, Map<String, String>> settings) throws IOException {
        Path home = folder.resolve("home");
        Path course = folder.resolve("course");
        copy(School.ROOT.resolve("course"), course);
        Files.writeString(course.resolve("lesson-1/large.txt"), "a large file\n".repeat(largeBytes / 13 + 1));
        Map<String, Map<String, String>> all = new HashMap<>(settings);
        Map<String, String> gateway =
                new HashMap<>(Map.of("LIMITS_ENFORCE", "false", "COURSE_FOLDER", course.toString()));
        gateway.putAll(settings.getOrDefault(Target.GATEWAY, Map.of()));
        all.put(Target.GATEWAY, gateway);
        for (Map.Entry<String, Map<String, String>> each : all.entrySet()) {
            Path file = home.resolve("config").resolve(each.getKey() + ".env");
            Files.createDirectories(file.getParent());
            List<String> lines = each.getValue().entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .toList();
            Files.write(file, lines);
        }
        School school = School.start(home);
        // Nothing of it stays when a benchmark is interrupted.
        Runtime.getRuntime().addShutdownHook(new Thread(school::close));
        return new EdgeSchool(school);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
    }

    Target target() {
        return new Target(school.home(), school.settings().portOffset());
    }

    /** Makes the first admin and signs in. */
    Account admin() throws IOException, InterruptedException {
        Account anybody = Account.anybody(target());
        int status = anybody.post(
                        "/api/admin/bootstrap",
                        Map.of("username", "admin", "name", "Admin", "password", PASSWORD),
                        java.time.Duration.ofSeconds(60))
                .status();
        if (status != 200) {
            throw new IllegalStateException("/api/admin/bootstrap answered " + status);
        }
        return anybody.signIn("admin", PASSWORD);
    }

    /** Makes somebody and signs in. */
    Account user(Account admin, String username, String role) throws IOException, InterruptedException {
        int status = admin.post(
                        "/api/admin/users",
                        Map.of("username", username, "name", username, "role", role, "password", PASSWORD),
                        java.time.Duration.ofSeconds(60))
                .status();
        if (status != 200) {
            throw new IllegalStateException("/api/admin/users answered " + status + " for " + username);
        }
        return Account.anybody(target()).signIn(username, PASSWORD);
    }

    void stop() throws InterruptedException {
        school.stop();
    }

    @Override
    public void close() {
        school.close();
    }
}

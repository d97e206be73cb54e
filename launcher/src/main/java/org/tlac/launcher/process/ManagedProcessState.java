package org.tlac.launcher.process;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.KeyValues;
import org.tlac.launcher.home.UserError;

/**
 * What the launcher knows of a part and {@code ./tlac status} tells: a file of the folder {@code run}.
 *
 * @param restarts since the launcher was started
 */
public record ManagedProcessState(Phase phase, int restarts) {

    public enum Phase {
        STARTING,
        RUNNING,
        RESTARTING
    }

    /** Empty when nothing was written yet. */
    public static Optional<ManagedProcessState> read(Home home, String name) {
        try {
            Map<String, String> values = KeyValues.read(home.state(name));
            return Optional.of(new ManagedProcessState(
                    Phase.valueOf(values.getOrDefault("phase", "").toUpperCase(Locale.ROOT)),
                    Integer.parseInt(values.getOrDefault("restarts", ""))));
        } catch (IllegalArgumentException | UserError e) {
            return Optional.empty();
        }
    }

    /** What cannot be written on a full disk is not told, and keeps nothing from running. */
    void write(Home home, String name) {
        try {
            Home.writePublic(
                    home.state(name),
                    "phase=%s%nrestarts=%d%n".formatted(phase.name().toLowerCase(Locale.ROOT), restarts));
        } catch (UserError e) {
            delete(home, name);
        }
    }

    static void delete(Home home, String name) {
        try {
            Files.deleteIfExists(home.state(name));
        } catch (IOException e) {
            // Whoever reads it asks first whether a launcher runs.
        }
    }
}

package org.tlac.runner.interactive;

import io.helidon.config.Config;
import java.time.Duration;

/**
 * The limits of interactive runs, under the key {@code sessions}; memory, processor time, files and output are
 * limited as those of any program.
 *
 * @param most at once, of all users; each has one at most
 * @param warm sandboxes that are ready before anybody asks
 * @param linger how long a further sandbox stays when nobody needs it
 * @param patience how long a program may wait for its sandbox
 * @param turn how long a program may run without reading what was typed
 * @param idle how long it may wait for input
 * @param lifetime how long it may last in all
 * @param grace how long it goes on when nobody reads its events
 * @param kept how long its end can still be read
 * @param heartbeat the longest pause in a stream of events
 * @param inputBytes all that may be typed
 */
public record InteractiveRules(
        int most,
        int warm,
        Duration linger,
        Duration patience,
        Duration turn,
        Duration idle,
        Duration lifetime,
        Duration grace,
        Duration kept,
        Duration heartbeat,
        int inputBytes) {

    public InteractiveRules {
        atLeast("most", 0, most);
        atLeast("warm", 0, warm);
        if (warm > most) {
            throw new IllegalArgumentException("sessions.warm must be at most sessions.most, not " + warm);
        }
        atLeast("linger", 1, linger.toMillis());
        atLeast("patience", 1, patience.toMillis());
        atLeast("turn", 1, turn.toMillis());
        atLeast("idle", 1, idle.toMillis());
        atLeast("lifetime", 1, lifetime.toMillis());
        atLeast("grace", 1, grace.toMillis());
        atLeast("kept", 1, kept.toMillis());
        atLeast("heartbeat", 1, heartbeat.toMillis());
        atLeast("inputbytes", 0, inputBytes);
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    public static InteractiveRules from(Config config) {
        Config sessions = config.get("sessions");
        return new InteractiveRules(
                sessions.get("most").asInt().get(),
                sessions.get("warm").asInt().get(),
                duration(sessions, "linger"),
                duration(sessions, "patience"),
                duration(sessions, "turn"),
                duration(sessions, "idle"),
                duration(sessions, "lifetime"),
                duration(sessions, "grace"),
                duration(sessions, "kept"),
                duration(sessions, "heartbeat"),
                sessions.get("inputbytes").asInt().get());
    }

    private static Duration duration(Config sessions, String key) {
        return sessions.get(key).as(Duration.class).get();
    }

    private static void atLeast(String key, long least, long value) {
        if (value < least) {
            throw new IllegalArgumentException("sessions." + key + " must be at least " + least + ", not " + value);
        }
    }
}

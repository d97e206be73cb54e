package org.tlac.launcher.logs;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tlac.launcher.home.Home;

/** The logs of what the launcher runs: one for each part, which all of its processes share, one after another. */
public final class Logs {

    private final Home home;
    private final Limits limits;
    private final Map<String, RotatingLog> logs = new ConcurrentHashMap<>();

    /**
     * @param maxBytes before a log gets larger it is followed by another
     * @param files of each log, the one that is written to among them
     */
    public record Limits(long maxBytes, int files) {}

    public Logs(Home home, Limits limits) {
        this.home = home;
        this.limits = limits;
    }

    public RotatingLog of(String name) {
        return logs.computeIfAbsent(name, key -> new RotatingLog(home.logs().resolve(key + ".log"), limits));
    }
}

package org.tlac.launcher.process;

import java.time.Duration;

/**
 * Whether a part that runs does its work.
 *
 * @param isSilent whether it said nothing in time, neither that it works nor that it does not
 * @param reason what is wrong, in words; empty when nothing is
 */
public record Liveness(boolean isAlive, boolean isSilent, String reason) {

    public static final Liveness ALIVE = new Liveness(true, false, "");

    private static final int MAX_REASON = 200;

    public static Liveness failed(String reason) {
        return failed(false, reason);
    }

    private static Liveness failed(boolean silent, String reason) {
        String line = reason.replaceAll("\\s+", " ").strip();
        return new Liveness(false, silent, line.length() <= MAX_REASON ? line : line.substring(0, MAX_REASON) + "...");
    }

    /** What a program says by HTTP: 200 when it is alive. */
    public static Liveness ofHttp(int port, String path, Duration timeout) {
        Readiness answer = Readiness.of(port, path, timeout);
        if (answer.isReady()) {
            return ALIVE;
        }
        return answer.status() == 0 ? failed(true, answer.reason()) : failed(answer.status() + " " + answer.reason());
    }
}

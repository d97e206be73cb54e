package org.tlac.gateway.upstream;

import io.helidon.config.Config;
import java.net.URI;
import java.time.Duration;
import org.tlac.gateway.upstream.ServiceClient.Patience;

/**
 * The keys below {@code upstream}: what one service may cost its callers, and all services each other. Every service has its own
 * connections, places and circuit breaker.
 *
 * @param connectTimeout to connect
 * @param timeout a call to a service, from waiting for a place to the last byte of its answer
 * @param runTimeout a call that runs a pupil's program, as long as the runner answers nobody
 * @param runLimit a call that runs a pupil's program in any case
 * @param calls calls to a service at once
 * @param queue calls that wait until one of those is over
 * @param queueTimeout how long one waits
 * @param streams streams of events from a service at once
 * @param streamIdle silence in a stream of events, which beats every few seconds
 * @param idle connections to a service that are kept for later
 * @param idleTime how long one is kept; shorter than services keep theirs ({@code server.readtimeout})
 * @param maxAnswerBytes a larger answer counts as broken
 */
public record UpstreamConfig(
        Duration connectTimeout,
        Duration timeout,
        Duration runTimeout,
        Duration runLimit,
        int calls,
        int queue,
        Duration queueTimeout,
        int streams,
        Duration streamIdle,
        int idle,
        Duration idleTime,
        int maxAnswerBytes,
        Breaker breaker) {

    /**
     * When a service is not asked any more: for {@code delay} after {@code ratio} percent of the last {@code window} calls failed, and
     * there were so many since it was last away; then one question decides.
     *
     * @param probe how long that question may take
     */
    public record Breaker(int window, int ratio, Duration delay, Duration probe) {

        private static final int MAX_WINDOW = 10_000;

        public Breaker {
            atLeast("breaker.window", window, 1);
            if (window > MAX_WINDOW) {
                throw new IllegalArgumentException(
                        "upstream.breaker.window must be at most " + MAX_WINDOW + ", not " + window);
            }
            atLeast("breaker.ratio", ratio, 1);
            if (ratio > 100) {
                throw new IllegalArgumentException("upstream.breaker.ratio is in percent, not " + ratio);
            }
            positive("breaker.delay", delay);
            positive("breaker.probe", probe);
        }
    }

    public UpstreamConfig {
        positive("connecttimeout", connectTimeout);
        positive("timeout", timeout);
        positive("runtimeout", runTimeout);
        positive("queuetimeout", queueTimeout);
        positive("streamidle", streamIdle);
        positive("idletime", idleTime);
        atLeast("calls", calls, 1);
        atLeast("queue", queue, 0);
        atLeast("streams", streams, 1);
        atLeast("idle", idle, 0);
        atLeast("maxanswerbytes", maxAnswerBytes, 1);
        if (runLimit.compareTo(runTimeout) < 0) {
            throw new IllegalArgumentException("upstream.runlimit is shorter than upstream.runtimeout");
        }
        if (queueTimeout.compareTo(timeout) >= 0) {
            throw new IllegalArgumentException("upstream.queuetimeout leaves nothing of upstream.timeout");
        }
    }

    private static void positive(String key, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("upstream." + key + " must be a time above zero, not " + value);
        }
    }

    private static void atLeast(String key, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException("upstream." + key + " must be at least " + least + ", not " + value);
        }
    }

    /** @throws RuntimeException that names the key which is missing or whose value cannot be used */
    public static UpstreamConfig from(Config config) {
        return new UpstreamConfig(
                duration(config, "connecttimeout"),
                duration(config, "timeout"),
                duration(config, "runtimeout"),
                duration(config, "runlimit"),
                number(config, "calls"),
                number(config, "queue"),
                duration(config, "queuetimeout"),
                number(config, "streams"),
                duration(config, "streamidle"),
                number(config, "idle"),
                duration(config, "idletime"),
                number(config, "maxanswerbytes"),
                new Breaker(
                        number(config, "breaker.window"),
                        number(config, "breaker.ratio"),
                        duration(config, "breaker.delay"),
                        duration(config, "breaker.probe")));
    }

    private static Duration duration(Config config, String key) {
        return config.get(key).as(Duration.class).get();
    }

    private static int number(Config config, String key) {
        return config.get(key).asInt().get();
    }

    /**
     * The client to one service.
     *
     * @param name what messages to clients call it
     */
    ServiceClient.Config client(String name, URI base) {
        return new ServiceClient.Config(
                name, base, connectTimeout, Patience.of(timeout), streamIdle, idle, idleTime, maxAnswerBytes);
    }

    Patience forRuns() {
        return new Patience(runTimeout, runLimit);
    }
}

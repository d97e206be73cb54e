package org.tlac.gateway.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Route;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/** Calls per user and minute, by class: those that came here, and those that {@link RateLimitGossip} know of. */
public final class RateLimits {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final String LIMIT_TYPE = "api";
    private static final int MAX_USERS = 10_000;

    private final Config config;
    private final InstantSource clock;
    private final Counter exceeded;
    private final Histogram usage;
    private final Cache<Key, SlidingWindow> windows = Caffeine.newBuilder()
            .maximumSize(MAX_USERS)
            .expireAfterAccess(WINDOW)
            .build();

    /** Calls that were counted elsewhere, by {@link Key#text}. */
    private volatile ToIntFunction<String> elsewhere = key -> 0;

    /**
     * The limits.
     *
     * @param enforce false only measures: nobody is refused, the metrics move all the same
     */
    public record Config(boolean enforce, Map<LimitClass, Integer> perMinute) {

        public Config {
            perMinute = Map.copyOf(perMinute);
            perMinute.forEach((limitClass, limit) -> {
                if (limit < 1) {
                    throw new IllegalArgumentException("limits." + limitClass + " must be at least 1, not " + limit);
                }
            });
        }
    }

    private record Key(long userId, LimitClass limitClass) {

        String text() {
            return userId + " " + limitClass.name().toLowerCase(Locale.ROOT);
        }
    }

    public RateLimits(Config config, Metrics metrics, InstantSource clock) {
        this.config = config;
        this.clock = clock;
        this.exceeded = metrics.counter(Catalogue.RATE_LIMIT_EXCEEDED);
        this.usage = metrics.histogram(Catalogue.RATE_LIMIT_USAGE);
    }

    /** The same route, whose calls by somebody who is signed in count towards that limit. */
    public Route counted(LimitClass limitClass, Route route) {
        Integer limit = config.perMinute().get(limitClass);
        if (limit == null) {
            return route;
        }
        exceeded.add(0, route.endpoint(), LIMIT_TYPE);
        return route.handledBy(call -> {
            if (call.identity() instanceof Identity.User user) {
                count(new Key(user.caller().id(), limitClass), limit, route.endpoint());
            }
            return route.handler().handle(call);
        });
    }

    void countAlso(ToIntFunction<String> counted) {
        elsewhere = counted;
    }

    /** Calls of the last minute that were let through here, by user and class; who made none is left out. */
    Map<String, Integer> recent() {
        Map<String, Integer> calls = new HashMap<>();
        windows.asMap().forEach((key, window) -> {
            int count = window.count(clock.instant());
            if (count > 0) {
                calls.put(key.text(), count);
            }
        });
        return calls;
    }

    private void count(Key key, int limit, String endpoint) {
        SlidingWindow.Verdict verdict = windows.get(key, missing -> new SlidingWindow(limit, WINDOW))
                .admit(clock.instant(), elsewhere.applyAsInt(key.text()));
        // Whole percents: Helidon's summaries round fractions up.
        usage.observe(Math.floorDiv(100 * verdict.used(), limit), endpoint);
        if (!verdict.admitted()) {
            exceeded.increment(endpoint, LIMIT_TYPE);
            if (config.enforce()) {
                throw ApiError.tooManyRequests(message(key.limitClass(), limit), verdict.retryAfter());
            }
        }
    }

    private static String message(LimitClass limitClass, int limit) {
        String what = limitClass == LimitClass.RUNS ? "code executions" : "requests";
        return "Too many " + what + ". Limit: " + limit + " per minute.";
    }
}

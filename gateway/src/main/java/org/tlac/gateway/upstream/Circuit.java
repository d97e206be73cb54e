package org.tlac.gateway.upstream;

import io.helidon.faulttolerance.CircuitBreaker;
import io.helidon.faulttolerance.CircuitBreaker.State;
import io.helidon.faulttolerance.CircuitBreakerOpenException;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.tlac.platform.http.ApiError;

/**
 * The circuit breaker of a service: while it answers nobody, nobody waits for it. A failure is an answer that did not come, came too late
 * or was none; whatever status a service answers with, it is there. Calls run in the caller's own thread.
 */
final class Circuit {

    private final String name;
    private final CircuitBreaker breaker;

    /** What a service failed with, in the form that the breaker counts. */
    private static final class Failed extends RuntimeException {

        private final ApiError error;

        Failed(ApiError error) {
            super(null, error, false, false);
            this.error = error;
        }
    }

    /**
     * A closed breaker.
     *
     * @param name what messages to clients call the service
     * @param threads where the breaker waits before it lets the next question through
     */
    Circuit(String name, UpstreamConfig.Breaker config, ExecutorService threads) {
        this.name = name;
        this.breaker = CircuitBreaker.builder()
                .volume(config.window())
                .errorRatio(config.ratio())
                .delay(config.delay())
                .successThreshold(1)
                .addApplyOn(Failed.class)
                .executor(threads)
                .build();
    }

    /**
     * Calls unless the service is known to be away.
     *
     * @param probe asks the service anything, as soon as it may be back: no call of a user's is spent on finding that out
     * @throws ApiError what {@code call} throws; 503 at once while the service is away
     */
    <T> T call(Runnable probe, Supplier<T> call) {
        try {
            if (breaker.state() == State.HALF_OPEN) {
                breaker.invoke(() -> counted(() -> {
                    probe.run();
                    return true;
                }));
            }
            return breaker.invoke(() -> counted(call));
        } catch (Failed failed) {
            throw failed.error;
        } catch (CircuitBreakerOpenException e) {
            throw ApiError.unavailable(
                    "The " + name + " is away. Please try again shortly.", "upstream_unavailable", e);
        }
    }

    private static <T> T counted(Supplier<T> call) {
        try {
            return call.get();
        } catch (ApiError e) {
            throw e.ofService() ? new Failed(e) : e;
        }
    }
}

package org.tlac.gateway.upstream;

import io.helidon.common.concurrency.limits.FixedLimit;
import io.helidon.common.concurrency.limits.LimitAlgorithm.Token;
import java.time.Duration;
import org.tlac.platform.http.ApiError;

/**
 * The bulkhead of a service: so many calls at once, so many that wait, and no longer than so long. The waiting is why this is Helidon's
 * limit and not its fault tolerance's bulkhead, whose queue has no time limit. All in the caller's own thread.
 */
final class Places {

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String name;
    private final FixedLimit limit;

    /** @param name what messages to clients call the service */
    Places(String name, int most, int queue, Duration wait) {
        this.name = name;
        this.limit = FixedLimit.builder()
                .permits(most)
                .queueLength(queue)
                .queueTimeout(wait)
                .build();
    }

    /** A place, to be given back with {@link Token#success}. @throws ApiError 503 when there is none in time */
    Token take() {
        return limit.tryAcquire(true)
                .orElseThrow(() -> ApiError.busy("The " + name + " is busy. Please try again shortly.", RETRY));
    }
}

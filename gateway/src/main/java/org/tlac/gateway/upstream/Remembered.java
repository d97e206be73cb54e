package org.tlac.gateway.upstream;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Answers remembered for a short time. Whoever asks for one that is just being fetched waits for that; failures are not remembered. The
 * fetching runs on a thread of its own: inside a cache's own computation it would hold a lock, and on JDK 21 a carrier thread, for as long
 * as a service takes to answer.
 */
public final class Remembered<K, V> {

    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AsyncCache<K, V> answers;

    /** @param bound answers kept at most */
    public Remembered(Duration time, int bound) {
        this.answers =
                Caffeine.newBuilder().maximumSize(bound).expireAfterWrite(time).buildAsync();
    }

    /** The remembered answer, or the one that {@code fetch} gets now. @throws RuntimeException what {@code fetch} throws */
    public V get(K key, Function<K, V> fetch) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        try {
            return answers.get(
                            key,
                            (missing, executor) ->
                                    CompletableFuture.supplyAsync(() -> inContext(context, missing, fetch), threads))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    public void forget(K key) {
        answers.synchronous().invalidate(key);
    }

    public void forgetIf(Predicate<K> which) {
        answers.asMap().keySet().removeIf(which);
    }

    public void forgetAll() {
        answers.synchronous().invalidateAll();
    }

    /** The fetching belongs to the request that began it: its id goes on to the service and into the log. */
    private static <K, V> V inContext(@Nullable Map<String, String> context, K key, Function<K, V> fetch) {
        if (context != null) {
            MDC.setContextMap(context);
        }
        try {
            return fetch.apply(key);
        } finally {
            MDC.clear();
        }
    }
}

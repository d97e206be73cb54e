package org.tlac.gateway.upstream;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Answers remembered for a short time. Whoever asks for one that is just being fetched waits for that; failures are not remembered. The
 * fetching runs on a thread of its own: inside a cache's own computation it would hold a lock, and on JDK 21 a carrier thread, for as long
 * as a service takes to answer.
 */
public final class ExpiringCache<K, V> {

    private final RequestThreads threads = new RequestThreads();
    private final AsyncCache<K, V> answers;

    /** @param bound answers kept at most */
    public ExpiringCache(Duration time, int bound) {
        this.answers =
                Caffeine.newBuilder().maximumSize(bound).expireAfterWrite(time).buildAsync();
    }

    /** The remembered answer, or the one that {@code fetch} gets now. @throws RuntimeException what {@code fetch} throws */
    public V get(K key, Function<K, V> fetch) {
        try {
            return answers.get(key, (missing, executor) -> threads.begin(() -> fetch.apply(missing)))
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
}

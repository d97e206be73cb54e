package org.tlac.auth.passwords;

import de.mkammerer.argon2.Argon2;
import de.mkammerer.argon2.Argon2Factory;
import de.mkammerer.argon2.Argon2Factory.Argon2Types;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.tlac.platform.http.ApiError;

/**
 * Argon2id hashes in PHC form, with the parameters of the databases schools have now. A hash takes 64 MiB and blocks its thread in native
 * code, so hashes run on a few platform threads of their own, and no more at once than those.
 */
public final class PasswordHasher implements AutoCloseable {

    private static final int MEMORY_KIB = 64 << 10;
    private static final int ITERATIONS = 2;
    private static final int PARALLELISM = 1;
    private static final Duration BUSY_RETRY = Duration.ofSeconds(5);

    private final Argon2 argon2 = Argon2Factory.create(Argon2Types.ARGON2id);
    private final ExecutorService threads;
    private final Semaphore turns;
    private final Duration wait;
    private final String nobodysHash;

    /**
     * @param concurrent hashes computed at once
     * @param wait how long a caller waits for its turn before it is refused
     */
    public PasswordHasher(int concurrent, Duration wait) {
        this.threads = Executors.newFixedThreadPool(
                concurrent, Thread.ofPlatform().daemon().name("argon2-", 0).factory());
        this.turns = new Semaphore(concurrent, true);
        this.wait = wait;
        this.nobodysHash = compute("nobody");
    }

    /** @throws ApiError 503 when too many others wait */
    public String hash(String password) {
        return inTurn(() -> compute(password));
    }

    /**
     * Whether the password is the one that was hashed. Without a hash it is not, and finding that out takes just as long: the time does not
     * tell whether an account exists.
     *
     * @throws ApiError 503 when too many others wait
     */
    public boolean matches(Optional<String> hash, String password) {
        boolean same = inTurn(() -> verify(hash.orElse(nobodysHash), password));
        return same && hash.isPresent();
    }

    private String compute(String password) {
        char[] characters = password.toCharArray();
        try {
            return argon2.hash(ITERATIONS, MEMORY_KIB, PARALLELISM, characters);
        } finally {
            argon2.wipeArray(characters);
        }
    }

    private boolean verify(String hash, String password) {
        char[] characters = password.toCharArray();
        try {
            return argon2.verify(hash, characters);
        } finally {
            argon2.wipeArray(characters);
        }
    }

    private <T> T inTurn(Callable<T> work) {
        try {
            if (!turns.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw ApiError.busy("Too many people are signing in. Please try again shortly.", BUSY_RETRY);
            }
            try {
                return threads.submit(work).get();
            } finally {
                turns.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiError.busy("The service is stopping. Please try again shortly.", BUSY_RETRY);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A password cannot be hashed", e.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}

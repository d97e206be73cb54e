package org.tlac.launcher;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.tlac.launcher.home.Console;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.process.ManagedProcess;
import org.tlac.launcher.process.Supervisor;

/** Starts parts in the order of their needs, side by side where they have none in common, and stops them in the reverse order. */
final class Launcher {

    private final List<Supervisor> parts;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();
    private boolean stopping;

    /**
     * @param parts each listed after those it needs
     * @throws IllegalArgumentException when one needs what is not listed before it
     */
    Launcher(List<? extends ManagedProcess> parts, Home home, LauncherConfig config, Console console) {
        Set<String> known = new HashSet<>();
        for (ManagedProcess part : parts) {
            if (!known.containsAll(part.needs()) || !known.add(part.name())) {
                throw new IllegalArgumentException(
                        part.name() + " needs " + part.needs() + ", listed before it: " + known);
            }
        }
        this.parts = parts.stream()
                .map(part -> new Supervisor(
                        part, home, config.watchdog(), config.patience(part), InstantSource.system(), console))
                .toList();
    }

    /** Returns when everything is ready. @throws UserError when it cannot be; nothing is left running then */
    void start() {
        // Fails with the first failure, not when everybody else is done.
        CompletableFuture<Void> failure = new CompletableFuture<>();
        Map<String, CompletableFuture<Void>> ready = new HashMap<>();
        for (Supervisor each : parts) {
            CompletableFuture<?>[] needs =
                    each.part().needs().stream().map(ready::get).toArray(CompletableFuture[]::new);
            ready.put(
                    each.part().name(),
                    CompletableFuture.allOf(needs).thenRunAsync(() -> start(each, failure), threads));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(ready.values().toArray(CompletableFuture[]::new));
        try {
            CompletableFuture.anyOf(all, failure).join();
        } catch (CompletionException e) {
            stop();
            throw problem(e);
        }
    }

    private static void start(Supervisor part, CompletableFuture<Void> failure) {
        try {
            part.start();
        } catch (RuntimeException e) {
            failure.completeExceptionally(e);
            throw e;
        }
    }

    private static UserError problem(CompletionException failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof UserError problem ? problem : new UserError("TLAC cannot start", cause);
    }

    /** Blocks until {@link #stop} is done. */
    void join() throws InterruptedException {
        stopped.await();
    }

    /** Stops everything, each before what it needs, and returns when nothing runs. Whoever calls it again waits for the same. */
    void stop() {
        if (!isFirstToStop()) {
            awaitStopped();
            return;
        }
        Map<String, CompletableFuture<Void>> gone = new HashMap<>();
        for (Supervisor each : parts.reversed()) {
            List<CompletableFuture<Void>> dependents = new ArrayList<>();
            for (Supervisor other : parts) {
                if (other.part().needs().contains(each.part().name())) {
                    dependents.add(gone.get(other.part().name()));
                }
            }
            CompletableFuture<Void> free = CompletableFuture.allOf(dependents.toArray(CompletableFuture[]::new));
            // One that cannot be stopped keeps nobody else from being stopped.
            gone.put(each.part().name(), free.thenRunAsync(each::stop, threads).exceptionally(failure -> null));
        }
        CompletableFuture.allOf(gone.values().toArray(CompletableFuture[]::new)).join();
        stopped.countDown();
    }

    private synchronized boolean isFirstToStop() {
        boolean first = !stopping;
        stopping = true;
        return first;
    }

    private void awaitStopped() {
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

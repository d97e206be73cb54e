package org.tlac.launcher;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Starts what the table says in the order of its needs, starts again what dies, and stops everything in reverse order. */
final class Launcher {

    private static final long MIN_FREE_BYTES = 500L << 20;
    private static final Duration READY_PATIENCE = Duration.ofSeconds(60);
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(30);

    /** A child that ran for so long died of something new: its next start is not delayed by the old. */
    private static final Duration STABLE = Duration.ofSeconds(60);

    private final Home home;
    private final List<ServiceSpec> table;
    private final Postgres postgres;
    private final Console console;
    private final Deque<Child> running = new ArrayDeque<>();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean stopping;
    private @Nullable FileLock lock;

    Launcher(Home home, Settings settings, List<ServiceSpec> table, Console console) {
        this.home = home;
        this.table = List.copyOf(table);
        this.postgres = new Postgres(home, settings.port(Settings.DATABASE_PORT));
        this.console = console;
    }

    /** Returns when everything is ready. @throws Problem when it cannot be; nothing is left running then */
    void start() {
        try {
            lockHome();
            checkJars();
            checkDisk();
            checkPorts();
            startAll();
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    /** Blocks until {@link #stop} is done. */
    void join() throws InterruptedException {
        stopped.await();
    }

    /** Stops everything, the last started first. Safe to call again, and from a shutdown hook. */
    void stop() {
        synchronized (this) {
            if (stopping) {
                return;
            }
            stopping = true;
        }
        while (true) {
            Child child;
            synchronized (running) {
                child = running.pollLast();
            }
            if (child == null) {
                break;
            }
            console.step("Stopping " + child.name());
            child.stop();
        }
        unlock();
        stopped.countDown();
    }

    private void startAll() {
        Map<String, CompletableFuture<Void>> ready = new HashMap<>();
        ready.put(Postgres.NAME, CompletableFuture.runAsync(this::startPostgres, threads));
        // The table lists a service after those it needs.
        for (ServiceSpec spec : table) {
            CompletableFuture<?>[] needs = spec.needs().stream().map(ready::get).toArray(CompletableFuture[]::new);
            ready.put(spec.name(), CompletableFuture.allOf(needs).thenRunAsync(() -> startService(spec), threads));
        }
        try {
            CompletableFuture.allOf(ready.values().toArray(CompletableFuture[]::new))
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e;
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            throw cause instanceof Problem problem ? problem : new Problem("Cannot start", cause);
        }
    }

    private void startPostgres() {
        console.step("Preparing the database");
        postgres.prepare();
        Child child = launch(Postgres.NAME, postgres::start);
        try {
            postgres.awaitAndProvision(child);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem("Interrupted while the database started", e);
        }
        console.ready(Postgres.NAME);
        watch(Postgres.NAME, child, postgres::start);
    }

    private void startService(ServiceSpec spec) {
        Child child = launch(spec.name(), () -> start(spec));
        awaitReady(spec, child);
        console.ready(spec.name());
        watch(spec.name(), child, () -> start(spec));
    }

    private Child start(ServiceSpec spec) {
        return Child.start(home, spec.name(), spec.command(home.cache()), spec.environment());
    }

    @FunctionalInterface
    private interface Start {
        Child run();
    }

    /** Starts a child unless everything is being stopped, so that none is forgotten. */
    private Child launch(String name, Start start) {
        synchronized (running) {
            if (stopping) {
                throw new Problem(name + " is not started: TLAC is stopping.");
            }
            Child child = start.run();
            running.addLast(child);
            return child;
        }
    }

    private void awaitReady(ServiceSpec spec, Child child) {
        long deadline = System.nanoTime() + READY_PATIENCE.toNanos();
        while (!Readiness.of(spec.managementPort()).isReady()) {
            if (!child.isAlive()) {
                throw new Problem(
                        spec.name() + " does not start: see " + home.logs().resolve(spec.name() + ".log"));
            }
            if (System.nanoTime() > deadline) {
                throw new Problem(spec.name() + " is not ready after " + READY_PATIENCE.toSeconds() + " s ("
                        + Readiness.of(spec.managementPort()).reason() + "): see "
                        + home.logs().resolve(spec.name() + ".log"));
            }
            pause(Duration.ofMillis(50));
        }
    }

    /** Starts the child again whenever it ends, later and later while it keeps ending. */
    private void watch(String name, Child first, Start start) {
        threads.execute(() -> {
            Child child = first;
            Duration backoff = FIRST_BACKOFF;
            while (true) {
                long began = System.nanoTime();
                int code;
                try {
                    code = child.join();
                } catch (InterruptedException e) {
                    return;
                }
                synchronized (running) {
                    running.remove(child);
                    if (stopping) {
                        return;
                    }
                }
                if (System.nanoTime() - began > STABLE.toNanos()) {
                    backoff = FIRST_BACKOFF;
                }
                console.step(
                        name + " ended with code " + code + "; starting it again in " + backoff.toSeconds() + " s");
                pause(backoff);
                backoff = backoff.multipliedBy(2).compareTo(MAX_BACKOFF) < 0 ? backoff.multipliedBy(2) : MAX_BACKOFF;
                try {
                    child = launch(name, start);
                } catch (Problem e) {
                    console.step(String.valueOf(e.getMessage()));
                    return;
                }
            }
        });
    }

    private void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void lockHome() {
        home.create();
        try {
            FileChannel channel = FileChannel.open(home.lock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        } catch (IOException e) {
            throw new Problem("Cannot lock " + home.folder(), e);
        }
        if (lock == null) {
            throw new Problem(
                    "TLAC runs already in " + home.folder() + ": ./tlac status shows it, ./tlac down stops it.");
        }
        Home.writePublic(
                home.launcherPid(), Long.toString(ProcessHandle.current().pid()));
    }

    private void unlock() {
        FileLock held = lock;
        if (held != null) {
            try {
                Files.deleteIfExists(home.launcherPid());
                held.release();
            } catch (IOException e) {
                // The lock ends with the process anyway.
            }
        }
    }

    private void checkJars() {
        List<String> missing = table.stream()
                .filter(spec -> !Files.exists(spec.jar()))
                .map(ServiceSpec::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new Problem("Not built yet: " + String.join(", ", missing) + ". Run ./tlac up.");
        }
    }

    private void checkDisk() {
        try {
            long free = Files.getFileStore(home.folder()).getUsableSpace();
            if (free < MIN_FREE_BYTES) {
                throw new Problem("Only " + (free >> 20) + " MB are free for " + home.folder() + ": "
                        + (MIN_FREE_BYTES >> 20) + " MB are needed.");
            }
        } catch (IOException e) {
            throw new Problem("Cannot read how much space is free for " + home.folder(), e);
        }
    }

    private void checkPorts() {
        List<Integer> ports = new ArrayList<>();
        table.forEach(spec -> ports.addAll(spec.ports()));
        for (int port : ports) {
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress((InetAddress) null, port));
            } catch (IOException e) {
                throw new Problem(
                        "Port " + port
                                + " is taken by another program. Stop that one, or let TLAC use others: TLAC_PORT_OFFSET=100 ./tlac up");
            }
        }
    }
}

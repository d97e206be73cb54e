package org.tlac.runner.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.tlac.runner.RunningRunner;

/** A real sandbox and a queue before it, as a test wants them. */
final class Programs implements Work.Source, AutoCloseable {

    static final Limits LIMITS = new Limits(
            Duration.ofSeconds(2),
            128 << 20,
            256 << 20,
            64,
            8 << 20,
            128,
            32 << 20,
            256,
            1 << 20,
            20_000,
            20_000,
            8,
            50_000,
            50_000);

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final BlockingQueue<Ticket> tickets = new LinkedBlockingQueue<>();
    private final Sandbox sandbox;

    private record Ticket(PythonProgram program, CompletableFuture<Outcome> outcome) implements Work {

        @Override
        public void ended(Outcome how) {
            outcome.complete(how);
        }

        @Override
        public void failed(SandboxException reason) {
            outcome.completeExceptionally(reason);
        }
    }

    Programs(int slots, int runsPerZygote) {
        sandbox = new Sandbox(
                new Sandbox.Setup("", Isolation.FULL, ""), slots, runsPerZygote, LIMITS, this, InstantSource.system());
        sandbox.start();
        RunningRunner.await("the sandbox holds: " + sandbox.reason(), () -> sandbox.slots("idle") == slots);
    }

    Sandbox sandbox() {
        return sandbox;
    }

    @Override
    public Work take(Duration patience) throws InterruptedException {
        return tickets.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    CompletableFuture<Outcome> submit(PythonProgram program) {
        Ticket ticket = new Ticket(program, new CompletableFuture<>());
        tickets.add(ticket);
        return ticket.outcome();
    }

    Outcome run(PythonProgram program) {
        try {
            return submit(program)
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof SandboxException failure ? failure : e;
        }
    }

    Outcome run(String code) {
        return run(new PythonProgram(code, List.of(), ""));
    }

    @Override
    public void close() {
        sandbox.close();
    }

    static long openDescriptors() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}

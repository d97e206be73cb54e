package org.tlac.runner.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tlac.runner.run.RunQueue.Admission;
import org.tlac.runner.run.RunQueue.Ticket;
import org.tlac.runner.sandbox.Outcome;
import org.tlac.runner.sandbox.PythonProgram;
import org.tlac.runner.sandbox.Work;

class RunQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration NOT_AT_ALL = Duration.ZERO;
    private static final Outcome DONE = new Outcome(Outcome.End.EXITED, 0, Duration.ZERO, "", "", List.of());

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final RunQueue queue = new RunQueue(3);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static PythonProgram program(String code) {
        return new PythonProgram(code, List.of(), "");
    }

    private Ticket enter(long user, String code) {
        Admission admission = queue.enter(user, program(code));
        assertThat(admission).isInstanceOf(Admission.Accepted.class);
        return ((Admission.Accepted) admission).ticket();
    }

    private String next() throws InterruptedException {
        Work work = queue.take(NOT_AT_ALL);
        return work == null ? "none" : work.program().code();
    }

    @Test
    void programsRun_firstComeFirstServed() throws Exception {
        enter(1, "a");
        enter(2, "b");
        enter(3, "c");
        assertThat(queue.depth()).isEqualTo(3);
        assertThat(List.of(next(), next(), next(), next())).containsExactly("a", "b", "c", "none");
        assertThat(queue.depth()).isZero();
    }

    @Test
    void secondProgramOfAUser_waitsForTheFirst_andOthersPassIt() throws Exception {
        Ticket first = enter(1, "a1");
        enter(1, "a2");
        enter(2, "b");
        assertThat(List.of(next(), next(), next())).containsExactly("a1", "b", "none");
        first.ended(DONE);
        assertThat(next()).isEqualTo("a2");
    }

    @Test
    void thirdProgramOfAUser_isRefused_untilOneEnds() throws Exception {
        Ticket first = enter(1, "a1");
        enter(1, "a2");
        assertThat(queue.enter(1, program("a3"))).isInstanceOf(Admission.TooManyOfUser.class);
        next();
        assertThat(queue.enter(1, program("a3"))).isInstanceOf(Admission.TooManyOfUser.class);
        first.ended(DONE);
        enter(1, "a3");
    }

    @Test
    void queueBeyondItsBound_isFullAtOnce() throws Exception {
        for (int user = 1; user <= 3; user++) {
            enter(user, "x");
        }
        assertThat(queue.enter(4, program("x"))).isInstanceOf(Admission.Full.class);
        assertThat(queue.programsOf(4)).isZero();
        next();
        enter(4, "x");
    }

    @Test
    void idleSlot_takesAProgram_evenWithoutAnyPlaceToWait() throws Exception {
        RunQueue none = new RunQueue(0);
        assertThat(none.enter(1, program("x"))).isInstanceOf(Admission.Full.class);
        Future<Work> slot = threads.submit(() -> none.take(LONG));
        await(() -> none.enter(1, program("x")) instanceof Admission.Accepted);
        assertThat(slot.get().program().code()).isEqualTo("x");
    }

    @Test
    void status_tellsHowManyAreBefore_andWhetherOneRuns() throws Exception {
        Ticket first = enter(1, "a1");
        assertThat(queue.status(1)).isEqualTo(new RunQueue.Status(1, 1, false));
        enter(1, "a2");
        enter(2, "b");
        assertThat(queue.status(1)).isEqualTo(new RunQueue.Status(3, 1, false));
        assertThat(queue.status(2)).isEqualTo(new RunQueue.Status(3, 3, false));
        assertThat(queue.status(3)).isEqualTo(new RunQueue.Status(3, null, false));
        next();
        assertThat(queue.status(1)).isEqualTo(new RunQueue.Status(2, 1, true));
        next();
        assertThat(queue.status(2)).isEqualTo(new RunQueue.Status(1, null, true));
        first.ended(DONE);
        next();
        assertThat(queue.status(1)).isEqualTo(new RunQueue.Status(0, null, true));
    }

    @Test
    void outcome_reachesWhoWaitsForIt() throws Exception {
        Ticket ticket = enter(1, "x");
        Future<Optional<Outcome>> waiting = threads.submit(() -> ticket.await(LONG));
        queue.take(LONG).ended(DONE);
        assertThat(waiting.get()).containsSame(DONE);
        assertThat(ticket.waited()).isPositive();
        assertThat(queue.programsOf(1)).isZero();
    }

    @Test
    void waitBeyondPatience_isForgotten_andNeverRuns() throws Exception {
        Ticket ticket = enter(1, "x");
        assertThat(ticket.await(NOT_AT_ALL)).isEmpty();
        assertThat(next()).isEqualTo("none");
        assertThat(queue.depth()).isZero();
        assertThat(queue.programsOf(1)).isZero();
    }

    @Test
    void queueThatCloses_takesNobodyIn_andLetsBeginOnlyInTime() throws Exception {
        Ticket first = enter(1, "a");
        Ticket second = enter(2, "b");
        Future<Optional<Outcome>> early = threads.submit(() -> first.await(LONG));
        Future<Optional<Outcome>> late = threads.submit(() -> second.await(LONG));
        queue.close(LONG);
        assertThat(queue.enter(3, program("c"))).isInstanceOf(Admission.Full.class);
        queue.take(LONG).ended(DONE);
        assertThat(early.get()).containsSame(DONE);
        queue.close(NOT_AT_ALL);
        assertThat(late.get()).isEmpty();
        assertThat(next()).isEqualTo("none");
    }

    @Test
    void interruptedWait_leavesNothingBehind() throws Exception {
        Ticket ticket = enter(1, "x");
        Thread waiting = Thread.currentThread();
        waiting.interrupt();
        assertThatThrownBy(() -> ticket.await(LONG)).isInstanceOf(InterruptedException.class);
        assertThat(queue.depth()).isZero();
        assertThat(queue.programsOf(1)).isZero();
    }
}

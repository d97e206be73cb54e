package org.tlac.runner.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tlac.runner.run.RunQueue.Admission;

class RunQueueTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static Admission.Admitted admitted(Admission admission) {
        assertThat(admission).isInstanceOf(Admission.Admitted.class);
        return (Admission.Admitted) admission;
    }

    @Test
    void secondProgramOfAUser_waitsForTheFirst_theThirdIsRefused() throws Exception {
        RunQueue queue = new RunQueue(4, 10);
        Admission.Admitted first = admitted(queue.enter(1, LONG));
        Future<Admission> second = threads.submit(() -> queue.enter(1, LONG));
        await(() -> queue.depth() == 1);
        assertThat(queue.enter(1, LONG)).isInstanceOf(Admission.TooManyOfUser.class);
        assertThat(queue.busy()).isEqualTo(1);
        first.close();
        admitted(second.get()).close();
        assertThat(queue.depth()).isZero();
        assertThat(queue.busy()).isZero();
        assertThat(queue.users()).isZero();
    }

    @Test
    void queueBeyondItsBound_isFullAtOnce() throws Exception {
        RunQueue queue = new RunQueue(1, 1);
        Admission.Admitted running = admitted(queue.enter(1, LONG));
        Future<Admission> waiting = threads.submit(() -> queue.enter(2, LONG));
        await(() -> queue.depth() == 1);
        assertThat(queue.enter(3, LONG)).isInstanceOf(Admission.Full.class);
        running.close();
        admitted(waiting.get()).close();
        assertThat(queue.users()).isZero();
    }

    @Test
    void waitBeyondPatience_isFull_andForgotten() throws Exception {
        RunQueue queue = new RunQueue(1, 5);
        try (Admission.Admitted running = admitted(queue.enter(1, LONG))) {
            assertThat(running.userId()).isEqualTo(1);
            assertThat(queue.enter(2, Duration.ofMillis(10))).isInstanceOf(Admission.Full.class);
            assertThat(queue.enter(1, Duration.ofMillis(10))).isInstanceOf(Admission.Full.class);
            assertThat(queue.depth()).isZero();
        }
        admitted(queue.enter(2, LONG)).close();
        assertThat(queue.users()).isZero();
    }

    @Test
    void noMoreThanTheSlots_runAtOnce_andEverybodyGetsATurn() throws Exception {
        RunQueue queue = new RunQueue(2, 100);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Future<Boolean>> all = new ArrayList<>();
        for (int user = 0; user < 30; user++) {
            long id = user;
            all.add(threads.submit(() -> {
                try (Admission.Admitted slot = admitted(queue.enter(id, LONG))) {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    now.decrementAndGet();
                    return slot.userId() == id;
                }
            }));
        }
        for (Future<Boolean> one : all) {
            assertThat(one.get()).isTrue();
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(queue.users()).isZero();
        assertThat(queue.busy()).isZero();
    }

    @Test
    void interruptedWait_leavesNothingBehind() throws Exception {
        RunQueue queue = new RunQueue(1, 5);
        Admission.Admitted running = admitted(queue.enter(1, LONG));
        Future<Admission> waiting = threads.submit(() -> queue.enter(2, LONG));
        await(() -> queue.depth() == 1);
        waiting.cancel(true);
        await(() -> queue.depth() == 0);
        running.close();
        await(() -> queue.users() == 0);
        assertThat(queue.busy()).isZero();
    }
}

package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;

/** How slots live: their zygotes are replaced, lost and ended, and programs do not notice where they need not. */
class SlotTest {

    private static final PythonProgram HELLO = new PythonProgram("print('hi')", List.of(), "");

    @AfterEach
    void nothingIsLeftBehind() {
        RunningRunner.await("every process ended", () -> Descendants.living().isEmpty());
    }

    private static void killAll(String signal) throws Exception {
        for (long pid : Descendants.living()) {
            new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
        }
    }

    @Test
    void zygote_isReplacedAfterItsNumberOfPrograms_andNobodyNotices() {
        try (Programs programs = new Programs(1, 3)) {
            List<Long> before = Descendants.living();
            for (int i = 0; i < 7; i++) {
                assertThat(programs.run("print(" + i + ")").stdout()).isEqualTo(i + "\n");
            }
            RunningRunner.await("the third zygote", () -> programs.sandbox().slots("idle") == 1);
            RunningRunner.await("all of it", () -> Descendants.living().size() == Descendants.SANDBOX);
            assertThat(Descendants.living()).doesNotContainAnyElementsOf(before);
            assertThat(programs.sandbox().recycles()).hasSize(2).allSatisfy(recycle -> {
                assertThat(recycle.slot()).isZero();
                assertThat(recycle.why()).isEqualTo("it ran 3 programs");
            });
        }
    }

    @Test
    void idleZygoteThatIsLost_isReplacedBeforeAnybodyNeedsIt() throws Exception {
        try (Programs programs = new Programs(1, 1000)) {
            List<Long> before = Descendants.living();
            killAll("-9");
            RunningRunner.await(
                    "another family",
                    () -> Descendants.living().size() == Descendants.SANDBOX
                            && Descendants.living().stream().noneMatch(before::contains)
                            && programs.sandbox().slots("idle") == 1);
            assertThat(programs.run(HELLO).stdout()).isEqualTo("hi\n");
        }
    }

    @Test
    void zygoteThatIsLostWhileItRuns_failsThatProgramOnly() throws Exception {
        try (Programs programs = new Programs(1, 1000)) {
            CompletableFuture<Outcome> lost = programs.submit(new PythonProgram("while True: pass", List.of(), ""));
            RunningRunner.await("it runs", () -> programs.sandbox().slots("busy") == 1);
            CompletableFuture<Outcome> next = programs.submit(HELLO);
            killAll("-9");
            assertThatThrownBy(lost::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(SandboxException.class);
            assertThat(next.join().stdout()).isEqualTo("hi\n");
        }
    }

    @Test
    void zygoteThatStandsStill_isEndedFromOutside() throws Exception {
        try (Programs programs = new Programs(1, 1000)) {
            CompletableFuture<Outcome> stuck =
                    programs.submit(new PythonProgram("print('before', flush=True)\nwhile True: pass", List.of(), ""));
            RunningRunner.await("it runs", () -> programs.sandbox().slots("busy") == 1);
            killAll("-STOP");
            Outcome outcome = stuck.join();
            assertThat(outcome.end()).isEqualTo(Outcome.End.TIMEOUT);
            assertThat(outcome.duration()).isLessThan(Programs.LIMITS.wall().plusSeconds(1));
            assertThat(programs.run(HELLO).stdout()).isEqualTo("hi\n");
        }
    }

    @Test
    void slots_runProgramsAtTheSameTime() {
        try (Programs programs = new Programs(2, 1000)) {
            PythonProgram waiting = new PythonProgram("import time; time.sleep(1); print('hi')", List.of(), "");
            List<CompletableFuture<Outcome>> both = IntStream.range(0, 2)
                    .mapToObj(i -> programs.submit(waiting))
                    .toList();
            RunningRunner.await("both run", () -> programs.sandbox().slots("busy") == 2);
            both.forEach(one -> assertThat(one.join().stdout()).isEqualTo("hi\n"));
        }
    }

    @Test
    void closing_endsWhatRuns_andSaysSo() {
        Programs programs = new Programs(1, 1000);
        CompletableFuture<Outcome> running = programs.submit(new PythonProgram("while True: pass", List.of(), ""));
        RunningRunner.await("it runs", () -> programs.sandbox().slots("busy") == 1);
        programs.close();
        assertThatThrownBy(running::join).hasCauseInstanceOf(SandboxException.class);
    }

    @Test
    void descriptorsAndThreads_doNotGrow() {
        try (Programs programs = new Programs(1, 20)) {
            List<Long> descriptors = new ArrayList<>();
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < 50; i++) {
                    programs.run(HELLO);
                }
                RunningRunner.await("idle", () -> programs.sandbox().slots("idle") == 1);
                descriptors.add(Programs.openDescriptors());
            }
            assertThat(descriptors.getLast()).isLessThanOrEqualTo(descriptors.getFirst() + 2);
        }
    }
}

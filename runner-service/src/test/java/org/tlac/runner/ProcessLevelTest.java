package org.tlac.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.platform.testing.TestCallers;

/** Isolation level "process": the whole service in a pod that gives nobody a namespace, allowed to run all the same. */
class ProcessLevelTest {

    private static RunnerProcess runner;
    private static SimulatedPod pod;

    @BeforeAll
    static void start() throws IOException {
        pod = SimulatedPod.without(SimulatedPod.Lack.NAMESPACES);
        runner = new RunnerProcess(
                        pod.command(SimulatedPod.User.UNPRIVILEGED),
                        Map.of(
                                "RUNNER_MINIMUMISOLATION",
                                "process",
                                "RUNNER_SCRATCH",
                                pod.scratch().toString(),
                                "COURSE_FOLDER",
                                course().toString()))
                .awaitReady();
    }

    /** One activity, whose checks need the program run with other values and a judge's sandbox beside it. */
    private static Path course() throws IOException {
        Path lesson = Files.createDirectories(pod.folder().resolve("course/lesson-1"));
        Files.writeString(
                lesson.resolveSibling("manifest.json"),
                "{\"lessons\":[{\"id\":\"lesson-1\",\"activities\":[{\"id\":\"a1\",\"path\":\"lesson-1/a1.html\"}]}]}");
        Files.writeString(lesson.resolve("a1.checks.yaml"), """
                checks:
                  - name: The age in ten years is calculated
                    given: {age: 30}
                    contains: ["40"]
                  - name: It doubles
                    evaluate: [twice]
                    assert: assert values == [24]
                """);
        return lesson.getParent();
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static JsonNode run(String code) {
        HttpResponse<String> answer = runner.run(code).join();
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return Json.tree(answer.body());
    }

    private static void theNextProgramIsRight() {
        // A sandbox that had to be ended is replaced first.
        assertThat(run("import os; print(1, os.listdir('..'), os.listdir())")
                        .path("stdout")
                        .asText())
                .isEqualTo("1 ['work'] []\n");
    }

    @Test
    void levelIsPublished_whereverSomebodyLooks() throws Exception {
        JsonNode ready = runner.health("ready").json();
        assertThat(ready.path("isolation").asText()).isEqualTo("process");
        assertThat(runner.scrape().value("tlac_python_isolation", "level", "process"))
                .isEqualTo(1);
        assertThat(runner.scrape().value("tlac_python_isolation", "level", "full"))
                .isZero();
        JsonNode diagnostics = runner.get(TestCallers.TEACHER, "/api/python/diagnostics");
        assertThat(diagnostics.path("isolation").asText()).isEqualTo("process");
        assertThat(diagnostics.path("minimum_isolation").asText()).isEqualTo("process");
        assertThat(diagnostics.path("reason").asText()).isEmpty();
        assertThat(diagnostics.path("full_isolation_lacks").asText()).contains("namespace");
        List<String> canaries = new ArrayList<>();
        assertThat(diagnostics.path("layers")).hasSize(6);
        diagnostics
                .path("layers")
                .forEach(layer -> layer.path("canaries").properties().forEach(canary -> {
                    assertThat(canary.getValue().asText()).as(canary.getKey()).isEqualTo("denied");
                    canaries.add(canary.getKey());
                }));
        assertThat(canaries).hasSize(27).doesNotHaveDuplicates();
        assertThat(runner.log()).contains("WARN").contains("isolation level process");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "print(1)",
                "import sqlite3; print(sqlite3.connect('x.db').execute('select 1').fetchall()[0][0])",
                "import asyncio\nasync def main(): print(1)\nasyncio.run(main())",
                "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool: print(sum(pool.map(int, '1')))",
                "import shutil\nopen('a', 'w').write('1\\n'); shutil.copy2('a', 'b'); print(open('b').read(), end='')",
                "import tempfile\nwith tempfile.NamedTemporaryFile() as file: print(1)",
                "import ssl, decimal, ctypes, lzma, zoneinfo; print(1)",
                "import turtle; turtle.fd(1); print(1)"
            })
    void ordinaryPrograms_work(String code) {
        JsonNode answer = run(code);
        assertThat(answer.path("stdout").asText()).as(answer.toString()).isEqualTo("1\n");
        assertThat(answer.path("ok").asBoolean()).isTrue();
    }

    /** What the machine shows is not the program's: of each attempt the error's name is printed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "os.fork()",
                "os.posix_spawn('/bin/true', ['true'], {})",
                "os.execv('/bin/true', ['true'])",
                "os.kill(os.getppid(), signal.SIGKILL)",
                "os.kill(SERVICE, signal.SIGKILL)",
                "open(f'/proc/{SERVICE}/environ')",
                "open(f'/proc/{SERVICE}/mem', 'rb')",
                "open(f'/proc/{SERVICE}/cmdline')",
                "open('/proc/self/environ')",
                "os.listdir('/proc')",
                "os.listdir(f'/proc/{SERVICE}/fd')",
                "os.readlink(f'/proc/{SERVICE}/exe')",
                "os.listdir('/')",
                "os.listdir('../..')",
                "open('/etc/passwd')",
                "open('/tmp/x', 'w')",
                "open('/dev/shm/x', 'w')",
                "os.mkfifo('/tmp/fifo')",
                "os.symlink('/etc/passwd', '/tmp/link')",
                "os.unlink('/tmp/x')",
                "os.rename('/etc/passwd', 'mine')",
                "os.link(os.__file__, 'mine')",
                "open(os.__file__, 'a')",
                "os.truncate(os.__file__, os.path.getsize(os.__file__))",
                "socket.socket()",
                "socket.socket(socket.AF_UNIX)",
                "socket.socketpair()[0].sendto(b'x', chr(0) + 'abstract')",
                "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)",
                "resource.prlimit(SERVICE, resource.RLIMIT_NOFILE, (1, 1))",
                "os.sched_setaffinity(SERVICE, [0])",
                "os.setpriority(os.PRIO_PROCESS, SERVICE, 19)",
                "os.setuid(0)"
            })
    void hostileAttempts_areDenied(String attempt) {
        String code = "import os, resource, signal, socket\nSERVICE = "
                + runner.process().pid() + "\ntry:\n  " + attempt
                + "\n  print('DONE')\nexcept OSError as error: print('denied')";
        assertThat(run(code).path("stdout").asText()).isEqualTo("denied\n");
        theNextProgramIsRight();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "wrote too much ~ for i in range(5): open(str(i), 'wb').write(bytes(8 << 20))#while True: pass",
                "wrote too much ~ import os#for i in range(5):#  f = open('x', 'wb'); os.unlink('x'); globals()[f'f{i}'] = f; f.write(bytes(8 << 20)); f.flush()#while True: pass",
                "No space left|wrote too much ~ i = 0#while True: open(str(i), 'wb').write(bytes(8 << 20)); i += 1",
                "File too large ~ open('x', 'wb').truncate(1 << 40)",
                "wrote too much ~ i = 0#while True: open(str(i), 'w').close(); i += 1",
                "wrote too much ~ import os#while True: os.mkdir('d' * 200); os.chdir('d' * 200)",
                "Cannot allocate memory ~ import mmap#m = []#while True: m.append(mmap.mmap(-1, 1 << 20)); m[-1].write(bytes(1 << 20))",
                "MemoryError ~ x = bytearray(1 << 30)",
                "took too long ~ while True: pass",
                "took too long ~ import time#time.sleep(60)",
                "took too long ~ import os, signal#os.kill(os.getpid(), signal.SIGSTOP)",
                "took too long ~ import threading, signal#signal.signal(signal.SIGTERM, signal.SIG_IGN)#threading.Thread(target=threading.Event().wait).start()",
                "printed too much ~ while True: print('x' * 1000)",
                "start new thread ~ import threading#while True: threading.Thread(target=threading.Event().wait, daemon=True).start()"
            })
    void programsThatTakeTooMuch_areEnded_andLeaveNothing(String hint, String code) {
        JsonNode answer = run(code.replace('#', '\n'));
        assertThat(answer.path("ok").asBoolean()).isFalse();
        assertThat(answer.path("stderr").asText()).containsPattern(hint);
        assertThat(answer.path("duration_ms").asInt()).isLessThan(4000);
        theNextProgramIsRight();
    }

    /** Six pupils at once, each telling from when to when its program lived. */
    @Test
    void programsNeverLiveBesideEachOther() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Caller pupil = new Caller(100 + i, "p" + i + ".x", "P", Role.PUPIL, null, "");
            answers.add(runner.run(
                    pupil,
                    "import time\nprint(time.monotonic_ns())\nsum(range(2_000_000))\nprint(time.monotonic_ns())"));
        }
        List<long[]> lives = answers.stream()
                .map(answer -> Json.tree(answer.join().body()).path("stdout").asText())
                .map(text -> text.lines().mapToLong(Long::parseLong).toArray())
                .sorted((one, other) -> Long.compare(one[0], other[0]))
                .toList();
        for (int i = 1; i < lives.size(); i++) {
            assertThat(lives.get(i)[0]).isGreaterThan(lives.get(i - 1)[1]);
        }
        assertThat(runner.scrape().value("tlac_python_slots", "state", "busy")).isZero();
    }

    @Test
    void checks_areJudged_oneProgramAfterTheOther() {
        String right = "age = 12\nprint(age + 10)\ntwice = 2 * age";
        for (String code : List.of(right, right.replace("age + 10", "22"), right.replace("2 * age", "2"))) {
            HttpResponse<String> answer =
                    runner.post(TestCallers.PUPIL, "/api/python/check", code).join();
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            List<Boolean> passed = new ArrayList<>();
            Json.tree(answer.body())
                    .path("checks")
                    .forEach(check -> passed.add(check.path("passed").asBoolean()));
            assertThat(passed).as(answer.body()).containsExactly(code.contains("age + 10"), code.contains("2 * age"));
        }
    }

    /** One would keep a whole class waiting for as long as its user thinks. */
    @Test
    void conversations_areNotOffered_andSayWhy() {
        HttpResponse<String> refused = runner.post(TestCallers.PUPIL, "/api/python/session", "print(input())")
                .join();
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.body()).contains("Programs cannot be talked to here. Give the input before the run.");
    }

    @Test
    void killedService_takesItsProgramWithIt_whenItIsRootToo() throws Exception {
        SimulatedPod other = SimulatedPod.without(SimulatedPod.Lack.NAMESPACES);
        try (RunnerProcess doomed = new RunnerProcess(
                        other.command(SimulatedPod.User.SAME),
                        Map.of(
                                "RUNNER_MINIMUMISOLATION",
                                "process",
                                "RUNNER_SCRATCH",
                                other.scratch().toString()))
                .awaitReady()) {
            CompletableFuture<HttpResponse<String>> lost = doomed.run("while True: pass");
            doomed.awaitBusy();
            List<Long> family = doomed.family();
            // Of the service: bubblewrap around it, itself; then a zygote and its program, twice: of runs and of
            // conversations.
            assertThat(family).hasSizeGreaterThanOrEqualTo(3);
            doomed.process().destroyForcibly();
            RunnerProcess.awaitGone(family);
            assertThatThrownBy(lost::join).hasRootCauseInstanceOf(IOException.class);
        }
    }
}

package org.tlac.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;

/** Many programs over HTTP: every attack at once beside a class, clients that hang up, and a long mixture that leaves nothing behind. */
@Timeout(900)
class SchoolDayTest {

    /** Runs of the soak; -Dtlac.soak.runs=2500 for the whole, which docs/runner.md tells about. */
    private static final int SOAK_RUNS = Integer.getInteger("tlac.soak.runs", 600);

    private static final int PUPILS = 30;
    private static final int ATTACKERS = 10;
    private static final int PROGRAMS_OF_A_PUPIL = 5;
    private static final int HANG_UPS = 150;
    private static final long HEAP_SLACK = 16 << 20;
    private static final long SANDBOX_SLACK = 4 << 20;

    private static RunningRunner runner;

    @BeforeAll
    static void start() {
        runner = RunningRunner.start(Map.of(
                "runner.slots", "2", "runner.runsperzygote", "100000", "limits.wall", "PT2S", "sessions.warm", "0"));
        for (int i = 0; i < 50; i++) {
            right(user(i), i);
        }
        Traces.awaitIdle(runner);
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static Caller user(int number) {
        return new Caller(1000 + number, "user" + number + ".x", "User", Role.PUPIL, null, "");
    }

    /** A pupil's program, with files in and out and an answer of its own. */
    private static void right(Caller caller, int number) {
        Map<String, Object> program = Map.of(
                "lesson_id",
                "lesson-1",
                "activity_id",
                "a1",
                "code",
                "name = input()\nopen('out.txt', 'w').write(name * 2)\nprint(open('in.txt').read(), name, sum(range(1000)))",
                "stdin",
                "n" + number + "\n",
                "files",
                List.of(Map.of("path", "in.txt", "content", "f" + number)));
        var answer = runner.post(caller, "/api/python/run", program);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode body = RunningRunner.json(answer);
        assertThat(body.path("stdout").asText())
                .as(answer.body())
                .isEqualTo("f" + number + " n" + number + " 499500\n");
        assertThat(body.path("files")).hasSize(1);
        assertThat(body.path("files").get(0).path("size").asInt()).isEqualTo(2 * ("n" + number).length());
    }

    private static void attack(Caller caller, Attack attack) {
        Map<String, Object> program =
                Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", attack.code(), "stdin", attack.given());
        var answer = runner.post(caller, "/api/python/run", program);
        assertThat(answer.statusCode()).as(attack + ": " + answer.body()).isEqualTo(200);
        JsonNode body = RunningRunner.json(answer);
        boolean succeeds =
                attack.end() == Attack.End.EXITED && attack.exitCodes().equals(List.of(0));
        // One that needs little time alone may be stopped at the time limit beside all others: it is contained as well.
        assertThat(body.path("ok").asBoolean() == succeeds
                        || body.path("timed_out").asBoolean())
                .as(attack + ": " + answer.body())
                .isTrue();
    }

    @Test
    void classBesideEveryAttackAtOnce_noticesNothing() throws Exception {
        Traces before = Traces.of(runner);
        Queue<Attack> attacks = new ConcurrentLinkedQueue<>(Attack.here());
        try (ExecutorService everybody = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < ATTACKERS; i++) {
                Caller attacker = user(500 + i);
                all.add(everybody.submit(() -> {
                    for (Attack next = attacks.poll(); next != null; next = attacks.poll()) {
                        attack(attacker, next);
                    }
                }));
            }
            for (int i = 0; i < PUPILS; i++) {
                int number = i;
                all.add(everybody.submit(() -> {
                    for (int program = 0; program < PROGRAMS_OF_A_PUPIL; program++) {
                        right(user(number), number * 100 + program);
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        Traces.awaitIdle(runner);
        before.sameAs(Traces.of(runner));
    }

    /** A browser that is closed while its program waits, runs or prints. */
    @Test
    void clientsThatHangUp_leaveNothingBehind_andTheirProgramsAreCounted() throws Exception {
        Traces before = Traces.of(runner);
        var counted = runner.scrape();
        for (int i = 0; i < HANG_UPS; i++) {
            hangUp(user(i % PUPILS), "import time\nprint('x' * 5000)\ntime.sleep(" + i % 10 / 1000.0 + ")", i % 3 == 0);
        }
        RunningRunner.await("the queue is empty", () -> runner.scrape().value("tlac_python_queue_depth") == 0);
        Traces.awaitIdle(runner);
        right(user(0), 7);
        Traces.awaitIdle(runner);
        double runs = runner.scrape().since(counted, "tlac_python_runs_total");
        assertThat(runs).isBetween(1.0, HANG_UPS + 1.0);
        before.sameAs(Traces.of(runner));
    }

    private static void hangUp(Caller caller, String code, boolean reset) throws IOException {
        byte[] body = Json.write(Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", code));
        var request = runner.as(caller, "/api/python/run").build();
        String head = "POST /api/python/run HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: "
                + request.headers().firstValue("Authorization").orElseThrow() + "\r\nContent-Length: " + body.length
                + "\r\n\r\n";
        try (Socket socket = new Socket(request.uri().getHost(), request.uri().getPort())) {
            if (reset) {
                socket.setSoLinger(true, 0);
            }
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
        }
    }

    @Test
    void soak_leavesNothingBehind() throws Exception {
        Traces before = Traces.of(runner);
        Usage used = Usage.now();
        List<Attack> attacks = Attack.here();
        AtomicLong runs = new AtomicLong();
        long start = System.nanoTime();
        try (ExecutorService users = Executors.newFixedThreadPool(2)) {
            List<Future<?>> both = new ArrayList<>();
            for (int user = 0; user < 2; user++) {
                int half = user;
                both.add(users.submit(() -> {
                    for (int i = half; runs.getAndIncrement() < SOAK_RUNS; i += 2) {
                        if (i % 5 == 0) {
                            attack(user(half), attacks.get(i / 5 % attacks.size()));
                        } else {
                            right(user(half), i);
                        }
                    }
                }));
            }
            for (Future<?> one : both) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        Traces.awaitIdle(runner);
        Usage after = Usage.now();
        Files.writeString(
                Path.of("target/soak.txt"),
                SOAK_RUNS + " runs in " + Math.round(seconds) + " s\nbefore " + used + " " + before + "\nafter  "
                        + after + " " + Traces.of(runner) + "\n");
        before.sameAs(Traces.of(runner));
        assertThat(after.heap).isLessThan(used.heap + HEAP_SLACK);
        assertThat(after.sandboxes).isLessThan(used.sandboxes + SANDBOX_SLACK);
    }

    /**
     * Memory in bytes.
     *
     * @param heap of the service, after a collection
     * @param resident of the service
     * @param sandboxes of all their processes, what is not shared with files
     */
    private record Usage(long heap, long resident, long sandboxes) {

        static Usage now() throws IOException {
            System.gc();
            long sandboxes = 0;
            for (long pid : Descendants.living()) {
                sandboxes += kilobytes(pid, "RssAnon:") << 10;
            }
            return new Usage(
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                    kilobytes(ProcessHandle.current().pid(), "VmRSS:") << 10,
                    sandboxes);
        }

        private static long kilobytes(long pid, String name) throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
                return lines.filter(line -> line.startsWith(name))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            }
        }
    }
}

package org.tlac.runner.interactive;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;

/** Programs that are talked to, over HTTP, in the real sandbox. */
@Timeout(120)
class InteractiveServerTest {

    private static final Caller ADA = TestCallers.PUPIL;
    private static final Caller BOB = TestCallers.OTHER_PUPIL;
    private static RunningRunner runner;

    @BeforeAll
    static void start() {
        runner = RunningRunner.start(Map.of(
                "limits.wall", "PT1S",
                "sessions.turn", "PT0.5S",
                "sessions.idle", "PT3S",
                "sessions.lifetime", "PT6S",
                "sessions.grace", "PT0.5S",
                "sessions.heartbeat", "PT0.1S",
                "sessions.inputbytes", "1000",
                "sessions.most", "4"));
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    /** Those of sandboxes, once each is whole. */
    private static long processes() {
        RunningRunner.await("sandboxes are whole", () -> Descendants.living().size() % Descendants.SANDBOX == 0);
        return Descendants.living().size();
    }

    @Test
    void input_worksAsInATerminal() {
        try (Talk talk = Talk.start(runner, ADA, """
                name = input("Who are you? ")
                print("Hello", name)
                age = int(input("Age? "))
                print(age + 1)
                """)) {
            talk.awaitWaiting(1);
            assertThat(talk.text("stdout")).isEqualTo("Who are you? ");
            assertThat(talk.type("Ada").statusCode()).isEqualTo(200);
            talk.awaitWaiting(2);
            assertThat(talk.text("stdout")).isEqualTo("Who are you? Hello Ada\nAge? ");
            talk.type("41\n");
            JsonNode end = talk.awaitEnd();
            assertThat(talk.text("stdout")).endsWith("42\n");
            assertThat(talk.text("stderr")).isEmpty();
            assertThat(end.path("ok").asBoolean()).isTrue();
            assertThat(end.path("exit_code").asInt()).isZero();
            assertThat(end.path("timed_out").asBoolean()).isFalse();
            assertThat(end.path("reason").asText()).isEqualTo("exited");
            assertThat(end.path("duration_ms").isInt()).isTrue();
            assertThat(end.path("files")).isEmpty();
            talk.awaitStreamEnd();
            for (int i = 0; i < talk.heard().size(); i++) {
                assertThat(talk.heard().get(i).id()).isEqualTo(i + 1);
            }
        }
    }

    @Test
    void output_isThereAtOnce_evenWithoutALineEnd() {
        try (Talk talk = Talk.start(runner, ADA, """
                import sys
                print("one")
                print("two", end="")
                sys.stdin.readline()
                print("three", file=sys.stderr)
                """)) {
            talk.awaitWaiting(1);
            assertThat(talk.text("stdout")).isEqualTo("one\ntwo");
            talk.type("");
            assertThat(talk.awaitEnd().path("exit_code").asInt()).isZero();
            assertThat(talk.text("stderr")).isEqualTo("three\n");
        }
    }

    @Test
    void clockStandsStill_whileAProgramWaits() {
        try (Talk talk = Talk.start(runner, ADA, "input()\nprint('still here')")) {
            talk.awaitWaiting(1);
            // Ten pauses of 0.1 s: twice the time that it may run.
            talk.awaitHeartbeats(10);
            talk.type("");
            assertThat(talk.awaitEnd().path("reason").asText()).isEqualTo("exited");
            assertThat(talk.text("stdout")).isEqualTo("still here\n");
        }
    }

    @Test
    void whatIsTypedAhead_isReadLater() {
        Talk talk = Talk.begin(runner, ADA, Talk.program("print(input(), input())"));
        talk.type("a");
        talk.type("b");
        try (Talk listening = talk.listen(0)) {
            listening.awaitEnd();
            assertThat(listening.text("stdout")).isEqualTo("a b\n");
        }
    }

    @Test
    void endOfInput_isSeen() {
        try (Talk talk = Talk.start(runner, ADA, "import sys\nprint(sys.stdin.read().split())\ninput()")) {
            talk.awaitWaiting(1);
            talk.type("a b");
            assertThat(talk.endInput().statusCode()).isEqualTo(200);
            assertThat(talk.awaitEnd().path("exit_code").asInt()).isEqualTo(1);
            assertThat(talk.text("stdout")).isEqualTo("['a', 'b']\n");
            assertThat(talk.text("stderr")).contains("EOFError").contains("more input than it was given");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "while True: pass | timeout | took too long | true",
                "import time; time.sleep(100) | timeout | took too long | true",
                "import os; os.read(0, 1) | timeout | took too long | true",
                "import threading as t\\nt.Thread(target=lambda: [0 for _ in iter(int, 1)]).start(); input() | timeout/idle | was stopped | true",
                "import os\\nwhile True: os.write(3, b'?' * 1000) | timeout/idle | was stopped | true",
                "input() | idle | waited too long | true",
                "print('x' * 2_000_000) | flood | printed too much | false",
            })
    void programsThatGoTooFar_areStopped(String code, String reason, String words, boolean timedOut) {
        Scrape before = runner.scrape();
        try (Talk talk = Talk.start(runner, ADA, code.replace("\\n", "\n"))) {
            JsonNode end = talk.awaitEnd();
            assertThat(reason.split("/", -1)).contains(end.path("reason").asText());
            assertThat(end.path("ok").asBoolean()).isFalse();
            assertThat(end.path("timed_out").asBoolean()).isEqualTo(timedOut);
            assertThat(talk.text("stderr")).contains(words);
        }
        Scrape after = runner.scrape();
        assertThat(after.since(before, "tlac_python_runs_total", "status", timedOut ? "timeout" : "error"))
                .isEqualTo(1);
    }

    @Test
    void talkWithoutEnd_endsWithItsLifetime() {
        try (Talk talk = Talk.start(runner, ADA, "while True: print('?'); input()")) {
            for (int turn = 1; !talk.hasEnded(); turn++) {
                talk.awaitWaitingOrEnd(turn);
                talk.awaitHeartbeatsOrEnd(5);
                talk.type("");
            }
            JsonNode end = talk.awaitEnd();
            assertThat(end.path("reason").asText()).isEqualTo("lifetime");
            assertThat(end.path("timed_out").asBoolean()).isTrue();
            // What it waited is not what it ran.
            assertThat(end.path("duration_ms").asInt()).isLessThan(3000);
        }
    }

    @Test
    void output_isCutLikeARuns() {
        try (Talk talk = Talk.start(runner, ADA, "for i in range(30): print('é' * 1000)\ninput()")) {
            talk.awaitWaiting(1);
            talk.type("");
            talk.awaitEnd();
            assertThat(talk.text("stdout"))
                    .hasSize(20_000 + "\n...[truncated]".length())
                    .endsWith("\n...[truncated]");
        }
    }

    @Test
    void charactersCutBetweenTwoWrites_areWhole() {
        try (Talk talk = Talk.start(runner, ADA, """
                import os, sys
                os.write(1, b'\\xf0\\x9f')
                sys.stdin.readline()
                os.write(1, b'\\x90\\x8d \\xff \\xc3')
                """)) {
            talk.awaitWaiting(1);
            assertThat(talk.text("stdout")).isEmpty();
            talk.type("");
            talk.awaitEnd();
            assertThat(talk.text("stdout")).isEqualTo("\uD83D\uDC0D \uFFFD \uFFFD");
        }
    }

    @Test
    void files_goInAndComeOut() {
        Map<String, Object> program = Talk.program("open('b.txt', 'w').write(open('a.txt').read() + input())");
        program.put("files", List.of(Map.of("path", "a.txt", "content", "x")));
        try (Talk talk = Talk.begin(runner, ADA, program).listen(0)) {
            talk.awaitWaiting(1);
            talk.type("y");
            assertThat(talk.awaitEnd().path("files").toString())
                    .isEqualTo("[{\"path\":\"b.txt\",\"size\":2,\"mime\":\"text/plain\",\"content_base64\":\"eHk=\"}]");
        }
    }

    @Test
    void stopping_endsTheProgram_andSaysSo() {
        Scrape before = runner.scrape();
        try (Talk talk =
                Talk.start(runner, ADA, "print('on')\nimport signal; signal.signal(15, signal.SIG_IGN); input()")) {
            talk.awaitWaiting(1);
            assertThat(talk.stop().statusCode()).isEqualTo(200);
            JsonNode end = talk.awaitEnd();
            assertThat(end.path("reason").asText()).isEqualTo("stopped");
            assertThat(end.path("exit_code").asInt()).isEqualTo(137);
            assertThat(talk.stop().statusCode()).as("again").isEqualTo(200);
            assertThat(talk.type("x").statusCode()).isEqualTo(409);
        }
        assertThat(runner.scrape().since(before, "tlac_python_runs_total", "status", "error"))
                .isEqualTo(1);
        assertThat(runner.scrape().since(before, "tlac_python_run_duration_seconds_count"))
                .isEqualTo(1);
    }

    @Test
    void programWhoseReaderLeaves_isEnded_andSoIsAllThatItStarted() {
        long before = processes();
        Scrape scrape = runner.scrape();
        try (Talk talk = Talk.start(runner, ADA, """
                import os, threading
                for _ in range(5):
                    threading.Thread(target=os.read, args=(os.pipe()[0], 1)).start()
                print('started')
                input()
                """)) {
            talk.awaitOutput("started");
            talk.awaitWaiting(1);
        }
        RunningRunner.await(
                "it was ended", () -> runner.scrape().since(scrape, "tlac_python_runs_total", "status", "error") == 1);
        RunningRunner.await("no process is left", () -> Descendants.living().size() <= before);
    }

    @Test
    void programThatNobodyReads_isEnded() {
        Scrape before = runner.scrape();
        Talk.begin(runner, ADA, Talk.program("input()"));
        RunningRunner.await(
                "it was ended", () -> runner.scrape().since(before, "tlac_python_runs_total", "status", "error") == 1);
    }

    @Test
    void readerThatComesBack_missesNothing() {
        Talk talk = Talk.start(runner, ADA, "input('a')\ninput('b')\nprint('c')");
        talk.awaitWaiting(1);
        talk.close();
        talk.listen(talk.heard().getLast().id());
        talk.type("");
        talk.awaitWaiting(2);
        talk.close();
        talk.type("");
        try (Talk back = talk.listen(talk.heard().getLast().id())) {
            back.awaitEnd();
            assertThat(back.text("stdout")).isEqualTo("abc\n");
            assertThat(back.kinds()).containsExactly("stdout", "waiting", "stdout", "waiting", "stdout", "end");
        }
        assertThat(runner.send(runner.as(ADA, talk.path("/events"))
                                .header(
                                        "Last-Event-ID",
                                        Long.toString(talk.heard().getLast().id())))
                        .statusCode())
                .as("an EventSource that has seen the end gives up at this")
                .isEqualTo(204);
    }

    @Test
    void eventsAreServerSentEvents_andCanBeReadAgainFromTheFirst() {
        try (Talk talk = Talk.start(runner, ADA, "input('a')")) {
            talk.awaitWaiting(1);
            talk.type("");
            talk.awaitEnd();
            HttpResponse<String> whole = runner.send(runner.as(ADA, talk.path("/events")));
            assertThat(whole.body())
                    .startsWith("retry: 1000\n\nid: 1\nevent: stdout\ndata: {\"text\":\"a\"}\n\n"
                            + "id: 2\nevent: waiting\ndata: {}\n\nid: 3\nevent: end\ndata: {\"ok\":true,");
        }
    }

    @Test
    void secondReader_endsTheFirst() {
        try (Talk first = Talk.start(runner, ADA, "input('a')")) {
            first.awaitWaiting(1);
            var stream = runner.http()
                    .sendAsync(
                            runner.as(ADA, first.path("/events")).build(),
                            java.net.http.HttpResponse.BodyHandlers.ofString());
            first.awaitStreamEnd();
            first.type("");
            assertThat(stream.join().body()).contains("event: end");
            assertThat(first.kinds()).doesNotContain("end");
        }
    }

    @Test
    void startingAnother_endsTheFirst() {
        try (Talk first = Talk.start(runner, ADA, "input('first')")) {
            first.awaitWaiting(1);
            try (Talk second = Talk.start(runner, ADA, "print('second')")) {
                assertThat(first.awaitEnd().path("reason").asText()).isEqualTo("replaced");
                assertThat(second.awaitEnd().path("ok").asBoolean()).isTrue();
            }
        }
    }

    @Test
    void placesAreBounded_andRunsGoOnBesideThem() {
        List<Talk> talks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            talks.add(Talk.start(runner, pupil(i), "while True: input()"));
        }
        talks.forEach(talk -> talk.awaitWaiting(1));
        HttpResponse<String> fifth = runner.post(pupil(9), "/api/python/session", Talk.program("1"));
        assertThat(fifth.statusCode()).isEqualTo(503);
        assertThat(fifth.headers().firstValue("Retry-After")).contains("5");
        assertThat(RunningRunner.json(runner.post(pupil(9), "/api/python/run", Talk.program("print(1)")))
                        .path("stdout")
                        .asText())
                .isEqualTo("1\n");
        talks.getFirst().stop();
        talks.getFirst().awaitEnd();
        try (Talk now = Talk.start(runner, pupil(9), "print(1)")) {
            now.awaitEnd();
        }
        talks.forEach(Talk::stop);
        talks.forEach(Talk::awaitEnd);
    }

    private static Caller pupil(int number) {
        return new Caller(100 + number, "p" + number + ".x", "P", Role.PUPIL, null, "");
    }

    @Test
    void programs_giveWayToRuns() {
        try (Talk talk = Talk.start(runner, ADA, "input()")) {
            talk.awaitWaiting(1);
            List<String> priorities = ProcessHandle.current()
                    .descendants()
                    .map(InteractiveServerTest::nice)
                    .toList();
            assertThat(priorities).contains("0", "10");
            talk.stop();
            talk.awaitEnd();
        }
    }

    /** How willingly a process gives way: the nineteenth field, the seventeenth after its name in brackets. */
    private static String nice(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[16];
        } catch (IOException e) {
            return "ended";
        }
    }

    @Test
    void whatIsTypedTooLate_reachesNobodyElse() {
        for (int round = 0; round < 30; round++) {
            try (Talk talk = Talk.start(runner, ADA, "print(input())")) {
                talk.awaitWaiting(1);
                for (int i = 0; i < 5; i++) {
                    assertThat(talk.type("x" + i).statusCode()).isIn(200, 409);
                }
                assertThat(talk.awaitEnd().path("reason").asText()).isEqualTo("exited");
                assertThat(talk.text("stdout")).isEqualTo("x0\n");
            }
        }
    }

    @Test
    void sessions_areTheirOwnersOnly() {
        try (Talk talk = Talk.start(runner, ADA, "print(input())")) {
            talk.awaitWaiting(1);
            for (Caller other : List.of(BOB, TestCallers.TEACHER, TestCallers.ADMIN)) {
                assertThat(runner.send(runner.as(other, talk.path("/events"))).statusCode())
                        .isEqualTo(404);
                assertThat(runner.post(other, talk.path("/input"), Map.of("text", "theirs"))
                                .statusCode())
                        .isEqualTo(404);
                assertThat(runner.send(runner.as(other, talk.path("")).DELETE()).statusCode())
                        .isEqualTo(404);
            }
            talk.type("mine");
            talk.awaitEnd();
            assertThat(talk.text("stdout")).isEqualTo("mine\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "x",
                "..%2f..",
                "%00",
                "0.%0d%0aX:%20y",
                "127.0.0.1:22",
                "http:%2f%2fexample.org%2f"
            })
    void hostileIds_areNotFound(String id) {
        String path = "/api/python/session/" + id;
        assertThat(runner.send(runner.as(ADA, path + "/events")).statusCode()).isIn(400, 404);
        assertThat(runner.post(ADA, path + "/input", Map.of("text", "x")).statusCode())
                .isIn(400, 404);
        assertThat(runner.send(runner.as(ADA, path).DELETE()).statusCode()).isIn(400, 404);
    }

    @Test
    void strangers_areRefused() {
        for (String path : List.of("/api/python/session", "/api/python/session/x/input")) {
            assertThat(runner.send(java.net.http.HttpRequest.newBuilder(runner.uri(path))
                                    .POST(BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(401);
        }
        assertThat(runner.send(java.net.http.HttpRequest.newBuilder(runner.uri("/api/python/session/x/events")))
                        .statusCode())
                .isEqualTo(401);
        assertThat(runner.send(java.net.http.HttpRequest.newBuilder(runner.uri("/api/python/session/x"))
                                .DELETE())
                        .statusCode())
                .isEqualTo(401);
    }

    @Test
    void wrongBodies_are400() {
        assertThat(runner.post(ADA, "/api/python/session", Map.of()).statusCode())
                .isEqualTo(400);
        assertThat(runner.post(ADA, "/api/python/session", Talk.program(" ")).statusCode())
                .isEqualTo(400);
        Map<String, Object> withInput = Talk.program("1");
        withInput.put("stdin", "x");
        assertThat(runner.post(ADA, "/api/python/session", withInput).statusCode())
                .isEqualTo(400);
        try (Talk talk = Talk.start(runner, ADA, "input()")) {
            talk.awaitWaiting(1);
            assertThat(runner.post(ADA, talk.path("/input"), Map.of()).body()).contains("Text is required.");
            assertThat(runner.post(ADA, talk.path("/input"), Map.of("text", 1)).statusCode())
                    .isEqualTo(400);
            assertThat(talk.type("x".repeat(1001)).statusCode()).isEqualTo(400);
            assertThat(runner.send(runner.as(ADA, talk.path("/events")).header("Last-Event-ID", "x"))
                            .statusCode())
                    .isEqualTo(400);
            talk.stop();
            talk.awaitEnd();
        }
    }

    @Test
    void serviceThatStops_tellsThoseWhoTalk() {
        RunningRunner other = RunningRunner.start(Map.of());
        try (Talk talk = Talk.start(other, ADA, "input('a')")) {
            talk.awaitWaiting(1);
            // Gauges of one process are those of the runner that was started last.
            assertThat(other.scrape().value("tlac_python_sessions")).isEqualTo(1);
            other.close();
            JsonNode end = talk.awaitEnd();
            assertThat(end.path("reason").asText()).isEqualTo("shutdown");
            assertThat(talk.text("stderr")).contains("being restarted");
        }
    }
}

package org.tlac.runner.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tlac.platform.testing.Scrape;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.RunningRunner;

/** Checks over HTTP, with programs in the real sandbox. */
@Timeout(120)
class CheckServerTest {

    private static final String MANIFEST = """
            {"lessons": [{"id": "lesson-1", "activities": [
              {"id": "a1", "path": "one/a1.html"}, {"id": "a2", "path": "/lessons/one/a2.html"}, {"id": "a3", "path": "one/a3.html"},
              {"id": "a4", "path": "one/a4.html"}, {"id": "a5", "path": "one/a5.html"}, {"id": "a6", "path": "one/a6.html"},
              {"id": "a7", "path": "../outside.html"}, {"id": "a8", "path": "one/link.html"}]}]}
            """;

    /** Nobody guesses it, and no program of a pupil's has it in its source. */
    private static final String SECRET = "swordfish-93412";

    private static final String SECRETS = """
            checks:
              - name: output
                stdin: "21"
                output: %1$s
              - name: contains
                contains: [%1$s]
              - name: value
                values: [{of: secret(), is: %1$s}]
              - name: number
                values: [{of: number, is: 7351935}]
              - name: given
                given: {word: abc}
                values: [{of: secret(), is: %1$s}]
              - name: assert
                evaluate: [secret()]
                assert: |
                  assert values == ["%1$s"] and stdout.strip() == "%1$s"
            """.formatted(SECRET);

    private static final String ALL_SORTS = """
            checks:
              - name: input
                hint: Read two numbers.
                stdin: "2\\n3\\n"
                output: "Sum:  5  \\n\\n"
                ignore: [spaces, case]
              - name: function
                values:
                  - {of: double(4), is: 8}
                  - {of: double("a"), is: aa}
                  - {of: "double([1, 2.5])", is: [1, 2.5, 1, 2.5]}
                  - {of: "{'a': (1, None, True)}", is: {a: [1, null, true]}}
                  - {of: 0.1 + 0.2, is: 0.3}
                  - {of: "3.14", is: 3, within: 0.2}
                  - {of: double(), raises: TypeError}
                  - {of: show(), prints: shown}
                stdin: "2\\n3\\n"
              - name: given
                given: {factor: 10}
                stdin: "2\\n3\\n"
                contains: ["50"]
              - name: exit
                stdin: "x"
                exit_code: 1
                contains: []
              - name: assert
                stdin: "2\\n3\\n"
                evaluate: [factor]
                assert: |
                  import ast
                  assert values == [1], "words of its own"
                  assert any(isinstance(node, ast.FunctionDef) for node in ast.walk(ast.parse(source)))
                  assert files["made.txt"] == b"made"
            """;

    private static final String GOOD = """
            factor = 1
            first = int(input())
            def double(x): return x + x
            def show(): print("shown")
            open("made.txt", "w").write("made")
            print("SUM:", (first + int(input())) * factor)
            """;

    private static RunningRunner runner;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        Path course = Files.createDirectory(folder.resolve("course"));
        Files.writeString(course.resolve("manifest.json"), MANIFEST);
        Path one = Files.createDirectories(course.resolve("one"));
        Files.writeString(one.resolve("a1.checks.yaml"), SECRETS);
        Files.writeString(one.resolve("a2.checks.yaml"), ALL_SORTS);
        Files.writeString(one.resolve("a4.checks.yaml"), "checks: [{name: x}]");
        Files.writeString(
                one.resolve("a5.checks.yaml"),
                "checks: [{name: loop, contains: [x]}, {name: again, stdin: y, contains: [x]}]");
        Files.writeString(one.resolve("a6.checks.yaml"), "!!javax.script.ScriptEngineManager []");
        Path outside = Files.writeString(folder.resolve("outside.checks.yaml"), "checks: [{name: x, contains: []}]");
        Files.createSymbolicLink(one.resolve("link.checks.yaml"), outside);
        runner = RunningRunner.start(
                Map.of("course.folder", course.toString(), "checks.budget", "PT4S", "limits.wall", "PT1S"));
    }

    @AfterAll
    static void stop() {
        runner.close();
    }

    private static HttpResponse<String> send(String activity, String code) {
        return runner.post(
                TestCallers.PUPIL,
                "/api/python/check",
                Map.of("lesson_id", "lesson-1", "activity_id", activity, "code", code));
    }

    private static JsonNode check(String activity, String code) {
        HttpResponse<String> answer = send(activity, code);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningRunner.json(answer);
    }

    private static List<String> failed(JsonNode answer) {
        List<String> failed = new ArrayList<>();
        answer.path("checks").forEach(check -> {
            if (!check.path("passed").asBoolean()) {
                failed.add(check.path("name").asText());
            }
        });
        return failed;
    }

    @Test
    void programThatDoesWhatItShould_passes() {
        JsonNode answer = check("a2", GOOD);
        assertThat(failed(answer)).as(answer.toString()).isEmpty();
        assertThat(answer.path("passed").asBoolean()).isTrue();
        assertThat(answer.path("checks").path(0).toString()).isEqualTo("{\"name\":\"input\",\"passed\":true}");
    }

    @Test
    void whatIsWrong_failsAlone_withItsHintAndWhatWasPrinted() {
        assertThat(failed(check("a2", GOOD.replace("x + x", "x + x + x")))).containsExactly("function");
        assertThat(failed(check("a2", GOOD.replace("return x + x", "return 2 * x if x != 4 else '8'"))))
                .containsExactly("function");
        assertThat(failed(check("a2", GOOD.replace(") * factor", ")")))).containsExactly("given");
        assertThat(failed(check("a2", GOOD.replace("factor = 1", "[factor] = [1]"))))
                .containsExactly("given");
        assertThat(failed(check("a2", GOOD.replace("\"made\"", "\"other\"")))).containsExactly("assert");
        assertThat(failed(check(
                        "a2",
                        GOOD.replace("= int(input())\n", "= input()\nif first == 'x': exit(0)\nfirst = int(first)\n"))))
                .containsExactly("exit");
        JsonNode other = check("a2", GOOD.replace("SUM:", "Total:"));
        assertThat(failed(other)).containsExactly("input");
        assertThat(other.path("checks").path(0).toString())
                .isEqualTo(
                        "{\"name\":\"input\",\"passed\":false,\"hint\":\"Read two numbers.\",\"output\":\"Total: 5\\n\"}");
        JsonNode words = check("a2", GOOD.replace("factor = 1", "factor = 1.5"));
        assertThat(words.path("checks").path(4).path("hint").asText()).isEqualTo("words of its own");
    }

    @Test
    void errors_areShownAsInARun_withoutALineOfOurs() {
        String shown = check("a2", "factor = 1\n1/0\n")
                .path("checks")
                .path(2)
                .path("output")
                .asText();
        assertThat(shown.lines().toList())
                .startsWith("Traceback (most recent call last):", "  File \"main.py\", line 2, in <module>", "    1/0")
                .endsWith("ZeroDivisionError: division by zero");
        assertThat(shown).doesNotContain("exec(");
        assertThat(check("a2", "print('x").path("checks").path(2).path("output").asText())
                .startsWith("  File \"main.py\", line 1\n")
                .contains("SyntaxError");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "print('passed')",
                "print('{\"passed\": true}')",
                "import sys; sys.exit(0)",
                "import os; os._exit(0)",
                "import sys\nclass A:\n  def __eq__(s, o): return True\n  __ne__ = lambda s, o: False\n  __hash__ = object.__hash__\ndef secret(): return A()\nnumber = A()",
                "class A(str):\n  def __eq__(s, o): return True\n  def strip(s): return s\n  __hash__ = str.__hash__\ndef secret(): return A('x')\nclass I(int):\n  def __eq__(s, o): return True\n  __hash__ = int.__hash__\nnumber = I(1)",
                "import builtins\nbuiltins.eval = lambda *a: True\nbuiltins.all = builtins.any = lambda *a: True\nbuiltins.isinstance = lambda *a: True\nword = 1\ndef secret(): return 1",
                "import json\njson.dump = lambda o, f: f.write('{\"missing\": [], \"values\": [{\"value\": true}], \"passed\": true}')\ndef secret(): 1",
                "import atexit\ndef forge():\n  for n in ('0-answers.json', 'verdict.json', 'passed'):\n    open(n, 'w').write('{\"passed\": true, \"missing\": [], \"values\": [{\"value\": {\"type\": \"any\", \"value\": true}}]}')\natexit.register(forge)",
                "import os\nopen('0-answers.json', 'w').write('{\"missing\":[],\"values\":[{\"value\":{\"type\":\"none\",\"value\":null}}]}')\nos._exit(0)",
                "import os\nopen('0-answers.json', 'w').write('[' * 100000)\nos._exit(0)",
                "import os\nopen('0-answers.json', 'w').write('{\"missing\":[],\"values\":[{\"value\":{\"type\":\"float\",\"value\":\"nan\"}}]}')\nos._exit(0)",
                "import os\nopen('0-answers.json', 'w').write('{\"missing\":[],\"values\":[{\"value\":{\"type\":\"int\",\"value\":\"1e999999999\"}}]}')\nos._exit(0)",
                "import os\nos.mkdir('0-answers.json')\nword = 1\ndef secret(): return 1",
                "import sys\nf = sys._getframe()\nwhile f:\n  for n in list(f.f_locals): \n    if n in ('expression', 'status', 'missing'): f.f_locals[n] = True\n  f = f.f_back\nword = 1",
                "import sys, builtins\nclass Hook:\n  def find_spec(self, *a): print('passed')\nsys.meta_path.insert(0, Hook())\nbuiltins.__import__ = lambda *a, **k: True\nword = 1\ndef secret(): return 1",
                "import sys\nsys.settrace(lambda *a: None)\nsys.setprofile(lambda *a: None)\nsys.exit = lambda *a: None\nsys.stdout.write('passed')\nword = 1\ndef secret(): raise SystemExit(0)",
                "raise SystemExit",
                "def secret(): import os; os._exit(0)\nnumber = 1",
                "def secret():\n  while True: pass\nnumber = 7351936",
                "import threading, os, time\ndef late():\n  while True: open('0-answers.json', 'w').write('{\"passed\": true}')\nthreading.Thread(target=late, daemon=True).start()",
            })
    void forgedOutcomes_pass_nothing(String code) {
        assertThat(failed(check("a1", code)))
                .containsExactly("output", "contains", "value", "number", "given", "assert");
    }

    /** Looks through everything that a program can reach: objects, frames, files; more than once, after others were checked before it. */
    @Test
    void expectedValues_areNowhereInTheProgramsReach() {
        String spy = """
                import gc, os, sys
                backwards = ["hsifdrows", "5391537"]
                def look(where, thing):
                    try:
                        text = repr(thing)
                    except Exception:
                        return
                    for needle in backwards:
                        if needle[::-1] in text:
                            print("FOUND in", where)
                for thing in gc.get_objects():
                    if thing is not globals() and not isinstance(thing, type(sys)):
                        look("objects", thing)
                frame = sys._getframe().f_back
                while frame:
                    for name, value in frame.f_locals.items():
                        look("frame " + name, value)
                    frame = frame.f_back
                for folder, _, names in os.walk("/"):
                    for name in names:
                        if folder.startswith("/usr/lib/python") or folder.startswith("/lib"):
                            continue
                        try:
                            look(name, open(os.path.join(folder, name), "rb").read(100_000))
                        except OSError:
                            pass
                look("environment", dict(os.environ))
                look("arguments", sys.argv)
                print("looked", sys.stdin.read())
                """;
        for (int round = 0; round < 3; round++) {
            JsonNode answer = check("a1", spy);
            assertThat(answer.path("passed").asBoolean()).isFalse();
            assertThat(answer.path("checks").path(0).path("output").asText())
                    .contains("looked")
                    .doesNotContain("FOUND");
            check("a1", "number = 7351935\ndef secret(): return 'guess'");
        }
    }

    @Test
    void programThatKnowsTheAnswer_passes() {
        assertThat(failed(check(
                        "a1",
                        "word = 1\nnumber = 7351935\ndef secret(): return '%1$s'\nprint('%1$s')".formatted(SECRET))))
                .isEmpty();
    }

    @Test
    void endlessProgram_isGivenUp_withinTheBudget() {
        Scrape before = runner.scrape();
        JsonNode answer = check("a5", "while True: pass");
        assertThat(failed(answer)).containsExactly("loop", "again");
        assertThat(answer.path("checks").path(0).path("output").asText()).contains("took too long");
        assertThat(runner.scrape().since(before, "tlac_python_runs_total", "status", "timeout"))
                .isEqualTo(2);
    }

    @Test
    void activitiesWithoutChecks_are404() {
        for (String activity : List.of("a3", "a7", "a8", "a99")) {
            HttpResponse<String> answer = send(activity, "1");
            assertThat(answer.statusCode()).as(activity).isEqualTo(404);
            assertThat(answer.body()).isEqualTo("{\"detail\":\"This activity has no checks.\"}");
        }
    }

    @Test
    void brokenChecks_areSaidToBeBroken() {
        for (String activity : List.of("a4", "a6")) {
            HttpResponse<String> answer = send(activity, "1");
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("Please tell your teacher.");
        }
    }

    @Test
    void wrongBodies_areRefused() {
        assertThat(send("a1", " ").body()).isEqualTo("{\"detail\":\"Code is required.\"}");
        assertThat(send("../a1", "1").statusCode()).isEqualTo(400);
        assertThat(send("a1", "#".repeat(20_001)).statusCode()).isEqualTo(400);
        assertThat(runner.post(
                                TestCallers.PUPIL,
                                "/api/python/check",
                                Map.of("lesson_id", "lesson-1", "activity_id", "a1", "code", "1", "stdin", ""))
                        .statusCode())
                .isEqualTo(400);
        assertThat(runner.send(HttpRequest.newBuilder(runner.uri("/api/python/check"))
                                .POST(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(401);
        assertThat(runner.send(runner.as(TestCallers.PUPIL, "/api/python/check"))
                        .statusCode())
                .isEqualTo(405);
    }
}

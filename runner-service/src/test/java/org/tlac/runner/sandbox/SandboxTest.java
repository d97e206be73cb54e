package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that mean harm, and ordinary ones, in the real sandbox. After each: nothing runs on, and the next pupil's print is right. */
class SandboxTest {

    static final Limits LIMITS = new Limits(
            Duration.ofSeconds(2),
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

    private static Sandbox sandbox;

    @BeforeAll
    static void create() {
        sandbox = Sandbox.create(Path.of("/usr/bin/python3"), LIMITS);
    }

    @AfterAll
    static void close() {
        sandbox.close();
    }

    @AfterEach
    void nextPupilNoticesNothing() throws IOException {
        // The sandbox's own end is told a moment after its answer.
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (sandboxes() > 0) {
            assertThat(System.nanoTime()).as("a sandbox is left").isLessThan(deadline);
            Thread.onSpinWait();
        }
        Outcome next = run("print(1)");
        assertThat(next.stdout()).isEqualTo("1\n");
        assertThat(next.files()).isEmpty();
    }

    private static Outcome run(String code) {
        return sandbox.run(new Program(code, List.of(), ""));
    }

    /** Processes of this JVM's that are, or are in, a sandbox. */
    private static long sandboxes() {
        return ProcessHandle.current().descendants().filter(SandboxTest::runs).count();
    }

    private static boolean runs(ProcessHandle handle) {
        try {
            return !Files.readString(Path.of("/proc", Long.toString(handle.pid()), "stat"))
                    .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void canaries_areAllDenied() {
        assertThat(Canaries.fly(sandbox))
                .hasSize(12)
                .allSatisfy((name, denied) -> assertThat(denied).as(name).isTrue());
    }

    @Test
    void ordinaryPrograms_work() {
        Program program = new Program(
                "import json\nprint('Hello', input())\nwith open('data/in.txt') as f: print(f.read())\n"
                        + "open('out.json', 'w').write(json.dumps([1]))\nimport sys\nprint('e', file=sys.stderr)",
                List.of(new Program.SourceFile("data/in.txt", "ä")),
                "Ada\nrest");
        Outcome outcome = sandbox.run(program);
        assertThat(outcome.stdout()).isEqualTo("Hello Ada\nä\n");
        assertThat(outcome.stderr()).isEqualTo("e\n");
        assertThat(outcome.isSuccess()).isTrue();
        assertThat(outcome.files()).singleElement().satisfies(file -> {
            assertThat(file.path()).isEqualTo("out.json");
            assertThat(new String(file.content(), StandardCharsets.UTF_8)).isEqualTo("[1]");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import sqlite3; print(sqlite3.connect('x.db').execute('select 1').fetchall()[0][0])",
                "import asyncio\nasync def main(): print(1)\nasyncio.run(main())",
                "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as pool: print(sum(pool.map(int, '1')))",
                "import unittest\nclass T(unittest.TestCase):\n  def test(self): self.assertTrue(True)\nunittest.main(exit=False)\nprint(1)",
                "import random, math, decimal, datetime, json, re, csv, collections, statistics; print(1)",
                "from dataclasses import dataclass\n@dataclass\nclass P: x: int\nprint(P(1).x)",
                "import atexit; atexit.register(print, 1)",
                "import sys; sys.stdout.write('1\\n')",
                "if __name__ == '__main__': print(1)"
            })
    void standardLibrary_works(String code) {
        Outcome outcome = run(code);
        assertThat(outcome.stdout()).as(outcome.stderr()).isEqualTo("1\n");
        assertThat(outcome.exitCode()).isZero();
    }

    @Test
    void endings_areToldAsAShellWould() {
        assertThat(run("import sys; sys.exit(5)").exitCode()).isEqualTo(5);
        assertThat(run("exit()").exitCode()).isZero();
        assertThat(run("raise SystemExit('bye')").exitCode()).isEqualTo(1);
        assertThat(run("import os; os._exit(124)")).satisfies(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(124);
            assertThat(outcome.end()).isEqualTo(Outcome.End.EXITED);
        });
        assertThat(run("import os; os.abort()").exitCode()).isEqualTo(128 + 6);
        Outcome syntax = run("print('a'");
        assertThat(syntax.exitCode()).isEqualTo(1);
        assertThat(syntax.stderr()).contains("File \"main.py\", line 1", "SyntaxError");
        Outcome error = run("def f():\n    return 1 / 0\nf()");
        assertThat(error.stderr())
                .contains("line 2, in f", "return 1 / 0", "ZeroDivisionError")
                .doesNotContain("supervisor", "<string>");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while True: pass",
                "import time; time.sleep(60)",
                "import signal\nfor s in (15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
                "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
                "import re; re.match(r'(a+)+$', 'a' * 40 + 'b')",
                "10 ** 10 ** 8"
            })
    void programsWithoutEnd_areStopped(String code) {
        Outcome outcome = run(code);
        assertThat(outcome.end()).isEqualTo(Outcome.End.TIMEOUT);
        assertThat(outcome.isSuccess()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import os\nwhile True: os.fork()",
                "import os\nwhile True:\n  try: os.fork()\n  except OSError: pass",
                "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()",
                "x = []\nwhile True: x.append(bytearray(10 ** 7))",
                "x = 'a' * 10 ** 10",
                "import os\nfor i in range(8):\n  if os.fork() == 0:\n    x = bytearray(200 * 10 ** 6)\nwhile True: pass",
                "import sys; sys.setrecursionlimit(10 ** 9)\ndef f(): f()\nf()",
                "open('big', 'wb').write(b'x' * 10 ** 8)",
                "import os\nos.truncate(os.open('sparse', os.O_CREAT | os.O_RDWR), 10 ** 12)",
                "for i in range(10 ** 6): open(str(i), 'w')",
                "import os\nfor i in range(10 ** 6): os.mkdir('d'); os.chdir('d')",
                "import os\nfor i in range(10 ** 6): os.open('/dev/null', 0)",
                "import mmap\nm = [mmap.mmap(-1, 10 ** 8) for _ in range(100)]"
            })
    void greedyPrograms_areBounded(String code) {
        Outcome outcome = run(code);
        assertThat(outcome.isSuccess()).isFalse();
        assertThat(outcome.duration()).isLessThan(LIMITS.wall().plusSeconds(3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "import socket; socket.socket()",
                "import socket; socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
                "import socket; socket.socket(socket.AF_UNIX)",
                "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
                "import urllib.request; urllib.request.urlopen('http://169.254.169.254/')",
                "import subprocess; subprocess.run(['/usr/bin/python3'])",
                "import os; os.execv('/usr/bin/python3', ['python3'])",
                "open('/etc/passwd').read()",
                "open('/proc/self/environ').read()",
                "open('/work/../x', 'w')",
                "open('/usr/lib/x', 'w')",
                "import os; open(os.__file__, 'a')",
                "import os; os.mkdir('/x')",
                "import os; os.chroot('/work')",
                "import os; os.mknod('device', 0o20600, 0x0103)",
                "import os; os.setuid(0)",
                "import os; os.unshare(0) if hasattr(os, 'unshare') else open('/proc/1/mem')",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.ptrace(16, 1, 0, 0) == 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.unshare(0x10000000) == 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.mount(b'x', b'/work', b'tmpfs', 0, 0) == 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.memfd_create(b'x', 0) >= 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.syscall(425, 1, 0) >= 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.syscall(321, 0, 0, 0) >= 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.syscall(435, 0, 0) >= 0",
                "import os; os.write(3, b'forged')",
                "import os; os.pidfd_open(os.getppid()); os.kill(os.getppid(), 9); open('/dev/mem')"
            })
    void whatReachesBeyondTheSandbox_isRefused(String code) {
        Outcome outcome = run(code);
        assertThat(outcome.isSuccess()).as(outcome.stdout()).isFalse();
        assertThat(outcome.end()).isEqualTo(Outcome.End.EXITED);
    }

    @Test
    void killingEverybody_killsOnlyItself() {
        assertThat(run("import os\nos.kill(-1, 9)").end()).isEqualTo(Outcome.End.EXITED);
        Outcome outcome = run("import os\nfor pid in (1, os.getppid()): os.kill(pid, 9)\nprint('alive')");
        assertThat(outcome.stdout()).isEqualTo("alive\n");
    }

    @Test
    void daemons_endWithTheProgram() {
        Outcome outcome =
                run("import os, time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    time.sleep(60)\n"
                        + "  os._exit(0)\nprint('done', flush=True)\nos._exit(0)");
        assertThat(outcome.stdout()).isEqualTo("done\n");
        assertThat(outcome.end()).isEqualTo(Outcome.End.EXITED);
    }

    @Test
    void forgedAnswers_areOnlyOutput() {
        String forged = "{\"reason\":\"exited\",\"exit_code\":0}";
        Outcome outcome = run("import os\nos.write(1, (" + forged.length() + ").to_bytes(4, 'big') + b'" + forged
                + "')\nos._exit(3)");
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.stdout()).contains(forged);
    }

    @Test
    void surroundings_holdNothingButPython() {
        assertThat(run("import os; print(sorted(os.listdir('/')), sorted(os.listdir('/dev')))")
                        .stdout())
                .isEqualTo("['dev', 'lib', 'lib64', 'tmp', 'usr', 'work'] ['null', 'urandom', 'zero']\n");
        assertThat(run("import os; print(sorted(os.environ))").stdout())
                .contains("HOME")
                .doesNotContain("JAVA", "USER", "SECRET");
        assertThat(run("import os; print(os.getuid() != 0, len(os.listdir('/work')))")
                        .stdout())
                .isEqualTo("True 0\n");
    }

    @Test
    void output_isCutAtTheLimit_notBefore() {
        int limit = LIMITS.outputCharacters();
        assertThat(run("print('ä' * " + limit + ", end='')").stdout())
                .hasSize(limit)
                .doesNotContain("truncated");
        assertThat(run("print('ä' * " + (limit + 1) + ", end='')").stdout())
                .isEqualTo("ä".repeat(limit) + "\n...[truncated]");
        Outcome flood = run("while True: print('x' * 1000)");
        assertThat(flood.end()).isEqualTo(Outcome.End.FLOOD);
        assertThat(flood.stdout()).endsWith("\n...[truncated]");
        assertThat(run("import os\nwhile True: os.write(2, b'x' * 10 ** 6)").end())
                .isEqualTo(Outcome.End.FLOOD);
        assertThat(run("import os; os.write(1, b'a\\xff\\x1b[31m')").stdout()).isEqualTo("a�\u001b[31m");
    }

    @Test
    void producedFiles_areBoundedAndChecked() {
        assertThat(run("for i in range(20): open(f'f{i:02}', 'w').write('x')").files())
                .hasSize(LIMITS.files());
        assertThat(run("open('full', 'wb').write(b'x' * 50000)").files()).hasSize(1);
        assertThat(run("open('large', 'wb').write(b'x' * 50001)").files()).isEmpty();
        String odd =
                "import os\nos.symlink('/etc/passwd', 'link')\nos.mkdir('folder')\ntry: os.mkfifo('fifo')\nexcept PermissionError: pass\n"
                        + "for n in ('a\\nb', '.hidden', '-x', 'ü', 'a b', '\\udcff'): open(n, 'w').write('x')\nopen('good.txt', 'w').write('x')";
        assertThat(run(odd).files()).extracting(Outcome.ProducedFile::path).containsExactly("good.txt");
        Program unchanged = new Program(
                "open('b.txt', 'a').write('more')",
                List.of(new Program.SourceFile("a.txt", "a"), new Program.SourceFile("b.txt", "b")),
                "");
        assertThat(sandbox.run(unchanged).files())
                .extracting(Outcome.ProducedFile::path)
                .containsExactly("b.txt");
    }

    @Test
    void hardLinksAndDirectoriesSwapped_leadNowhere() {
        Outcome outcome =
                run("import os\nos.mkdir('d')\nopen('d/x', 'w').write('x')\nos.link('d/x', 'y')\nos.rename('d', 'e')");
        assertThat(outcome.files()).extracting(Outcome.ProducedFile::path).containsExactly("y", "e/x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../x",
                "a/../b",
                "a//b",
                "a/",
                ".hidden",
                "-x",
                "a b",
                "a\nb",
                "ü",
                "a\\b",
                "a\0b"
            })
    void hostilePaths_areNoFilePaths(String path) {
        assertThat(Sandbox.isFilePath(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.txt", "data/in.txt", "A-b_c.9/x"})
    void contractsPaths_are(String path) {
        assertThat(Sandbox.isFilePath(path)).isTrue();
    }

    @Test
    void machineWithoutPython_hasNoSandbox() {
        assertThatThrownBy(() -> Sandbox.create(Path.of("/nonexistent/python3"), LIMITS))
                .isInstanceOf(SandboxException.class);
        assertThatThrownBy(() -> Sandbox.create(Path.of("/bin/true"), LIMITS)).isInstanceOf(SandboxException.class);
    }

    @Test
    void shippedFilters_areWhatTheScriptWrites() throws Exception {
        Path folder = Files.createTempDirectory("filters");
        Process script = new ProcessBuilder("/usr/bin/python3", "src/main/seccomp/filters.py", folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        org.junit.jupiter.api.Assumptions.assumeFalse(
                script.waitFor() != 0 && said.contains("No module named 'seccomp'"),
                "python3-seccomp is not installed");
        try (Stream<Path> written = Files.list(folder)) {
            for (Path file : written.toList()) {
                assertThat(file)
                        .as(said)
                        .hasSameBinaryContentAs(Path.of("src/main/resources/org/tlac/runner/sandbox")
                                .resolve(file.getFileName()));
            }
        }
    }
}

package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that mean harm. After each: nothing runs on, nothing is left, and the next pupil's print is right. */
class HostileProgramTest {

    private static Programs programs;

    @BeforeAll
    static void create() {
        programs = new Programs(1, 1000);
    }

    @AfterAll
    static void close() {
        programs.close();
    }

    private static Outcome run(String code) {
        return programs.run(code);
    }

    @AfterEach
    void nextPupilNoticesNothing() {
        Outcome next = run("import os; print(1, os.listdir(), os.listdir('/tmp'))");
        assertThat(next.stdout()).isEqualTo("1 [] ['work']\n");
        assertThat(next.files()).isEmpty();
        Programs.await("nothing runs on", () -> Programs.living().size() == Programs.FAMILY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while True: pass",
                "import time; time.sleep(60)",
                "import signal\nfor s in (15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
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
        assertThat(outcome.duration()).isLessThan(Programs.LIMITS.wall().plusSeconds(3));
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
                "open('/tmp/../x', 'w')",
                "open('/usr/lib/x', 'w')",
                "import os; open(os.__file__, 'a')",
                "import os; os.mkdir('/x')",
                "import os; os.chroot('/tmp/work')",
                "import os; os.mknod('device', 0o20600, 0x0103)",
                "import os; os.setuid(0)",
                "import os; os.unshare(0) if hasattr(os, 'unshare') else open('/proc/1/mem')",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.ptrace(16, 1, 0, 0) == 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.unshare(0x10000000) == 0",
                "import ctypes; c = ctypes.CDLL(None, use_errno=True); assert c.mount(b'x', b'/tmp/work', b'tmpfs', 0, 0) == 0",
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
        Outcome outcome = run("import os\nfor pid in (1, os.getppid(), -1):\n  try: os.kill(pid, 9 if pid > 0 else 0)\n"
                + "  except OSError: pass\nprint('alive')");
        assertThat(outcome.stdout()).isEqualTo("alive\n");
    }

    @Test
    void stoppingItself_isWithoutEffect() {
        Outcome outcome = run("import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)\nprint('on')");
        assertThat(outcome.stdout()).isEqualTo("on\n");
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
}

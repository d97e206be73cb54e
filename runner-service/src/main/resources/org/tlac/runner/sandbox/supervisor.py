"""The sandbox's supervisor and its zygote: one runs pupils' programs and reports on them, the other forks processes ahead for that.

    service <─> supervisor <─> program (first process of fresh namespaces: gives up all it can, then runs the code)
                  └─ zygote ─┘

Bubblewrap starts them in a read-only root with nothing but Python. Every program begins as a copy of the zygote's memory, so
that must never hold a pupil's work: code, input, output and files pass through the supervisor alone, which forks nobody. The
program does not reach the supervisor, which has the clock, the output and a hold on the program's folder. When the program ends,
the kernel ends all that it started before it says so; then nothing runs that could change the files while they are collected.
When the service is gone, standard input ends, and with the supervisor, the first process of its namespace, all goes.
"""

import _socket
import array
import base64
import gc
import json
import os
import select
import signal
import struct
import time

import confinement
import program
from conversation import Conversation
from folder import collect_files, write_files
from frames import CHUNK, read_frame, write_frame

GRACE_SECONDS = 0.5
END = struct.Struct("id")  # A program's status, as wait tells it, and the seconds of processor time that it took.
HELD = 7


def become_program(setup, scratch, stdio, ready, go):
    """Gives up everything, says that it is ready, waits for the code and gives it back."""
    confinement.enter_scratch(scratch)
    os.setsid()
    os.dup2(stdio[0], 0)
    os.dup2(stdio[1], 1)
    confinement.close_all_but(0, 1, 2, stdio[2], stdio[3], ready, go)
    confinement.limit_time(setup["limits"])
    setup["file_rules"].apply()
    setup["program_filter"].apply()
    os.dup2(stdio[2], 2)
    write_frame(ready, b"R", b"")
    kind, code = read_frame(go)
    ask = os.dup2(stdio[3], 3) if kind == b"I" else None
    confinement.close_all_but(0, 1, 2, *([] if ask is None else [ask]))
    return (code.decode(), ask) if code is not None else os._exit(0)


def start_program(setup):
    """Its process, what says that it is ready, and what the supervisor holds it by; in itself, once it is to run: None, and its code."""
    scratch = confinement.make_scratch(setup["limits"])
    ready_read, ready = os.pipe()
    go_read, go = os.pipe()
    stdin_read, stdin = os.pipe()
    stdout_read, stdout = os.pipe()
    stderr_read, stderr = os.pipe()
    asks_read, asks = os.pipe()
    pid = confinement.fork_into_namespaces()
    if pid == 0:
        return None, become_program(setup, scratch, (stdin_read, stdout, stderr, asks), ready, go_read), None
    for fd in (ready, stdin_read, stdout, stderr, asks, go_read):
        os.close(fd)
    for fd in (stdin, stdout_read, stderr_read):
        os.set_blocking(fd, False)
    return pid, ready_read, (scratch, go, stdin, stdout_read, stderr_read, asks_read, os.pidfd_open(pid))


class Child:
    """A process ready to become a program, as the supervisor holds it. Its end comes through the link."""

    def __init__(self, limits, link, held):
        self.limits, self.link, self.reason = limits, link, "ended"
        self.scratch, self.go, self.stdin, stdout, stderr, self.asks, self.watched = held
        self.outputs = {stdout: b"O", stderr: b"E"}
        self.allowance = dict.fromkeys(self.outputs, limits["flood_bytes"])

    def run(self, job):
        """Runs the program, passes input and output on, and gives back how it ended."""
        job, before = json.loads(job), {}
        os.fchdir(self.scratch)
        os.chdir("work")  # Held until the files are collected: what the program puts in its place is not followed.
        try:
            before = write_files(job["files"])
        except OSError:
            job["code"] = "import sys; sys.exit('The files given with the program do not fit into its folder.')"
        start = time.monotonic()
        if "turn_seconds" in job:
            write_frame(self.go, b"I", job["code"].encode())
            start += Conversation(self, job["turn_seconds"]).hold(start)
        else:
            write_frame(self.go, b"C", job["code"].encode())
            self.attend(memoryview(job["stdin"].encode()), start + self.limits["wall_seconds"])
        milliseconds = round((time.monotonic() - start) * 1000)
        code, cpu_spent = self.reap()
        for fd in list(self.outputs):
            while self.pass_on(fd):
                pass
        files = collect_files(before, self.limits)
        os.chdir("/")
        confinement.clear_scratch(self.scratch)
        for fd in (self.go, self.watched, self.stdin, self.asks, *self.outputs):
            if fd is not None:
                os.close(fd)
        if cpu_spent and self.reason == "ended":
            self.reason = "timeout"
        return {"reason": self.reason, "exit_code": code, "duration_ms": milliseconds, "files": files}

    def attend(self, stdin, deadline):
        """Passes input and output on until the program has ended, by itself or because it took or printed too much."""
        while True:
            if self.stdin is not None and not stdin:
                self.stdin = os.close(self.stdin)
            writing = [self.stdin] if self.stdin is not None else []
            left = max(0.0, deadline - time.monotonic())
            ready, writable, _ = select.select([0, self.watched, *self.outputs], writing, [], left)
            if 0 in ready:
                os._exit(0)
            if self.watched in ready:
                return
            if writable:
                stdin = self.feed(stdin)
            for fd in [fd for fd in ready if fd in self.outputs]:
                self.pass_on(fd)
            late = time.monotonic() >= deadline
            if late and self.reason != "ended":
                os._exit(71)  # It does not even die: everything ends.
            if late or self.reason == "ended" and min(self.allowance.values()) < 0:
                deadline = self.end_it("timeout" if late else "flood")

    def end_it(self, reason):
        """Ends the program and all that it started; gives back when that must have happened."""
        self.reason = reason
        try:
            signal.pidfd_send_signal(self.watched, signal.SIGKILL)
        except ProcessLookupError:
            pass  # It has ended meanwhile.
        return time.monotonic() + GRACE_SECONDS

    def feed(self, stdin):
        try:
            return stdin[os.write(self.stdin, stdin) :]
        except BlockingIOError:
            return stdin  # The program made its pipe smaller meanwhile.
        except BrokenPipeError:
            return b""

    def pass_on(self, fd):
        """One piece of output; says whether there may be more at once."""
        try:
            part = os.read(fd, CHUNK)
        except BlockingIOError:
            return False
        self.allowance[fd] -= len(part)
        if part and self.allowance[fd] >= 0:
            write_frame(1, self.outputs[fd], part)
            return True
        del self.outputs[fd]
        os.close(fd)
        return False

    def reap(self):
        """The exit code, as a shell tells it, and whether the processor's limit was what ended it."""
        status, seconds = END.unpack(self.link.recv(END.size) or os._exit(75))
        code = os.waitstatus_to_exitcode(status)
        cpu_spent = seconds >= self.limits["cpu_seconds"] - 0.1 and -code in (signal.SIGXCPU, signal.SIGKILL)
        return code if code >= 0 else 128 - code, cpu_spent


def hatch(setup, link):
    """The zygote: readies a process while the one before it runs. Comes back in a process that is to run, with its code."""
    running = ended = None
    while True:
        if running and not confinement.AHEAD:
            report_end(link, running, ended)
            running = ended = None
        pid, ready, held = start_program(setup)
        if pid is None:
            return ready
        awaited = {ready, ended} if running else {ready}
        while awaited:
            for fd in select.select(awaited, [], [])[0]:
                awaited.remove(fd)
                if fd == ended:
                    report_end(link, running, ended)
                elif read_frame(ready)[0] != b"R":
                    os._exit(70)  # It could not be set up, and said why.
        os.close(ready)
        link.sendmsg([b"R"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", held))])
        for fd in held[:-1]:
            os.close(fd)
        running, ended = pid, held[-1]


def report_end(link, pid, ended):
    """Once the process has ended."""
    _, status, used = os.wait4(pid, 0)
    os.close(ended)
    link.send(END.pack(status, used.ru_utime + used.ru_stime))


def receive(link):
    """What the next process is held by."""
    said, passed, _, _ = link.recvmsg(1, _socket.CMSG_SPACE(4 * HELD))
    held = array.array("i", passed[0][2] if passed else b"")
    if said != b"R" or len(held) != HELD:
        os._exit(75)  # The zygote is gone, and said why.
    return held


def supervise(limits, link, state):
    """The supervisor: has one program after the other run, as the service orders."""
    while True:
        child = Child(limits, link, receive(link))
        write_frame(1, b"R", state)
        if child.watched in select.select([0, child.watched], [], [])[0]:
            os._exit(72)  # What would be the program was ended.
        kind, job = read_frame(0)
        while kind not in (b"J", None):
            kind, job = read_frame(0)  # Typed too late for a program that had just ended.
        if job is None:
            os._exit(0)
        write_frame(1, b"D", json.dumps(child.run(job)).encode())


def main(setup):
    confinement.hide()
    supervisor_filter, setup["program_filter"] = (
        confinement.SystemCallFilter.of(base64.b64decode(setup[name])) for name in ("supervisor_filter", "program_filter")
    )
    supervisor_filter.apply()
    confinement.limit(setup["limits"])
    setup["file_rules"] = confinement.FileRules()
    state = json.dumps({"landlock": setup["file_rules"].version}).encode()
    program.prepare(setup["limits"])
    gc.collect()
    gc.freeze()
    supervisor_end, zygote_end = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
    if os.fork() != 0:
        zygote_end.close()
        supervise(setup["limits"], supervisor_end, state)
    supervisor_end.close()
    confinement.end_with_parent()
    program.run(*hatch(setup, zygote_end))

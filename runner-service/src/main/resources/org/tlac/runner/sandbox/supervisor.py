"""The sandbox's zygote: keeps a process ready to become a pupil's program, runs it, tells how it ended, readies the next.

    service <─> zygote <─> program (first process of fresh namespaces: gives up all it can, then runs the code)

Bubblewrap starts the zygote in a read-only root with nothing but Python. The program does not reach the zygote, which has
the clock, the output and a hold on the program's folder. When the program ends, the kernel ends all that it started before
it says so; then nothing runs that could change the files while they are collected. When the service is gone, standard
input ends, and with the zygote all goes.
"""

import base64
import gc
import json
import os
import re
import select
import signal
import stat
import time

import confinement
import program
from conversation import Conversation
from frames import CHUNK, read_frame, write_frame

GRACE_SECONDS = 0.5
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")


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


def write_files(files):
    """Writes the files given with the program; gives back their contents, to tell later which changed."""
    before = {file["path"]: file["content"].encode() for file in files}
    for path, content in before.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as out:
            out.write(content)
    return before


def collect_files(before, limits):
    """The regular files that the program made or changed, by name. Nothing of it runs any more."""
    found = []
    for folder, folders, names in os.walk("."):
        # As deep as a name that is accepted can be: the program may have made folders without end.
        folders[:] = sorted(name for name in folders if PATH.fullmatch(os.path.normpath(os.path.join(folder, name))))
        for path in sorted(os.path.normpath(os.path.join(folder, name)) for name in names):
            if not PATH.fullmatch(path) or len(found) >= limits["files"]:
                continue
            status = os.lstat(path)
            if stat.S_ISREG(status.st_mode) and status.st_size <= limits["output_file_bytes"]:
                os.chmod(path, 0o600)
                with open(path, "rb") as file:
                    content = file.read()
                if before.get(path) != content:
                    found.append({"path": path, "content": base64.b64encode(content).decode()})
    return found


class Child:
    """A process ready to become a program, as the zygote holds it. In that process itself, code is set."""

    def __init__(self, setup):
        self.limits, self.code, self.reason = setup["limits"], None, "ended"
        self.scratch = confinement.make_scratch(self.limits)
        ready_read, ready = os.pipe()
        go, self.go = os.pipe()
        stdin, self.stdin = os.pipe()
        stdout_read, stdout = os.pipe()
        stderr_read, stderr = os.pipe()
        self.asks, asks = os.pipe()
        self.outputs = {stdout_read: b"O", stderr_read: b"E"}
        self.allowance = dict.fromkeys(self.outputs, self.limits["flood_bytes"])
        self.pid = confinement.fork_into_namespaces()
        if self.pid == 0:
            self.code = become_program(setup, self.scratch, (stdin, stdout, stderr, asks), ready, go)
            return
        for fd in (ready, stdin, stdout, stderr, asks, go):
            os.close(fd)
        for fd in (self.stdin, *self.outputs):
            os.set_blocking(fd, False)
        self.watched = os.pidfd_open(self.pid)
        if read_frame(ready_read)[0] != b"R":
            os._exit(70)  # It could not be set up, and said why.
        os.close(ready_read)

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
        for fd in (self.scratch, self.go, self.watched, self.stdin, self.asks, *self.outputs):
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
        signal.pidfd_send_signal(self.watched, signal.SIGKILL)
        return time.monotonic() + GRACE_SECONDS

    def feed(self, stdin):
        try:
            return stdin[os.write(self.stdin, stdin) :]
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
        _, status, used = os.wait4(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        seconds = used.ru_utime + used.ru_stime
        cpu_spent = seconds >= self.limits["cpu_seconds"] - 0.1 and -code in (signal.SIGXCPU, signal.SIGKILL)
        return code if code >= 0 else 128 - code, cpu_spent


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
    while True:
        child = Child(setup)
        if child.code is not None:
            return program.run(*child.code)
        write_frame(1, b"R", state)
        if child.watched in select.select([0, child.watched], [], [])[0]:
            os._exit(72)  # What would be the program was ended.
        kind, job = read_frame(0)
        while kind not in (b"J", None):
            kind, job = read_frame(0)  # Typed too late for a program that had just ended.
        if job is None:
            os._exit(0)
        write_frame(1, b"D", json.dumps(child.run(job)).encode())

"""The sandbox's zygote: keeps a process ready to become a pupil's program, runs it, tells how it ended, readies the next.

    service <─> zygote <─> keeper (first process of fresh namespaces) <─> program (gives up all it can, then runs the code)

Bubblewrap starts the zygote in a read-only root with nothing but Python. The program reaches neither the zygote, which has
the clock and the output, nor the keeper, which ends what the program left running and collects its files. When the service
is gone, standard input ends, and with the zygote all goes.
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
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


def become_program(setup, stdio, reports, go):
    """Gives up everything, says that it is ready, waits for the code and gives it back."""
    os.setsid()
    os.dup2(stdio[0], 0)
    os.dup2(stdio[1], 1)
    confinement.close_all_but(0, 1, 2, stdio[2], stdio[3], reports, go)
    confinement.limit(setup["limits"])
    confinement.restrict_files()
    confinement.forbid(base64.b64decode(setup["program_filter"]))
    os.dup2(stdio[2], 2)
    write_frame(reports, b"R", b"")
    kind, code = read_frame(go)
    ask = os.dup2(stdio[3], 3) if kind == b"I" else None
    confinement.close_all_but(0, 1, 2, *([] if ask is None else [ask]))
    return (code.decode(), ask) if code is not None else os._exit(0)


# --- The keeper -------------------------------------------------------------------------------------------------------


def write_files(files):
    """Writes the files given with the program; gives back their contents, to tell later which changed."""
    before = {file["path"]: file["content"].encode() for file in files}
    for path, content in before.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as out:
            out.write(content)
    return before


def collect_files(before, limits):
    """The regular files that the program made or changed, by name. Nothing else runs any more."""
    found = []
    for folder, folders, names in os.walk("."):
        folders.sort()
        for path in sorted(os.path.normpath(os.path.join(folder, name)) for name in names):
            status = os.lstat(path)
            fits = stat.S_ISREG(status.st_mode) and status.st_size <= limits["output_file_bytes"]
            if fits and PATH.fullmatch(path) and len(found) < limits["files"]:
                os.chmod(path, 0o600)
                with open(path, "rb") as file:
                    content = file.read()
                if before.get(path) != content:
                    found.append({"path": path, "content": base64.b64encode(content).decode()})
    return found


def end_everything(pid):
    """Ends every process of the namespace but this one, its first. How the program ended, and the CPU seconds it took."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    _, status, used = os.wait4(pid, 0)
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime


def keep(setup, pid, orders, reports, go):
    """Sees one program to its end, or to the end of the orders, which is the order to end it."""
    watched = os.pidfd_open(pid)
    if watched in select.select([watched, orders], [], [])[0]:
        os._exit(70)  # The program could not be set up, and said why.
    job = read_frame(orders)[1]
    if job is None:
        os._exit(0)
    job, before = json.loads(job), {}
    try:
        before = write_files(job["files"])
    except OSError:
        job["code"] = "import sys; sys.exit('The files given with the program do not fit into its folder.')"
    write_frame(go, b"I" if "turn_seconds" in job else b"C", job["code"].encode())
    select.select([watched, orders], [], [])
    ended = time.monotonic()
    code, seconds = end_everything(pid)
    report = {
        "ended": ended,
        "exit_code": code if code >= 0 else 128 - code,  # As a shell tells it.
        "cpu_spent": seconds >= setup["limits"]["cpu_seconds"] - 0.1 and -code in (signal.SIGXCPU, signal.SIGKILL),
        "files": collect_files(before, setup["limits"]),
    }
    write_frame(reports, b"P", json.dumps(report).encode())
    os._exit(0)


# --- The zygote -------------------------------------------------------------------------------------------------------


class Child:
    """A process ready to become a program, and its keeper, as the zygote holds them. In that process itself, code is set."""

    def __init__(self, setup):
        self.limits, self.code, self.reason = setup["limits"], None, "ended"
        orders, self.orders = os.pipe()
        self.reports, reports = os.pipe()
        stdin, self.stdin = os.pipe()
        stdout_read, stdout = os.pipe()
        stderr_read, stderr = os.pipe()
        self.asks, asks = os.pipe()
        go, go_write = os.pipe()
        self.outputs = {stdout_read: b"O", stderr_read: b"E"}
        self.allowance = dict.fromkeys(self.outputs, self.limits["flood_bytes"])
        self.keeper = confinement.fork_into_namespaces()
        if self.keeper == 0:
            confinement.make_scratch(self.limits)
            pid = os.fork()
            if pid == 0:
                self.code = become_program(setup, (stdin, stdout, stderr, asks), reports, go)
                return
            confinement.close_all_but(2, orders, reports, go_write)
            keep(setup, pid, orders, reports, go_write)
        for fd in (orders, reports, stdin, stdout, stderr, asks, go, go_write):
            os.close(fd)
        for fd in (self.stdin, *self.outputs):
            os.set_blocking(fd, False)
        if read_frame(self.reports)[0] != b"R":
            os._exit(70)

    def run(self, job):
        """Passes input and output on until the keeper reports; gives back how the program ended."""
        start = time.monotonic()
        deadline = start + self.limits["wall_seconds"]
        parsed = json.loads(job)
        stdin = memoryview(parsed["stdin"].encode())
        write_frame(self.orders, b"J", job)
        if "turn_seconds" in parsed:
            waited = Conversation(self, parsed["turn_seconds"]).hold(start)
            return self.end(start + waited)
        while True:
            if self.stdin is not None and not stdin:
                self.stdin = os.close(self.stdin)
            writing = [self.stdin] if self.stdin is not None else []
            left = max(0.0, deadline - time.monotonic())
            ready, writable, _ = select.select([0, self.reports, *self.outputs], writing, [], left)
            if 0 in ready:
                os._exit(0)
            if writable:
                stdin = self.feed(stdin)
            for fd in [fd for fd in ready if fd in self.outputs]:
                self.pass_on(fd)
            if self.reports in ready:
                return self.end(start)
            late = time.monotonic() >= deadline
            if late and self.reason != "ended":
                os._exit(71)  # The keeper did not follow: everything ends.
            if late or self.reason == "ended" and min(self.allowance.values()) < 0:
                deadline = self.end_it("timeout" if late else "flood")

    def end_it(self, reason):
        """Orders the keeper to end the program; gives back when that must have happened."""
        self.reason, self.orders = reason, os.close(self.orders)
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

    def end(self, start):
        report = read_frame(self.reports)[1]
        if report is None:
            os._exit(72)  # The keeper itself was ended.
        for fd in list(self.outputs):
            while self.pass_on(fd):
                pass
        os.waitpid(self.keeper, 0)
        for fd in (self.reports, self.orders, self.stdin, self.asks, *self.outputs):
            if fd is not None:
                os.close(fd)
        report = json.loads(report)
        milliseconds = round((report.pop("ended") - start) * 1000)
        if report.pop("cpu_spent") and self.reason == "ended":
            self.reason = "timeout"
        return {**report, "reason": self.reason, "duration_ms": milliseconds}


def main(setup):
    confinement.hide()
    confinement.forbid(base64.b64decode(setup["supervisor_filter"]))
    state = json.dumps({"landlock": confinement.landlock_version()}).encode()
    program.prepare(setup["limits"])
    gc.collect()
    gc.freeze()
    while True:
        child = Child(setup)
        if child.code is not None:
            return program.run(*child.code)
        write_frame(1, b"R", state)
        if child.reports in select.select([0, child.reports], [], [])[0]:
            os._exit(72)  # The keeper, or the process that would be the program, was ended.
        kind, job = read_frame(0)
        while kind not in (b"J", None):
            kind, job = read_frame(0)  # Typed too late for a program that had just ended.
        if job is None:
            os._exit(0)
        write_frame(1, b"D", json.dumps(child.run(job)).encode())

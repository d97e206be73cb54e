"""Runs one pupil's program inside the sandbox that bubblewrap made, and tells the service how it went.

Standard input brings one job and stays open: its end means that the service is gone. Standard output takes one answer.
Both are JSON after a 4-byte length. A set-up step that fails ends this process without an answer: the service then
reports the runner as unavailable, and never runs a program with a layer missing.
"""

import base64
import ctypes
import json
import os
import re
import resource
import select
import signal
import stat
import struct
import sys
import time

WORK = "/work"
MS_NOSUID_NODEV = 2 | 4
CLONE_NEWPID = 0x20000000
PR_SET_DUMPABLE, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 4, 22, 2
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")

libc = ctypes.CDLL(None, use_errno=True)


def must(result, what):
    if result != 0:
        number = ctypes.get_errno()
        sys.stderr.write(f"sandbox: {what}: {os.strerror(number)}\n")
        os._exit(70)


def read_exactly(fd, count):
    data = b""
    while len(data) < count:
        part = os.read(fd, count - len(data))
        if not part:
            os._exit(0)
        data += part
    return data


def drop_capabilities():
    header = struct.pack("Ii", 0x20080522, 0)
    must(libc.capset(header, struct.pack("6I", 0, 0, 0, 0, 0, 0)), "drop capabilities")


def prepare_scratch(limits):
    options = f"size={limits['scratch_bytes']},nr_inodes={limits['scratch_inodes']},mode=0700".encode()
    must(libc.mount(b"tmpfs", WORK.encode(), b"tmpfs", MS_NOSUID_NODEV, options), "mount scratch space")
    # Whoever is forked next is the first process of a namespace of its own: what the program signals is only its own.
    must(libc.unshare(CLONE_NEWPID), "separate the program's processes")
    drop_capabilities()
    os.chdir(WORK)


def write_files(files):
    """Writes the pupil's files; gives back what each looked like, to tell later which changed."""
    for file in files:
        folder = os.path.dirname(file["path"])
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(file["path"], "wb") as out:
            out.write(file["content"].encode("utf-8", "surrogatepass"))
    return {file["path"]: file["content"].encode("utf-8", "surrogatepass") for file in files}


def limit_program(limits):
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_AS, limits["memory_bytes"]),
    ):
        resource.setrlimit(what, (value, value))


def forbid(filter_bytes):
    """Puts this process, and all that it starts, under a seccomp filter."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]

    program = Program(len(filter_bytes) // 8, filter_bytes)
    must(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "apply the filter")


def become_program(job, pipes):
    """Turns the forked child into what the pupil's program runs in, and gives back its code; the child itself stays behind
    as the first process of its namespace, which no signal of the program reaches and whose end is the end of all in it."""
    for target, source in enumerate(pipes):
        os.dup2(source, target)
    os.closerange(3, 4096)
    program = os.fork()
    if program != 0:
        while True:
            pid, status = os.wait()
            if pid == program:
                # As a shell tells it: the exit code, or 128 and the signal.
                code = os.waitstatus_to_exitcode(status)
                os._exit(code if code >= 0 else 128 - code)
    os.setsid()
    limit_program(job["limits"])
    forbid(base64.b64decode(job["filter"]))
    return job["code"]


def run_program(code):
    """Runs the code as __main__; tracebacks show the pupil's lines and nothing of ours."""
    import builtins
    import linecache
    import traceback
    import types

    import _sitebuiltins

    builtins.exit = builtins.quit = _sitebuiltins.Quitter("exit", "Ctrl-D")
    sys.stdin = open(0, encoding="utf-8", errors="replace")
    sys.stdout = open(1, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1)
    sys.argv, sys.path[:0] = ["main.py"], [WORK]
    linecache.cache["main.py"] = (len(code), None, code.splitlines(True), "main.py")
    main = types.ModuleType("__main__")
    main.__file__ = "main.py"
    sys.modules["__main__"] = main
    try:
        exec(compile(code, "main.py", "exec"), main.__dict__)
    except SystemExit:
        raise
    except SyntaxError as error:
        traceback.print_exception(type(error), error, error.__traceback__ if error.filename != "main.py" else None)
        sys.exit(1)
    except BaseException as error:
        traceback.print_exception(type(error), error, error.__traceback__.tb_next)
        sys.exit(1)


class Watch:
    """Collects what the program prints until it ends, or until it must."""

    def __init__(self, pid, outputs, job):
        self.pid, self.outputs, self.limits = pid, dict(outputs), job["limits"]
        self.text = {name: bytearray() for name in self.outputs.values()}
        self.stdin = job["stdin"].encode("utf-8", "surrogatepass")
        self.exit_code, self.reason = None, "exited"

    def run(self, stdin_fd):
        deadline = time.monotonic() + self.limits["wall_seconds"]
        os.set_blocking(stdin_fd, False)
        pidfd = os.pidfd_open(self.pid)
        while self.exit_code is None:
            left = deadline - time.monotonic()
            if left <= 0:
                self.reason = "timeout"
                return
            writing = [stdin_fd] if stdin_fd is not None else []
            ready, writable, _ = select.select([0, pidfd, *self.outputs], writing, [], left)
            if 0 in ready:
                os._exit(0)
            for fd in [fd for fd in ready if fd in self.outputs]:
                if not self.collect(fd):
                    return
            if writable:
                stdin_fd = self.feed(stdin_fd)
            if pidfd in ready:
                self.exit_code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def end(self):
        """Ends whatever still runs: with its first process the whole namespace goes."""
        if self.exit_code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def collect(self, fd):
        text = self.text[self.outputs[fd]]
        part = os.read(fd, 65536)
        if not part:
            del self.outputs[fd]
        text += part
        if len(text) > self.limits["flood_bytes"]:
            self.reason = "flood"
            return False
        return True

    def feed(self, fd):
        try:
            self.stdin = self.stdin[os.write(fd, self.stdin[:65536]) :]
        except BrokenPipeError:
            self.stdin = b""
        if self.stdin:
            return fd
        os.close(fd)
        return None

    def drain(self):
        """What was printed and not yet read when the program ended; nobody is left to print more."""
        for fd in list(self.outputs):
            os.set_blocking(fd, False)
            try:
                while fd in self.outputs and self.collect(fd):
                    pass
            except BlockingIOError:
                pass


def collect_files(before, limits):
    """The regular files that the program made or changed, in order of their names. Nothing else runs any more."""
    found = []
    for folder, folders, names in os.walk(WORK):
        folders.sort()
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), WORK)
            status = os.lstat(os.path.join(folder, name))
            if not stat.S_ISREG(status.st_mode) or status.st_size > limits["output_file_bytes"]:
                continue
            if not PATH.fullmatch(path) or len(found) >= limits["output_files"]:
                continue
            try:
                fd = os.open(os.path.join(folder, name), os.O_RDONLY | os.O_NOFOLLOW)
            except OSError:
                continue
            with open(fd, "rb") as file:
                content = file.read(limits["output_file_bytes"])
            if before.get(path) != content:
                found.append({"path": path, "content": base64.b64encode(content).decode()})
    return found


def answer(value):
    data = json.dumps(value).encode()
    view = memoryview(struct.pack(">I", len(data)) + data)
    while view:
        view = view[os.write(1, view) :]


def main():
    must(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "hide from the program")
    job = json.loads(read_exactly(0, struct.unpack(">I", read_exactly(0, 4))[0]))
    prepare_scratch(job["limits"])
    before = write_files(job["files"])
    stdin_read, stdin_write = os.pipe()
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    start = time.monotonic()
    pid = os.fork()
    if pid == 0:
        run_program(become_program(job, (stdin_read, out_write, err_write)))
        return
    for fd in (stdin_read, out_write, err_write):
        os.close(fd)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    watch = Watch(pid, {out_read: "stdout", err_read: "stderr"}, job)
    watch.run(stdin_write)
    duration = time.monotonic() - start
    watch.end()
    watch.drain()
    answer(
        {
            "reason": watch.reason,
            "exit_code": watch.exit_code,
            "duration_ms": round(duration * 1000),
            "stdout": base64.b64encode(bytes(watch.text["stdout"])).decode(),
            "stderr": base64.b64encode(bytes(watch.text["stderr"])).decode(),
            "files": collect_files(before, job["limits"]),
        }
    )


if __name__ == "__main__":
    main()

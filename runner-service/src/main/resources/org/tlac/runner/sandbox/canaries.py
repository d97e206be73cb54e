"""Attempts that the sandbox must deny, made from inside before the first pupil's program. Prints the names of those that were.

Before it comes the line LEVEL = "full" or "process".
"""

import ctypes
import errno
import os
import posix
import resource
import signal
import socket
import struct
import threading

libc = ctypes.CDLL(None, use_errno=True)
HELD = (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EROFS, errno.ENOENT, errno.EAGAIN, errno.ENOSPC, errno.ENOMEM, errno.EFBIG)


def write(path, content=b"x"):
    with open(path, "wb") as file:
        file.write(content)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def fill(count, content):
    try:
        for number in range(count):
            write(f"{number}", content)
    finally:
        for name in os.listdir():
            os.remove(name)


def space():
    largest = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    scratch = os.statvfs("/tmp")
    fill(scratch.f_blocks * scratch.f_frsize // largest + 2, bytes(largest))


def memory():
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    try:
        bytearray(limit if limit > 0 else 1024)
    except MemoryError as error:
        raise OSError(errno.ENOMEM, "memory") from error


def kill_1():
    os.kill(1, signal.SIGKILL)
    # Where the kernel lets the signal pass, it ignores it: process 1 lives, or these lines are never printed.
    raise OSError(errno.EPERM, "survived")


def capabilities():
    sets = ctypes.create_string_buffer(24)
    call("capget", struct.pack("Ii", 0x20080522, 0), sets)
    if sets.raw == bytes(24):
        raise OSError(errno.EPERM, "none")


def privileges():
    """No way up, under a filter, as nobody of importance, as the first process of its own namespace."""
    filtered = libc.prctl(39, 0, 0, 0, 0) == 1 and libc.prctl(21, 0, 0, 0, 0) == 2
    if filtered and os.getuid() != 0 and (LEVEL == "process" or (os.getpid(), os.getppid()) == (1, 0)):
        raise OSError(errno.EPERM, "none")


def a_fork():
    # As posix has it: os's own, and those of its functions that start programs, refuse without asking the kernel (program.py).
    if posix.fork() == 0:
        os._exit(0)


def threads():
    limit, enough = resource.getrlimit(resource.RLIMIT_NPROC)[0], threading.Event()
    if not 0 <= limit <= 10_000:
        return  # Memory would stop them, but later.
    try:
        for _ in range(limit + 1):
            threading.Thread(target=enough.wait).start()
    except (RuntimeError, MemoryError) as error:
        raise OSError(errno.EAGAIN, "threads") from error
    finally:
        enough.set()


def large_file():
    with open("large", "wb") as file:
        os.ftruncate(file.fileno(), resource.getrlimit(resource.RLIMIT_FSIZE)[0] + 1)


def mode():
    """The call is pretended: what counts is that nothing changed."""
    write("mine", b"")
    before = os.stat("mine").st_mode
    os.chmod("mine", before ^ 0o111)
    if os.stat("mine").st_mode == before:
        raise OSError(errno.EPERM, "unchanged")


ZYGOTE = os.getppid()
FULL = {
    "files beyond the limit": lambda: fill(10_000, b""),
    "space beyond the limit": space,
}
PROCESS = {
    "file beyond the limit": large_file,
    "change a mode": mode,
    "outlive the zygote": lambda: call("prctl", 1, 0, 0, 0, 0),
    "signal the zygote": lambda: os.kill(ZYGOTE, 0),
    "memory of the zygote": lambda: open(f"/proc/{ZYGOTE}/mem", "rb").close(),
    "environment of the zygote": lambda: open(f"/proc/{ZYGOTE}/environ").read(),
    "folders of the machine": lambda: os.listdir("/"),
    "folders of other programs": lambda: os.listdir("../.."),
    "write to the temporary folder": lambda: write("/tmp/canary"),
}
COMMON = {
    "another process": a_fork,
    "threads beyond the limit": threads,
    "memory beyond the limit": memory,
    "internet socket": lambda: socket.socket(socket.AF_INET),
    "local socket": lambda: socket.socket(socket.AF_UNIX),
    "netlink socket": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "environment of process 1": lambda: open("/proc/1/environ").read(),
    "file of the machine": lambda: open("/etc/passwd").read(),
    "write to the root": lambda: write("/canary"),
    "write to the library": lambda: os.close(os.open(os.__file__, os.O_WRONLY)),
    "write to a device": lambda: write("/dev/urandom"),
    "new user namespace": lambda: call("unshare", 0x10000000),
    "mount": lambda: call("mount", b"x", b"/tmp/work", b"tmpfs", 0, 0),
    "start a program": lambda: posix.execv("/usr/bin/python3", ["python3"]),
    "trace a process": lambda: call("ptrace", 0, 0, 0, 0),
    "signal process 1": kill_1,
    "capabilities": capabilities,
    "privileges": privileges,
}


def denied(attempt):
    try:
        attempt()
        return False
    except OSError as error:
        return error.errno in HELD


for name, attempt in {**(FULL if LEVEL == "full" else PROCESS), **COMMON}.items():
    print(("denied: " if denied(attempt) else "ALLOWED: ") + name)

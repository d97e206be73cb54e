"""What the kernel does for the sandbox: fresh namespaces, a small folder in memory, limits, Landlock, system call filters.

A step that fails ends the process with a line on its standard error: nothing ever runs with a layer missing.
"""

import ctypes
import os
import resource
import signal
import struct

SCRATCH = "/tmp"
WORK = "/tmp/work"
CLONE = {"x86_64": 56, "aarch64": 220}
NEW_MOUNTS, NEW_HOST_NAME, NEW_IPC, NEW_PROCESSES = 0x20000, 0x4000000, 0x8000000, 0x20000000
MOVE_MOUNT, FSOPEN, FSCONFIG, FSMOUNT = 429, 430, 431, 432  # The same on every architecture, as Landlock's.
CLOSE_ON_EXEC, SET_STRING, CREATE, HERE, MOVE_WHAT_IS_OPEN = 1, 1, 6, -100, 4
NOSUID, NODEV, NOEXEC = 2, 4, 8
CAPABILITY_VERSION = 0x20080522
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 4, 22, 38, 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT, LANDLOCK_ASK_VERSION, LANDLOCK_BENEATH = 444, 445, 446, 1, 1
READ_FILE, READ_FOLDER, WRITE_FILE, EXECUTE_OR_DEVICE = 0x4, 0x8, 0x2, 0x8841
# All of Landlock's rights on files, by version of its interface: moving came with 2, truncating with 3, ioctl with 5.
RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}

libc = ctypes.PyDLL(None, use_errno=True)  # Keeps the interpreter's lock: there is a fork among these calls.


def must(result, what):
    if result < 0:
        os.write(2, f"sandbox: {what}: {os.strerror(ctypes.get_errno())}\n".encode())
        os._exit(70)
    return result


def hide():
    """Nobody may trace this process or read its memory; its children neither."""
    must(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "hide from other processes")


def fork_into_namespaces():
    """A fork into fresh namespaces; Python is told as its own fork would tell it. The child is their first process.

    The network namespace stays the zygote's: it is empty, no program gets a socket for it (seccomp, Landlock), and one more
    would be half of what a run costs.
    """
    flags = NEW_MOUNTS | NEW_HOST_NAME | NEW_IPC | NEW_PROCESSES | signal.SIGCHLD
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = libc.syscall(CLONE[os.uname().machine], flags, None, None, None, None)
    (ctypes.pythonapi.PyOS_AfterFork_Parent if pid else ctypes.pythonapi.PyOS_AfterFork_Child)()
    return must(pid, "make namespaces")


def make_scratch(limits):
    """The only place to write, in memory, in no tree of files yet. A descriptor; what it holds goes with the last of them."""
    making = must(libc.syscall(FSOPEN, b"tmpfs", CLOSE_ON_EXEC), "make the scratch space")
    options = {"size": limits["scratch_bytes"], "nr_inodes": limits["scratch_inodes"], "mode": "0700"}
    for key, value in options.items():
        result = libc.syscall(FSCONFIG, making, SET_STRING, key.encode(), str(value).encode(), 0)
        must(result, "limit the scratch space")
    must(libc.syscall(FSCONFIG, making, CREATE, None, None, 0), "make the scratch space")
    scratch = must(libc.syscall(FSMOUNT, making, CLOSE_ON_EXEC, NOSUID | NODEV | NOEXEC), "mount the scratch space")
    os.close(making)
    return scratch


def enter_scratch(scratch):
    """Puts it where the program finds it; then nobody needs a capability any more."""
    result = libc.syscall(MOVE_MOUNT, scratch, b"", HERE, SCRATCH.encode(), MOVE_WHAT_IS_OPEN)
    must(result, "place the scratch space")
    must(libc.capset(struct.pack("Ii", CAPABILITY_VERSION, 0), bytes(24)), "drop capabilities")
    os.mkdir(WORK)
    os.chdir(WORK)


def close_all_but(*kept):
    kept = sorted(kept)
    for low, high in zip([-1, *kept], [*kept, 1 << 20]):
        if low + 1 < high:  # Closing from 0 to 0 would close all.
            os.closerange(low + 1, high)


def limit(limits):
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
        (resource.RLIMIT_NPROC, limits["processes"] + 1),  # The zygote belongs to the same user.
        (resource.RLIMIT_CPU, limits["cpu_seconds"]),
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_AS, limits["address_space_bytes"]),
    ):
        resource.setrlimit(what, (value, value))


def landlock_version():
    return must(libc.syscall(LANDLOCK_CREATE, None, 0, LANDLOCK_ASK_VERSION), "find Landlock in this kernel")


def restrict_files():
    """Landlock: reading anywhere, writing in the scratch space; no TCP (version 4), nothing to other processes (6)."""
    version = landlock_version()
    rights = RIGHTS[min(version, max(RIGHTS))]
    attributes = struct.pack("QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    known = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = must(libc.syscall(LANDLOCK_CREATE, attributes, known, 0), "make a Landlock ruleset")
    scratch = rights & ~EXECUTE_OR_DEVICE
    for path, allowed in (("/", READ_FILE | READ_FOLDER), ("/dev/null", READ_FILE | WRITE_FILE), (SCRATCH, scratch)):
        rule = struct.pack("=Qi", allowed, os.open(path, os.O_PATH))
        must(libc.syscall(LANDLOCK_ADD, ruleset, LANDLOCK_BENEATH, rule, 0), "add a Landlock rule")
    must(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0), "apply Landlock")


def forbid(code):
    """A seccomp filter, for this process and all that it starts, and no way back to privileges."""

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    program = Filter(len(code) // 8, code)
    must(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges")
    must(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0), "apply the system call filter")

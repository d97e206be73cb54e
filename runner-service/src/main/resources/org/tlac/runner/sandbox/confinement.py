"""What the kernel does for the sandbox: fresh namespaces, a small folder in memory, limits, Landlock, system call filters.

A step that fails ends the process with a line on its standard error: nothing ever runs with a layer missing.
"""

import ctypes
import os
import resource
import signal
import struct

AHEAD = True  # The next program's process may be there while one runs.
SCRATCH = "/tmp"
WORK = "/tmp/work"
CLONE = {"x86_64": 56, "aarch64": 220}
NEW_MOUNTS, NEW_HOST_NAME, NEW_IPC, NEW_PROCESSES = 0x20000, 0x4000000, 0x8000000, 0x20000000
MOVE_MOUNT, FSOPEN, FSCONFIG, FSMOUNT = 429, 430, 431, 432  # The same on every architecture, as Landlock's.
CLOSE_ON_EXEC, SET_STRING, CREATE, HERE, MOVE_WHAT_IS_OPEN = 1, 1, 6, -100, 4
NOSUID, NODEV, NOEXEC = 2, 4, 8
CAPABILITY_VERSION = 0x20080522
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 1, 4, 22, 38, 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT, LANDLOCK_ASK_VERSION, LANDLOCK_BENEATH = 444, 445, 446, 1, 1
READ_FILE, READ_FOLDER, WRITE_FILE, EXECUTE_OR_DEVICE = 0x4, 0x8, 0x2, 0x8841
# All of Landlock's rights on files, by version of its interface: moving came with 2, truncating with 3, ioctl with 5.
RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}

libc = ctypes.PyDLL(None, use_errno=True)  # Keeps the interpreter's lock: there is a fork among these calls.
# Looked up once, before any fork: all that a program's process does first, it does on pages that it has to copy.
syscall, prctl, capset = libc.syscall, libc.prctl, libc.capset
before_fork, after_fork_parent, after_fork_child = (
    ctypes.pythonapi[f"PyOS_{name}"] for name in ("BeforeFork", "AfterFork_Parent", "AfterFork_Child")
)
CLONE_HERE = CLONE[os.uname().machine]
NO_CAPABILITIES = struct.pack("Ii", CAPABILITY_VERSION, 0), bytes(24)


def must(result, what):
    if result < 0:
        os.write(2, f"sandbox: {what}: {os.strerror(ctypes.get_errno())}\n".encode())
        os._exit(70)
    return result


def hide():
    """Nobody may trace this process or read its memory; its children neither."""
    must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "hide from other processes")


def end_with_parent():
    """For the zygote, which ends with the supervisor."""
    must(prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "end with its parent")


def fork_into_namespaces():
    """A fork into fresh namespaces; Python is told as its own fork would tell it. The child is their first process.

    The network namespace stays the zygote's: it is empty, no program gets a socket for it (seccomp, Landlock), and one more
    would be half of what a run costs.
    """
    flags = NEW_MOUNTS | NEW_HOST_NAME | NEW_IPC | NEW_PROCESSES | signal.SIGCHLD
    before_fork()
    pid = syscall(CLONE_HERE, flags, None, None, None, None)
    (after_fork_parent if pid else after_fork_child)()
    return must(pid, "make namespaces")


def make_scratch(limits):
    """The only place to write, in memory, in no tree of files yet. A descriptor; what it holds goes with the last of them."""
    making = must(syscall(FSOPEN, b"tmpfs", CLOSE_ON_EXEC), "make the scratch space")
    options = {"size": limits["scratch_bytes"], "nr_inodes": limits["scratch_inodes"], "mode": "0700"}
    for key, value in options.items():
        result = syscall(FSCONFIG, making, SET_STRING, key.encode(), str(value).encode(), 0)
        must(result, "limit the scratch space")
    must(syscall(FSCONFIG, making, CREATE, None, None, 0), "make the scratch space")
    scratch = must(syscall(FSMOUNT, making, CLOSE_ON_EXEC, NOSUID | NODEV | NOEXEC), "mount the scratch space")
    os.close(making)
    return scratch


def enter_scratch(scratch):
    """Puts it where the program finds it; then nobody needs a capability any more."""
    result = syscall(MOVE_MOUNT, scratch, b"", HERE, SCRATCH.encode(), MOVE_WHAT_IS_OPEN)
    must(result, "place the scratch space")
    must(capset(*NO_CAPABILITIES), "drop capabilities")
    os.mkdir(WORK)
    os.chdir(WORK)


def clear_scratch(scratch):
    """It goes with its last descriptor, and all in it."""
    os.close(scratch)


def close_all_but(*kept):
    kept = sorted(kept)
    for low, high in zip([-1, *kept], [*kept, 1 << 20]):
        if low + 1 < high:  # Closing from 0 to 0 would close all.
            os.closerange(low + 1, high)


def limit(limits):
    """What holds for the zygote as for its programs, but for their time."""
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["descriptors"]),
        (resource.RLIMIT_NPROC, limits["processes"] + 3),  # Supervisor, zygote and the next program belong to the same user.
        (resource.RLIMIT_DATA, limits["memory_bytes"]),
        (resource.RLIMIT_AS, limits["address_space_bytes"]),
    ):
        resource.setrlimit(what, (value, value))


def limit_time(limits):
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"]))


def landlock_version():
    return must(syscall(LANDLOCK_CREATE, None, 0, LANDLOCK_ASK_VERSION), "find Landlock in this kernel")


class FileRules:
    """Landlock: reading anywhere, writing in the scratch space; no TCP (version 4), nothing to other processes (6)."""

    def __init__(self):
        self.version = landlock_version()
        self.rights = RIGHTS[min(self.version, max(RIGHTS))]
        attributes = struct.pack("QQQ", self.rights, 3 if self.version >= 4 else 0, 3 if self.version >= 6 else 0)
        self.attributes = attributes[: 24 if self.version >= 6 else 16 if self.version >= 4 else 8]
        self.paths = (
            ("/", READ_FILE | READ_FOLDER),
            ("/dev/null", READ_FILE | WRITE_FILE),
            (SCRATCH, self.rights & ~EXECUTE_OR_DEVICE),
        )

    def apply(self):
        """For this process, once it has its scratch space, and all that it starts."""
        ruleset = must(syscall(LANDLOCK_CREATE, self.attributes, len(self.attributes), 0), "make a Landlock ruleset")
        for path, allowed in self.paths:
            rule = struct.pack("=Qi", allowed, os.open(path, os.O_PATH))
            must(syscall(LANDLOCK_ADD, ruleset, LANDLOCK_BENEATH, rule, 0), "add a Landlock rule")
        must(syscall(LANDLOCK_RESTRICT, ruleset, 0), "apply Landlock")


class SystemCallFilter(ctypes.Structure):
    """A seccomp filter, for this process and all that it starts, and no way back to privileges."""

    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]

    @classmethod
    def of(cls, code):
        """@param code the filter in the kernel's form (BPF), eight bytes an instruction"""
        return cls(len(code) // 8, code)

    def apply(self):
        must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "give up new privileges")
        must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(self), 0, 0), "apply the system call filter")

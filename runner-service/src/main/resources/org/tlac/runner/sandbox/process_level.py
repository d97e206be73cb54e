"""Isolation level "process": what the kernel does for the sandbox where it gives nobody namespaces, as in most pods.

It stands in the place of confinement.py, under its name; that one is called "kernel" here. A program is a fork of the
zygote's that cannot fork again: threads are all it may have, so that it ends as one. Landlock shows it Python and its own
folder and lets no signal out; the machine's processes can be seen, but neither touched nor read. One program runs at a time.
"""

import os
import resource
import signal
import stat
import struct

import kernel
from kernel import close_all_but, forbid, hide, landlock_version, libc, must  # The supervisor finds these here.

LEAST_LANDLOCK = 6  # From this version on signals and abstract sockets stay inside.
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
DEVICES = ("/dev/zero", "/dev/urandom")
RUN = "run"

readable, folder = [], None


def make_scratch(limits):
    """The next program's folder, as a descriptor. What the last one left goes first."""
    if folder is None:
        settle(limits)
    wipe(folder)
    scratch = os.path.join(folder, RUN)
    os.mkdir(scratch, 0o700)
    return os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)


def settle(limits):
    """Once for each zygote: it goes with the service, and whatever it started comes back to it."""
    global folder, readable
    version = landlock_version()
    if version < LEAST_LANDLOCK:
        os.write(2, f"sandbox: Landlock is version {version} here, and {LEAST_LANDLOCK} is needed\n".encode())
        os._exit(70)
    must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "end with the service")
    must(libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "keep what it starts")
    room, readable = limits["scratch_folder"], limits["readable"]
    for name in os.listdir(room):
        if name.isdigit() and not lives(int(name)):
            wipe(os.path.join(room, name))
            os.rmdir(os.path.join(room, name))
    folder = os.path.join(room, str(os.getpid()))
    os.makedirs(folder, 0o700, exist_ok=True)


def lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def wipe(top):
    """Removes what is in a folder. As deep as it may be: what is in its folders is moved up, and looked at in turn."""
    here, moved = os.open(top, os.O_RDONLY | os.O_DIRECTORY), 0
    while names := os.listdir(here):
        for name in names:
            if not is_folder(name, here):
                os.unlink(name, dir_fd=here)
                continue
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            for entry in os.listdir(inner):
                if is_folder(entry, inner):
                    moved += 1
                    os.rename(entry, f"{moved}", src_dir_fd=inner, dst_dir_fd=here)
                else:
                    os.unlink(entry, dir_fd=inner)
            os.close(inner)
            os.rmdir(name, dir_fd=here)
    os.close(here)


def is_folder(name, parent):
    """Whether it is one; then it can be looked into, whatever its mode was."""
    if not stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode):
        return False
    os.chmod(name, 0o700, dir_fd=parent)
    return True


def fork_into_namespaces():
    """A plain fork, once nothing of the last program is left. The child ends with the zygote."""
    try:
        os.waitpid(-1, os.WNOHANG)
        os.write(2, b"sandbox: a program left a process behind\n")
        os._exit(73)
    except ChildProcessError:
        pass
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        must(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "end with the zygote")
        if os.getppid() != zygote:
            os._exit(70)
    return pid


def enter_scratch(scratch):
    os.fchdir(scratch)
    os.mkdir("work")
    os.chdir("work")
    os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()
    must(libc.capset(struct.pack("Ii", kernel.CAPABILITY_VERSION, 0), bytes(24)), "drop capabilities")


def limit(limits):
    """The kernel counts all tasks of the user, which may be the service's: so many are there before the program's first."""
    processes = limits["processes"] + tasks(os.getuid())
    most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    if most != resource.RLIM_INFINITY:
        processes = min(processes, most - 1)
    kernel.limit({**limits, "processes": processes})


def tasks(user):
    """Processes and threads of a user."""
    count = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
                told = dict(line.split(":\t", 1) for line in file if line.startswith(("Uid:\t", "Threads:\t")))
            if int(told["Uid"].split()[0]) == user:
                count += int(told["Threads"])
        except (OSError, KeyError):
            pass  # It ended.
    return count


def restrict_files():
    """Landlock: reading Python, writing in its own folder; no TCP, no signal and no abstract socket to anybody outside."""
    rights = kernel.RIGHTS[min(landlock_version(), max(kernel.RIGHTS))]
    attributes = struct.pack("QQQ", rights, 3, 3)
    ruleset = must(libc.syscall(kernel.LANDLOCK_CREATE, attributes, len(attributes), 0), "make a Landlock ruleset")
    scratch = rights & ~kernel.EXECUTE_OR_DEVICE
    allow(ruleset, os.path.join(folder, RUN), scratch)
    allow(ruleset, "/dev/null", kernel.READ_FILE | kernel.WRITE_FILE)
    for path in (*readable, *DEVICES):
        allow(ruleset, path, kernel.READ_FILE | (kernel.READ_FOLDER if os.path.isdir(path) else 0))
    must(libc.syscall(kernel.LANDLOCK_RESTRICT, ruleset, 0), "apply Landlock")


def allow(ruleset, path, rights):
    rule = struct.pack("=Qi", rights, os.open(path, os.O_PATH))
    must(libc.syscall(kernel.LANDLOCK_ADD, ruleset, kernel.LANDLOCK_BENEATH, rule, 0), "add a Landlock rule")

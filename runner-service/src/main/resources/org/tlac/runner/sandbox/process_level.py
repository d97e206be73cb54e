"""Isolation level "process": what the kernel does for the sandbox where it gives nobody namespaces, as in most pods.

It stands in the place of confinement.py, under its name; that one is called "kernel" here. A program is a fork of the
zygote's that cannot fork again: threads are all it may have, so that it ends as one. Landlock shows it Python and its own
folder and lets no signal out; the machine's processes can be seen, but neither touched nor read. One program runs at a time.
"""

import itertools
import os
import resource
import stat

import kernel
from kernel import SystemCallFilter, capset, close_all_but, hide, must, prctl  # The supervisor finds its own here.

AHEAD = False  # Programs are alone.
LEAST_LANDLOCK = 6  # From this version on signals and abstract sockets stay inside.
PR_SET_CHILD_SUBREAPER = 36
DEVICES = ("/dev/zero", "/dev/urandom")
MANY = 1 << 22  # More than the kernel ever has.

readable, folder, numbers = [], None, itertools.count()


def make_scratch(limits):
    """The next program's folder, as a descriptor. The last one's is the supervisor's to empty: it may still collect files there."""
    for name in os.listdir(folder):
        try:
            os.rmdir(os.path.join(folder, name))
        except OSError:
            pass  # Not empty yet.
    scratch = os.path.join(folder, str(next(numbers)))
    os.mkdir(scratch, 0o700)
    return os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)


def clear_scratch(scratch):
    """Nothing of a program is left when the next one begins."""
    os.fchdir(scratch)
    wipe(".")
    os.chdir("/")
    os.close(scratch)


def limit(limits):
    """Once for each zygote, by its supervisor, which goes with the service and has a folder."""
    global folder, readable
    kernel.end_with_parent()
    room, readable = limits["scratch_folder"], limits["readable"]
    for name in os.listdir(room):
        if name.isdigit() and not lives(int(name)):
            wipe(os.path.join(room, name))
            os.rmdir(os.path.join(room, name))
    folder = os.path.join(room, str(os.getpid()))
    os.makedirs(folder, 0o700, exist_ok=True)
    wipe(folder)
    kernel.limit({**limits, "processes": most_tasks() - 3})  # The program's own comes with the program.


def end_with_parent():
    """For the zygote: it ends with its supervisor, and whatever it started comes back to it."""
    kernel.end_with_parent()
    must(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "keep what it starts")


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
    here, new, moved = os.open(top, os.O_RDONLY | os.O_DIRECTORY), os.urandom(8).hex(), 0
    while names := os.listdir(here):
        for name in names:
            if not is_folder(name, here):
                os.unlink(name, dir_fd=here)
                continue
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=here)
            for entry in os.listdir(inner):
                if is_folder(entry, inner):
                    moved += 1
                    os.rename(entry, f"{new}-{moved}", src_dir_fd=inner, dst_dir_fd=here)
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
        kernel.end_with_parent()
        if os.getppid() != zygote:
            os._exit(70)
    return pid


def enter_scratch(scratch):
    os.fchdir(scratch)
    os.mkdir("work")
    os.chdir("work")
    os.environ["HOME"] = os.environ["TMPDIR"] = os.getcwd()
    must(capset(*kernel.NO_CAPABILITIES), "drop capabilities")


def limit_time(limits):
    """And tasks: the kernel counts all of the user's, who may be the service's, so many of which are there at this moment."""
    processes = min(limits["processes"] + 1 + tasks(os.getuid()), most_tasks())
    resource.setrlimit(resource.RLIMIT_NPROC, (processes, processes))
    kernel.limit_time(limits)


def most_tasks():
    most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
    return MANY if most == resource.RLIM_INFINITY else most


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


class FileRules(kernel.FileRules):
    """Landlock: reading Python, writing in its own folder; no TCP, no signal and no abstract socket to anybody outside."""

    def __init__(self):
        super().__init__()
        if self.version < LEAST_LANDLOCK:
            os.write(2, f"sandbox: Landlock is version {self.version} here, and {LEAST_LANDLOCK} is needed\n".encode())
            os._exit(70)
        self.paths = (
            ("..", self.rights & ~kernel.EXECUTE_OR_DEVICE),  # The program stands in a folder of its scratch space.
            ("/dev/null", kernel.READ_FILE | kernel.WRITE_FILE),
            *((path, kernel.READ_FILE | (kernel.READ_FOLDER if os.path.isdir(path) else 0)) for path in (*readable, *DEVICES)),
        )

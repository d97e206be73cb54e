"""How a pupil's code is run, and what it is told when it fails. By now nothing here can do harm: this is about kindness."""

import _sitebuiltins
import _thread
import atexit
import builtins
import errno
import gc
import importlib
import io
import linecache
import os
import select
import sys
import threading
import traceback
import turtle
import types

# What lessons use is there at once, not read from disk again for every program. Each has its price: its pages are part of
# every process. (Without statistics a program starts 0.2 ms sooner; with it here, one that uses it 4 ms sooner.)
USUAL = "collections datetime functools itertools json math random re string time".split()
THREAD_STACK = 1 << 20
# What would start another process; the system call filter refuses it, but some of these do not say so (os.system).
STARTERS = "execv execve fork forkpty posix_spawn posix_spawnp system".split()
BY_MODULE = {
    "multiprocessing": "Programs here cannot start other processes. Threads work.",
    "concurrent/futures/process": "Programs here cannot start other processes. ThreadPoolExecutor works.",
    "subprocess": "Programs here cannot start other programs.",
    "socket": "Programs here have no network.",
}
BY_ERROR = {
    errno.EFBIG: "That file got too large.",
    errno.EMFILE: "Too many files are open at once. Close each when it is done with; \"with open(...)\" does that.",
    errno.ENOSPC: "There is no room for more files or more in them.",
    errno.EROFS: "Programs here can write only in their own folder: use a name without a path.",
}
BY_KIND = {
    EOFError: "The program asked for more input than it was given.",
    MemoryError: "The program needed more memory than it may have.",
    RecursionError: "A function called itself too often. Is there a case in which it stops?",
}
NOT_HERE = "{} is not installed here, and nothing can be. Programs have Python's own library, such as math, random, statistics and turtle."


def prepare(limits):
    """All that is the same for every program, before any."""
    turtle.MAX_BYTES = limits["output_file_bytes"]
    for name in USUAL:
        importlib.import_module(name)
    # By number: what they are connected to, each program's process says.
    sys.stdin = open(0, encoding="utf-8", errors="replace", closefd=False)
    sys.stdout = open(1, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    sys.argv, sys.orig_argv = ["main.py"], ["python3", "main.py"]
    builtins.exit = builtins.quit = _sitebuiltins.Quitter("exit", "Ctrl-D")
    builtins.help = _sitebuiltins._Helper()
    _thread.stack_size(THREAD_STACK)


class Keyboard(io.RawIOBase):
    """Standard input of a program that is talked to: says so before it waits, so that the program's clock may stand still."""

    def __init__(self, ask):
        self.ask = ask

    def readable(self):
        return True

    def fileno(self):
        return 0

    def readinto(self, buffer):
        if not select.select([0], [], [], 0)[0]:
            try:
                sys.stdout.flush()
                os.write(self.ask, b"?")
            except Exception:
                pass  # It was closed or replaced: then nothing is said, and the clock runs on.
        data = os.read(0, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def run(code, ask=None):
    """Runs the code as __main__ and ends the process as Python would, without taking the interpreter apart first.

    With a descriptor to ask on, the program is talked to while it runs.
    """
    sys.path.insert(0, os.getcwd())
    for name in STARTERS:
        setattr(os, name, refuse)
    for name in {*USUAL, "turtle"}.intersection(file.removesuffix(".py") for file in os.listdir()):
        del sys.modules[name]  # The pupil's own module of that name comes first, as everywhere.
    if ask is not None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(Keyboard(ask)), encoding="utf-8", errors="replace")
    main = types.ModuleType("__main__")
    main.__file__, main.__builtins__ = "main.py", builtins
    sys.modules["__main__"] = main
    linecache.cache["main.py"] = (len(code), None, code.splitlines(True), "main.py")
    streams = sys.stdout, sys.stderr
    status = attempt(code, main.__dict__)
    threading._shutdown()
    atexit._run_exitfuncs()
    for name in main.__dict__:
        main.__dict__[name] = None
    gc.collect()
    for stream in (*streams, sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            status = status or 120  # As Python has it.
    os._exit(status)


def attempt(code, names):
    """The exit code."""
    try:
        exec(compile(code, "main.py", "exec"), names)
        return 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF
        print(end.code, file=sys.stderr)
        return 1
    except BaseException as error:
        show(error)
        return 1


def refuse(*_, **__):
    """In the place of what would start another process."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


HERE = refuse.__code__.co_filename


def show(error):
    """A traceback with the pupil's lines and nothing of ours."""
    hint = hint_for(error)
    trace = step = error.__traceback__.tb_next
    while step and step.tb_next:
        if step.tb_next.tb_frame.f_code.co_filename in (HERE, "<turtle>"):
            step.tb_next = None
        step = step.tb_next
    hook = sys.excepthook
    (traceback.print_exception if hook is sys.__excepthook__ else hook)(type(error), error, trace)
    if hint:
        print(hint, file=sys.stderr)


def hint_for(error):
    """What a pupil should know of a refusal or a limit of the sandbox's, whatever else it led to."""
    seen = []
    while error is not None and error not in seen:
        hint = hint_for_one(error)
        if hint:
            return hint
        seen.append(error)
        error = error.__cause__ or error.__context__
    return None


def hint_for_one(error):
    if isinstance(error, ModuleNotFoundError):
        return hint_for_missing((error.name or "").partition(".")[0])
    if isinstance(error, SyntaxError):
        return "Nothing can be installed here." if (error.text or "").lstrip().startswith(("pip ", "pip3 ")) else None
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        return "The program has too many threads at once."
    for kind, hint in BY_KIND.items():
        if isinstance(error, kind):
            return hint
    if not isinstance(error, OSError):
        return None
    if error.errno in BY_ERROR:
        return BY_ERROR[error.errno]
    files = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    if files[-1:] == [HERE]:
        return BY_MODULE["multiprocessing"]
    for module, hint in BY_MODULE.items():
        if any(f"/{module}" in file for file in files):
            return hint
    if error.errno == errno.EACCES and error.filename is not None:
        return "Programs here can read and write only in their own folder."
    return "Programs here are not allowed to do that." if error.errno in (errno.EPERM, errno.ENOSYS) else None


def hint_for_missing(name):
    if not name or os.path.exists(name):
        return None
    if name == "tkinter":
        return "Programs here have no windows. Drawing with turtle works."
    return NOT_HERE.format(name)

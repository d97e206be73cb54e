"""How a pupil's code is run, and what it is told when it fails. By now nothing here can do harm: this is about kindness."""

import _sitebuiltins
import _thread
import atexit
import builtins
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
HINTS = {
    "multiprocessing": "Programs here cannot start other processes. Threads work.",
    "subprocess": "Programs here cannot start other programs.",
    "socket": "Programs here have no network.",
}


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


def show(error):
    """A traceback with the pupil's lines and nothing of ours."""
    trace = step = error.__traceback__.tb_next
    while step and step.tb_next:
        if step.tb_next.tb_frame.f_code.co_filename == "<turtle>":
            step.tb_next = None
        step = step.tb_next
    hook = sys.excepthook
    (traceback.print_exception if hook is sys.__excepthook__ else hook)(type(error), error, trace)
    hint = hint_for(error)
    if hint:
        print(hint, file=sys.stderr)


def hint_for(error):
    """What a pupil should know about a refusal of the sandbox's."""
    if isinstance(error, EOFError):
        return "The program asked for more input than it was given."
    if isinstance(error, OSError):
        files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
        for module, hint in HINTS.items():
            if any(f"/{module}" in file for file in files):
                return hint
    return None

"""Runs a pupil's program and tells what some expressions are afterwards. What they should be is nowhere in this process:
whatever the program does to this code, it can but choose its answers, as it could by writing its functions so."""

import ast
import base64
import contextlib
import io
import json
import linecache
import sys
import traceback
import types

MOST_TEXT, MOST_PARTS, DEEPEST = 2000, 2000, 20


def give(tree, given):
    """Puts values in place of what the program first assigns to these names. The names it assigns nothing to."""
    missing = dict(given)
    for step in tree.body:
        targets = step.targets if isinstance(step, ast.Assign) else [step.target] if isinstance(step, ast.AnnAssign) else []
        if len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id in missing:
            value = ast.parse(repr(missing.pop(targets[0].id)), mode="eval").body
            step.value = ast.copy_location(value, step)
    ast.fix_missing_locations(tree)
    return list(missing)


class Encoder:
    """Values as JSON that keeps their types apart, without asking them to describe themselves."""

    def __init__(self):
        self.parts = 0

    def encode(self, value, depth=0):
        self.parts += 1
        if self.parts > MOST_PARTS or depth > DEEPEST:
            return {"type": "other", "value": "too large"}
        for kind, name, how in (
            (type(None), "none", lambda v: None),
            (bool, "bool", bool),
            (int, "int", int.__repr__),
            (float, "float", float.__repr__),
            (str, "str", lambda v: str.__str__(v)[:MOST_TEXT]),
            (list, "list", lambda v: [self.encode(part, depth + 1) for part in list.__iter__(v)]),
            (tuple, "tuple", lambda v: [self.encode(part, depth + 1) for part in tuple.__iter__(v)]),
            (dict, "dict", lambda v: [[self.encode(k, depth + 1), self.encode(p, depth + 1)] for k, p in dict.items(v)]),
        ):
            if isinstance(value, kind):
                return {"type": name, "value": how(value)}
        return {"type": "other", "value": type(value).__name__[:MOST_TEXT]}


def evaluate(expression, names):
    printed = io.StringIO()
    answer = {}
    try:
        with contextlib.redirect_stdout(printed):
            answer["value"] = Encoder().encode(eval(compile(expression, "<check>", "eval"), names))
    except BaseException as error:
        answer["raised"] = [kind.__name__ for kind in type(error).__mro__ if kind is not object][:DEEPEST]
    answer["printed"] = printed.getvalue()[:MOST_TEXT]
    return answer


def perform(code, given, names):
    """The exit code, and which of the names were not there to be given a value."""
    missing = list(given)
    try:
        tree = ast.parse(code, "main.py")
        missing = give(tree, given)
        exec(compile(tree, "main.py", "exec"), names)
        return 0, missing
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return (end.code or 0) & 0xFF, missing
        print(end.code, file=sys.stderr)
    except BaseException as error:
        trace = error.__traceback__.tb_next
        if trace and trace.tb_frame.f_code.co_filename != "main.py":
            trace = None  # It could not even be read: what is left is how we tried to.
        traceback.print_exception(type(error), error, trace)
    return 1, missing


def main(job):
    module = types.ModuleType("__main__")
    module.__file__ = "main.py"
    sys.modules["__main__"] = module
    linecache.cache["main.py"] = (len(job["code"]), None, job["code"].splitlines(True), "main.py")
    status, missing = perform(job["code"], job["given"], module.__dict__)
    sys.stdout.flush()
    values = [evaluate(expression, module.__dict__) for expression in job["expressions"]]
    with open(job["answers"], "w", encoding="utf-8") as file:
        json.dump({"missing": missing, "values": values}, file)
    sys.exit(status)


main(json.loads(base64.b64decode("@JOB@")))

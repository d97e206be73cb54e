"""How code is run and what is said when it fails: each in a process of its own, as in the sandbox, which program.run ends."""

import os
import re
import subprocess
import sys
import tempfile
import unittest

import program

MODULES = os.path.dirname(os.path.abspath(program.__file__))
START = f"""
import sys
code, sys.path[0] = sys.argv[1], {MODULES!r}
import program
program.prepare({{"output_file_bytes": 2000}})
program.run(code)
"""


def run(code, stdin="", files=()):
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files:
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(content)
        command = [sys.executable, "-S", "-B", "-c", START, code]
        done = subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", cwd=folder, check=False)
        done.drawing = None
        if os.path.exists(os.path.join(folder, "turtle.svg")):
            with open(os.path.join(folder, "turtle.svg"), encoding="utf-8") as file:
                done.drawing = file.read()
        return done


class EndTest(unittest.TestCase):
    def test_exit_codes(self):
        for code, expected in (
            ("", 0),
            ("import sys; sys.exit()", 0),
            ("exit(3)", 3),
            ("raise SystemExit(256 + 7)", 7),
            ("import sys; sys.exit('words')", 1),
            ("1/0", 1),
            ("print('x", 1),
            ("import os; os._exit(9)", 9),
        ):
            with self.subTest(code):
                self.assertEqual(run(code).returncode, expected)

    def test_last_words_are_heard(self):
        code = (
            "import atexit, threading, time\n"
            "class Thing:\n  def __del__(self): print('deleted')\n"
            "thing = Thing()\n"
            "atexit.register(print, 'at exit')\n"
            "threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()\n"
            "print('main', end=' ')\n"
        )
        self.assertEqual(run(code).stdout, "main thread\nat exit\ndeleted\n")

    def test_closed_output_is_told_by_the_exit_code(self):
        self.assertEqual(run("import os, sys; sys.stdout.write('x'); os.close(1)").returncode, 120)


class WordsTest(unittest.TestCase):
    def test_traceback_shows_only_the_pupils_lines(self):
        error = run("def f():\n    return 1 / 0\nf()").stderr
        self.assertRegex(error, r'File "main.py", line 3, in <module>\n    f\(\)')
        self.assertRegex(error, r"line 2, in f\n    return 1 / 0")
        self.assertNotIn("program", error)

    def test_syntax_error_points_at_its_place(self):
        self.assertRegex(run("x = (1,\n").stderr, r'^  File "main.py", line 1\n    x = \(1,\n')

    def test_own_hook_is_asked(self):
        self.assertEqual(run("import sys\nsys.excepthook = lambda *a: print('mine')\n1/0").stdout, "mine\n")

    def test_missing_input_is_explained(self):
        self.assertIn("asked for more input", run("input()").stderr)
        self.assertEqual(run("print(input('? '))", stdin="\u00e4\n").stdout, "? \u00e4\n")

    def test_refusals_and_limits_are_explained(self):
        for code, hint in (
            ("import os; os.fork()", "cannot start other processes"),
            ("import os; os.system('ls')", "cannot start other processes"),
            ("import os; os.execl('/bin/ls', 'ls')", "cannot start other processes"),
            ("import numpy", "numpy is not installed here.*random"),
            ("import requests.sessions", "requests is not installed here"),
            ("import numpy.linalg as l", "numpy is not installed here"),
            ("pip install numpy", "Nothing can be installed here"),
            ("raise ModuleNotFoundError('x', name='tkinter')", "no windows.*turtle"),
            ("raise MemoryError", "more memory than it may have"),
            ("def f(): f()\nf()", "called itself too often"),
            ("raise OSError(24, 'Too many open files')", "Close each when"),
            ("raise OSError(28, 'No space left on device')", "no room"),
            ("raise OSError(27, 'File too large')", "got too large"),
            ("raise OSError(30, 'Read-only file system', '/x')", "only in their own folder"),
            ("raise PermissionError(13, 'Permission denied', '/x')", "only in their own folder"),
            ("raise PermissionError(1, 'Operation not permitted')", "not allowed to do that"),
            ("raise RuntimeError(\"can't start new thread\")", "too many threads"),
            ("try:\n  raise OSError(28, 'x')\nexcept OSError as e: raise ValueError from e", "no room"),
            ("try:\n  raise EOFError\nexcept EOFError: raise ValueError", "asked for more input"),
        ):
            with self.subTest(code):
                done = run(code)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr.splitlines()[-1], hint)
                self.assertNotIn("program.py", done.stderr)

    def test_refusals_inside_the_library_are_explained(self):
        for module, refused, hint in (
            ("subprocess", "subprocess._fork_exec", "cannot start other programs"),
            ("socket", "socket._socket.getaddrinfo", "no network"),
        ):
            call = "subprocess.run(['ls'])" if module == "subprocess" else "socket.getaddrinfo('x', 1)"
            with self.subTest(module):
                code = f"import {module}\ndef no(*a, **k): raise PermissionError(1, 'x')\n{refused} = no\n{call}"
                self.assertRegex(run(code).stderr.splitlines()[-1], hint)

    def test_own_mistakes_are_left_to_python(self):
        for code in ("1/0", "open('missing')", "import missing_of_mine", "raise OSError('mine')", "x = (", "raise ValueError"):
            with self.subTest(code):
                last = run(code, files=[("missing_of_mine.py", "1/0")]).stderr.splitlines()[-1]
                self.assertRegex(last, r"^\w*(Error|OSError)\b")

    def test_errors_that_go_round_in_a_circle_end(self):
        code = "a, b = ValueError(), KeyError()\na.__cause__, b.__cause__ = b, a\nraise a"
        self.assertEqual(run(code).returncode, 1)

    def test_output_that_is_no_text_is_shown_escaped(self):
        self.assertEqual(run("print('\\udcff')").stdout, "\\udcff\n")

    def test_own_module_comes_before_the_librarys(self):
        self.assertEqual(run("import random; print(random.mine)", files=[("random.py", "mine = 1")]).stdout, "1\n")


class TurtleTest(unittest.TestCase):
    def test_square(self):
        drawing = run("import turtle\nfor _ in range(4): turtle.forward(100); turtle.left(90)\nturtle.done()").drawing
        self.assertIn('d="M0,0 100,0 100,-100 0,-100 0,0" stroke="black"', drawing)

    def test_nothing_drawn_is_no_file(self):
        self.assertIsNone(run("import turtle").drawing)

    def test_fill_lies_under_its_line(self):
        drawing = run(
            "from turtle import *\ncolor('red', 'yellow'); begin_fill(); circle(50); end_fill(); hideturtle()\nassert not filling()"
        ).drawing
        self.assertLess(drawing.index('fill="yellow"'), drawing.index('stroke="red"'))

    def test_circle_comes_back(self):
        out = run("from turtle import *\ncircle(80); print(pos(), round(heading()) % 360); circle(-40, 180); print(pos())").stdout
        self.assertRegex(out, r"^\(-?0.00,-?0.00\) 0\n\(-?0.00,-80.00\)\n$")

    def test_several_turtles_dots_stamps_and_words(self):
        done = run(
            "import turtle\ns = turtle.Screen(); s.bgcolor('light blue'); s.setup(200, 100); turtle.colormode(255)\n"
            "a, b = turtle.Turtle(), turtle.Turtle('turtle')\na.pencolor(1, 2, 3); a.fd(10); b.speed(0); b.dot(20, 'green'); b.stamp()\n"
            "a.write('<b>&\\x01', font=('Arial', 12, 'bold'))"
        )
        self.assertEqual(done.stderr, "")
        for part in ('viewBox="-100 -50 200 100"', "lightblue", "#010203", "<circle", "&lt;b&gt;&amp;\ufffd", 'font-weight="bold"'):
            self.assertIn(part, done.drawing)

    def test_colour_cannot_smuggle_markup(self):
        for colour in ("\"'/><script>", "url(http://x)", "#12"):
            with self.subTest(colour):
                done = run(f"import turtle\nturtle.fd(1)\nturtle.pencolor({colour!r})")
                self.assertRegex(done.stderr, "bad color")
                self.assertEqual(re.findall("script|url", done.drawing), [])

    def test_drawing_stays_within_its_limit(self):
        done = run("import turtle\nfor i in range(5000): turtle.fd(i % 7); turtle.rt(i)")
        self.assertLessEqual(len(done.drawing.encode()), 2000)
        self.assertIn("too large", done.stderr)


if __name__ == "__main__":
    unittest.main()

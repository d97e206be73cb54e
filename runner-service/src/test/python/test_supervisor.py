"""The supervisor's parts, without a sandbox around them. What they make together is tested through the service's own door."""

import os
import subprocess
import sys
import tempfile
import threading
import unittest

import confinement
import folder
import frames
import supervisor

LIMITS = {"files": 3, "output_file_bytes": 10, "flood_bytes": 100, "wall_seconds": 5, "cpu_seconds": 6}


class InAFolder(unittest.TestCase):
    def setUp(self):
        here = tempfile.TemporaryDirectory()
        self.addCleanup(here.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(here.name)


def write(path, content="x"):
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


class FramesTest(unittest.TestCase):
    def setUp(self):
        self.out, self.into = os.pipe()

    def tearDown(self):
        os.close(self.out)

    def test_what_is_written_is_read(self):
        frames.write_frame(self.into, b"O", b"hello")
        frames.write_frame(self.into, b"E", b"")
        os.close(self.into)
        self.assertEqual(frames.read_frame(self.out), (b"O", b"hello"))
        self.assertEqual(frames.read_frame(self.out), (b"E", b""))
        self.assertEqual(frames.read_frame(self.out), (None, None))

    def test_frame_larger_than_the_pipe(self):
        data = os.urandom(1 << 20)
        writer = threading.Thread(target=frames.write_frame, args=(self.into, b"J", data))
        writer.start()
        self.assertEqual(frames.read_frame(self.out), (b"J", data))
        writer.join()
        os.close(self.into)

    def test_half_a_frame_is_none(self):
        os.write(self.into, b"J\0\0\0\x05abc")
        os.close(self.into)
        self.assertEqual(frames.read_frame(self.out), (b"J", None))


class DescriptorsTest(unittest.TestCase):
    def test_all_but_the_kept_are_closed(self):
        pid = os.fork()
        if pid == 0:
            kept = os.dup(2)
            others = [os.dup(2) for _ in range(5)]
            confinement.close_all_but(2, kept)
            wrong = [fd for fd in (0, 1, *others) if is_open(fd)] + [fd for fd in (2, kept) if not is_open(fd)]
            os._exit(len(wrong))
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)


def is_open(fd):
    try:
        os.fstat(fd)
        return True
    except OSError:
        return False


class FilesTest(InAFolder):
    def test_given_files_are_written_with_their_folders(self):
        before = folder.write_files([{"path": "a/b/c.txt", "content": "\u00e4"}, {"path": "d", "content": ""}])
        self.assertEqual(before, {"a/b/c.txt": b"\xc3\xa4", "d": b""})
        with open("a/b/c.txt", "rb") as file:
            self.assertEqual(file.read(), b"\xc3\xa4")

    def test_only_new_and_changed_files_come_back(self):
        before = folder.write_files([{"path": "same", "content": "1"}, {"path": "other", "content": "1"}])
        write("other", "2")
        write("new")
        self.assertEqual([file["path"] for file in folder.collect_files(before, LIMITS)], ["new", "other"])
        self.assertEqual(folder.collect_files(before, LIMITS)[0]["content"], "eA==")

    def test_number_and_size_are_bounded(self):
        for number in range(5):
            write(f"f{number}", "x" * 10)
        write("a-large-one", "x" * 11)
        found = folder.collect_files({}, LIMITS)
        self.assertEqual([file["path"] for file in found], ["f0", "f1", "f2"])

    def test_nothing_but_regular_files_with_plain_names(self):
        os.symlink("/etc/passwd", "link")
        os.symlink("/etc", "folder")
        os.mkfifo("fifo")
        for name in (".hidden", "-x", "a b", "a\nb", "\u202ea", "\udcff"):
            write(name)
        os.mkdir("sub")
        write("sub/good")
        self.assertEqual([file["path"] for file in folder.collect_files({}, LIMITS)], ["sub/good"])

    def test_folders_without_end_are_not_followed_to_theirs(self):
        top = os.getcwd()
        for _ in range(1500):
            os.mkdir("d")
            os.chdir("d")
        os.chdir(top)
        write("d/d/good")
        self.addCleanup(subprocess.run, ["rm", "-rf", os.path.join(top, "d")], check=True)
        self.assertEqual([file["path"] for file in folder.collect_files({}, LIMITS)], ["d/d/good"])

    def test_file_that_nobody_may_read_is_read(self):
        write("locked")
        os.chmod("locked", 0)
        self.assertEqual([file["path"] for file in folder.collect_files({}, LIMITS)], ["locked"])


class OutputTest(unittest.TestCase):
    """The part of a Child that passes output on, with the service's end of standard output in a pipe."""

    def setUp(self):
        self.out, self.into = os.pipe()
        os.set_blocking(self.out, False)
        self.child = supervisor.Child.__new__(supervisor.Child)
        self.child.outputs = {self.out: b"O"}
        self.child.allowance = {self.out: 5}
        self.answers, service = os.pipe()
        saved = os.dup(1)
        os.dup2(service, 1)
        os.close(service)
        self.addCleanup(os.close, self.answers)
        self.addCleanup(os.close, saved)
        self.addCleanup(os.dup2, saved, 1)

    def test_output_is_framed_until_its_end(self):
        os.write(self.into, b"abc")
        self.assertTrue(self.child.pass_on(self.out))
        self.assertFalse(self.child.pass_on(self.out))
        self.assertEqual(frames.read_frame(self.answers), (b"O", b"abc"))
        os.close(self.into)
        self.assertFalse(self.child.pass_on(self.out))
        self.assertEqual(self.child.outputs, {})

    def test_flood_is_not_passed_on(self):
        os.write(self.into, b"abcdef")
        self.assertFalse(self.child.pass_on(self.out))
        self.assertEqual(self.child.allowance[self.out], -1)
        self.assertEqual(self.child.outputs, {})
        self.assertRaises(BrokenPipeError, os.write, self.into, b"x")
        os.close(self.into)


class ConfinementTest(unittest.TestCase):
    def test_failed_step_ends_the_process_and_says_so(self):
        code = "import confinement; confinement.must(-1, 'do it'); print('went on')"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (70, ""))
        self.assertRegex(done.stderr, "^sandbox: do it: ")

    def test_landlock_lets_write_only_in_the_scratch_space(self):
        scratch, elsewhere = tempfile.mkdtemp(), tempfile.mkdtemp()
        self.addCleanup(os.rmdir, scratch)
        self.addCleanup(os.rmdir, elsewhere)
        pid = os.fork()
        if pid == 0:
            confinement.SystemCallFilter.of(allow_all()).apply()  # No new privileges, which Landlock asks for.
            confinement.SCRATCH = scratch
            confinement.FileRules().apply()
            os._exit(0 if [may_write(f"{place}/x") for place in (scratch, elsewhere)] == [True, False] else 1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)


def allow_all():
    return b"\x06\0\0\0\0\0\xff\x7f"  # BPF: return ALLOW.


def may_write(path):
    try:
        write(path)
        os.remove(path)
        return True
    except PermissionError:
        return False


if __name__ == "__main__":
    unittest.main()

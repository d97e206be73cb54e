"""The parts of isolation level "process". What they make together is tested by the whole service in a simulated pod."""

import contextlib
import os
import subprocess
import sys
import tempfile
import unittest

import confinement

sys.modules["kernel"] = confinement  # As the sandbox calls it there.

import process_level  # noqa: E402


def in_a_child(work):
    """The exit code of a process that did the work, and what it said on standard error."""
    said, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(into, 2)
        os.close(into)
        try:
            work()
        except BaseException as error:
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(0)
    os.close(into)
    with open(said, encoding="utf-8") as file:
        words = file.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), words


class WipeTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.join(folder.name, "top")
        os.mkdir(self.top)

    def wiped(self):
        process_level.wipe(self.top)
        return os.listdir(self.top)

    def test_everything_goes_and_the_folder_stays(self):
        os.makedirs(f"{self.top}/run/work/a/b")
        os.mkfifo(f"{self.top}/run/fifo")
        for name in ("run/x", "run/work/\udcff", "run/work/a/b/c", "1"):
            with open(os.path.join(self.top, name), "w", encoding="utf-8"):
                pass
        self.assertEqual(self.wiped(), [])

    def test_links_are_not_followed(self):
        outside = tempfile.TemporaryDirectory()
        self.addCleanup(outside.cleanup)
        with open(f"{outside.name}/precious", "w", encoding="utf-8"):
            pass
        os.symlink(outside.name, f"{self.top}/link")
        os.symlink("loop", f"{self.top}/loop")
        self.assertEqual(self.wiped(), [])
        self.assertEqual(os.listdir(outside.name), ["precious"])

    def test_folders_deeper_than_any_path_or_stack(self):
        here = os.open(self.top, os.O_RDONLY)
        for _ in range(3000):
            os.mkdir("d" * 100, dir_fd=here)
            inner = os.open("d" * 100, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here = inner
        os.close(here)
        self.assertEqual(self.wiped(), [])

    def test_folders_that_nobody_may_enter(self):
        os.makedirs(f"{self.top}/a/b/c")
        os.chmod(f"{self.top}/a/b", 0o000)
        os.chmod(f"{self.top}/a", 0o300)
        self.assertEqual(self.wiped(), [])


class ZygoteTest(unittest.TestCase):
    def test_folders_of_zygotes_that_ended_are_removed_and_others_stay(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        ended = subprocess.Popen([sys.executable, "-c", ""])
        ended.wait()
        for name in (str(ended.pid), str(os.getpid()), "lost+found"):
            os.makedirs(os.path.join(room.name, name, "run"))
        limits = {"scratch_folder": room.name, "readable": [], "processes": 5, "file_bytes": 1 << 20, "descriptors": 64}
        limits.update(memory_bytes=1 << 28, address_space_bytes=1 << 29)

        def settle():
            process_level.limit(limits)
            assert process_level.folder == os.path.join(room.name, str(os.getpid()))
            assert os.listdir(process_level.folder) == []

        self.assertEqual(in_a_child(settle), (0, ""))
        left = set(os.listdir(room.name))
        self.assertLessEqual({str(os.getpid()), "lost+found"}, left)
        self.assertNotIn(str(ended.pid), left)

    def test_folder_of_a_program_stays_until_its_files_are_collected_and_then_goes(self):
        room = tempfile.TemporaryDirectory()
        self.addCleanup(room.cleanup)
        with patched(process_level, "folder", room.name):
            one = process_level.make_scratch({})
            os.mkdir("work", dir_fd=one)
            other = process_level.make_scratch({})
            self.assertEqual(os.listdir(one), ["work"])
            self.assertEqual(os.listdir(other), [])
            os.mkdir("work", dir_fd=other)
            process_level.clear_scratch(one)
            process_level.clear_scratch(process_level.make_scratch({}))
            self.assertEqual(len(os.listdir(room.name)), 2)  # The other, and the empty one.
            os.close(other)

    def test_process_that_a_program_left_ends_the_zygote(self):
        def leave():
            if os.fork() == 0:
                os.close(2)
                os.close(key)
                os.read(gate, 1)  # Until the test ends.
                os._exit(0)
            process_level.fork_into_namespaces()

        gate, key = os.pipe()
        code, said = in_a_child(leave)
        os.close(key)
        os.close(gate)
        self.assertEqual(code, 73)
        self.assertIn("left a process behind", said)

    def test_own_tasks_are_counted(self):
        def count():
            os.setgroups([])
            os.setuid(54321)
            assert process_level.tasks(54321) == 1, process_level.tasks(54321)

        if os.getuid() == 0:
            self.assertEqual(in_a_child(count), (0, ""))
        self.assertGreaterEqual(process_level.tasks(os.getuid()), 1)

    def test_landlock_that_does_not_hold_signals_is_refused(self):
        with patched(confinement, "landlock_version", lambda: 5):
            self.assertEqual(
                in_a_child(process_level.FileRules), (70, "sandbox: Landlock is version 5 here, and 6 is needed\n")
            )


@contextlib.contextmanager
def patched(module, name, value):
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)


if __name__ == "__main__":
    unittest.main()

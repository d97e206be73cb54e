"""A program that is talked to: what is typed comes while it runs, and its clock stands still while it waits for that.

That it waits is its own word (program.Keyboard), believed as far as it does no harm: its processor time is limited all the
same, and how long it may wait and live is the service's to say.
"""

import fcntl
import os
import select
import struct
import time

from frames import CHUNK, read_frame, write_frame

FIONREAD = 0x541B


class Conversation:
    """The supervisor's side: `child` is the program it holds, `orders` the descriptor of the service, `turn` the seconds it may run."""

    def __init__(self, child, turn, orders=0):
        self.child, self.turn, self.orders = child, turn, orders
        self.typed, self.more, self.waited = b"", True, 0.0
        self.waiting, self.stopping, self.deadline = None, False, None

    def hear(self, now):
        """One order of the service's; False when it is gone."""
        kind, data = read_frame(self.orders)
        if kind == b"X":
            self.stopping = True
        elif kind in (b"I", b"Z"):
            self.typed, self.more = bytes(self.typed) + data, self.more and kind == b"I"
            self.resume(now)
        return kind is not None

    def resume(self, now):
        if self.waiting is not None:
            self.waited += now - self.waiting
            self.waiting, self.deadline = None, now + self.turn

    def asked(self, now):
        """The program says that it waits: so it does, unless there is something for it to read already."""
        child = self.child
        if not os.read(child.asks, CHUNK):
            child.asks = os.close(child.asks)
        elif self.waiting is None and self.more and not self.typed and child.reason == "ended" and not unread(child.stdin):
            for fd in list(child.outputs):
                while child.pass_on(fd):
                    pass
            self.waiting, self.deadline = now, None
            write_frame(1, b"W", b"")

    def feed(self):
        """Passes on what was typed; closes the program's input after the last of it."""
        if self.typed:
            self.typed = self.child.feed(self.typed)
        if not self.typed and not self.more and self.child.stdin is not None:
            self.child.stdin = os.close(self.child.stdin)

    def hold(self, start):
        """Until the program has ended; gives back how long it waited."""
        child, self.deadline = self.child, start + self.turn
        while True:
            open_input = child.stdin is not None and (self.typed or not self.more)
            left = None if self.deadline is None else max(0.0, self.deadline - time.monotonic())
            reading = [fd for fd in (self.orders, child.watched, child.asks, *child.outputs) if fd is not None]
            ready, writable, _ = select.select(reading, [child.stdin] if open_input else [], [], left)
            now = time.monotonic()
            if child.asks in ready:
                self.asked(now)
            for fd in [fd for fd in ready if fd in child.outputs]:
                child.pass_on(fd)
            if child.watched in ready:
                self.resume(now)
                return self.waited
            if self.orders in ready and not self.hear(now):
                os._exit(0)
            if writable:
                self.feed()
            late = self.deadline is not None and now >= self.deadline
            flood = min(child.allowance.values()) < 0
            if child.reason == "ended" and (late or flood or self.stopping):
                self.resume(now)
                self.deadline = child.end_it("stopped" if self.stopping else "flood" if flood else "timeout")
            elif late:
                os._exit(71)  # It does not even die: everything ends.


def unread(pipe):
    """Bytes in a pipe that nobody has read yet."""
    return pipe is not None and struct.unpack("i", fcntl.ioctl(pipe, FIONREAD, bytes(4)))[0]

"""How the processes of the sandbox speak: a kind (one byte), a length (four bytes, the greatest first), so many bytes."""

import os
import struct

CHUNK = 65536


def read_exactly(fd, count):
    data = bytearray()
    while len(data) < count:
        part = os.read(fd, min(count - len(data), CHUNK))
        if not part:
            return None
        data += part
    return bytes(data)


def read_frame(fd):
    """Kind and content; None and None at the end."""
    head = read_exactly(fd, 5)
    kind, length = struct.unpack(">cI", head) if head else (None, 0)
    return kind, read_exactly(fd, length) if head else None


def write_frame(fd, kind, data):
    view = memoryview(struct.pack(">cI", kind, len(data)) + data)
    while view:
        view = view[os.write(fd, view) :]

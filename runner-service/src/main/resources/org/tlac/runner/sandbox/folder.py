"""The files of a program: those given with it, and those that it made. What it made is hostile: names, kinds, sizes, modes."""

import base64
import os
import re
import stat

PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")


def write_files(files):
    """Writes the files given with the program; gives back their contents, to tell later which changed."""
    before = {file["path"]: file["content"].encode() for file in files}
    for path, content in before.items():
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as out:
            out.write(content)
    return before


def collect_files(before, limits):
    """The regular files that the program made or changed, by name. Nothing of it runs any more."""
    found = []
    for folder, folders, names in os.walk("."):
        # As deep as a name that is accepted can be: the program may have made folders without end.
        folders[:] = sorted(name for name in folders if PATH.fullmatch(os.path.normpath(os.path.join(folder, name))))
        for path in sorted(os.path.normpath(os.path.join(folder, name)) for name in names):
            if not PATH.fullmatch(path) or len(found) >= limits["files"]:
                continue
            content = read_file(path, limits["output_file_bytes"])
            if content is not None and before.get(path) != content:
                found.append({"path": path, "content": base64.b64encode(content).decode()})
    return found


def read_file(path, most):
    """None for what is no regular file, is too large, or lies in a folder that the program has locked."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        os.chmod(path, 0o600)
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None

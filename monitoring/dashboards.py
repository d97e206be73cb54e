#!/usr/bin/env python3
"""Writes monitoring/dashboards/*.json from dashboard_sources/, which has a module for each of them.

Run it after a change there or in docs/runbooks.md, and k8s/refresh after it; a test fails while the files differ.
Needs Python 3.8 or later and nothing else.
"""

import argparse
import json
import pathlib
import sys

# Nothing that is compiled stays in the repository's folders.
sys.dont_write_bytecode = True

from dashboard_sources import DASHBOARDS  # noqa: E402

FOLDER = pathlib.Path(__file__).resolve().parent / "dashboards"


def texts():
    """What each file has to hold, by the file."""
    return {FOLDER / (one["uid"] + ".json"): json.dumps(one, indent=1, ensure_ascii=False) + "\n" for one in DASHBOARDS}


def differing(wanted):
    """Files that are not as they should be: changed, missing, or known to no source."""
    changed = [file for file, text in wanted.items() if not file.exists() or file.read_text(encoding="utf-8") != text]
    return sorted(changed) + strays(wanted)


def strays(wanted):
    return sorted(set(FOLDER.glob("*.json")) - set(wanted))


def main():
    parser = argparse.ArgumentParser(description="Writes monitoring/dashboards/*.json.", allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="write nothing; name the files that differ, and exit with 1 if there are any")
    check = parser.parse_args().check
    wanted = texts()
    if check:
        differ = differing(wanted)
        if differ:
            sys.exit("differ from monitoring/dashboards.py: " + ", ".join(file.name for file in differ))
        return
    for file, text in wanted.items():
        file.write_text(text, encoding="utf-8")
    stray = strays(wanted)
    if stray:
        sys.exit("dashboards/ also holds " + ", ".join(file.name for file in stray) + ": add a source for them, or put them elsewhere")


if __name__ == "__main__":
    main()

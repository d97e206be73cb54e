"""docs/runbooks.md: its text, and the numbers of the panels that show it."""

import pathlib
import re

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "runbooks.md"


def read_runbooks():
    """docs/runbooks.md as [(heading of the second level, [(alert, text)])]."""
    parts = []
    for part in re.split(r"(?m)^## ", PAGE.read_text(encoding="utf-8"))[1:]:
        title, _, rest = part.partition("\n")
        found = re.split(r"(?m)^### ", rest)[1:]
        parts.append((title.strip(), [(name.strip(), body.strip()) for name, _, body in (one.partition("\n") for one in found)]))
    return parts


def number_runbooks(parts):
    """The panels' ids as placed() will give them: rows count too."""
    numbers, number = {}, 0
    for _, found in parts:
        number += 1
        for alert, _ in found:
            number += 1
            numbers[alert] = number
    return numbers


RUNBOOKS = read_runbooks()
PANELS = number_runbooks(RUNBOOKS)


def runbook_link(alert):
    return f"[{alert}](/d/tlac-runbooks?viewPanel={PANELS[alert]})"

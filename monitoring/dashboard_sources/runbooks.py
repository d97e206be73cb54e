"""The runbooks, where the graphs are."""

from .grafana import dashboard, row, text
from .runbook_page import RUNBOOKS


def panels():
    made = []
    for title, found in RUNBOOKS:
        made.append(row(title))
        made += [text(alert, body) for alert, body in found]
    return made


DASHBOARD = dashboard("tlac-runbooks", "TLAC Runbooks", "What to do when an alert fires: docs/runbooks.md, where the graphs are.", [], panels())

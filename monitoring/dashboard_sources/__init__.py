"""What each dashboard shows, a module each; monitoring/dashboards.py writes them."""

from . import backups, database, jvm, learning, overview, runbooks, runner, slo

DASHBOARDS = [module.DASHBOARD for module in (overview, learning, runner, database, backups, jvm, slo, runbooks)]

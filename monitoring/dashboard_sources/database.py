"""The database as the services see it."""

from .grafana import bars, choice, dashboard, gauge, graph, row
from .promql import quantile, rate, series

ACTIVE, MOST, PENDING = ("tlac_db_connections_" + name for name in ("active", "max", "pending"))
STATEMENTS = "tlac_db_query_duration_seconds"
DASHBOARD = dashboard(
    "tlac-database",
    "TLAC Database",
    "The database as the services see it: connections, statements, failures. Each replica has a pool of its own.",
    choice(MOST),
    [
        row("Connections"),
        gauge(
            "Fullest pool",
            "Connections in use as a share of the pool's size, for the pool where it is highest: a full one makes its callers wait while others idle.",
            [(f"max({series(ACTIVE)} / {series(MOST)})", "In use")],
            "percentunit",
            limits=[(0.75, "yellow"), (0.9, "red")],
            alerts=["HighDBConnections"],
            min=0,
            max=1,
        ),
        graph(
            "Connections in use",
            "By pool.",
            [(f"sum by (job, instance) ({series(ACTIVE)})", "{{job}} {{instance}}")],
            "short",
            alerts=["HighDBConnections"],
        ),
        graph(
            "Calls that wait for a connection",
            "By pool; more than 0 for minutes means that the pool is too small, or statements are too slow.",
            [(f"sum by (job, instance) ({series(PENDING)})", "{{job}} {{instance}}")],
            "short",
            alerts=["DatabaseConnectionsPending"],
        ),
        row("Statements"),
        graph(
            "Statements",
            "Per second, by kind.",
            [(f"sum by (operation) ({rate(STATEMENTS + '_count')})", "{{operation}}")],
            "ops",
            stacked=True,
        ),
        graph(
            "Latency by kind",
            "95 % of the statements were faster.",
            [(quantile(0.95, STATEMENTS, "operation"), "{{operation}}")],
            "s",
            points=True,
        ),
        graph(
            "Latency by service",
            "95 % of the statements were faster.",
            [(quantile(0.95, STATEMENTS, "job"), "{{job}}")],
            "s",
            points=True,
        ),
        graph(
            "Slow statements",
            "Share of the statements that took longer than 1 s, by service.",
            [
                (
                    f"""1 - sum by (job) ({rate(STATEMENTS + "_bucket", 'le=~"1|1.0"')}) / (sum by (job) ({rate(STATEMENTS + "_count")}) > 0)""",
                    "{{job}}",
                )
            ],
            "percentunit",
            points=True,
        ),
        graph(
            "Time in the database",
            "Seconds that calls spend in statements, per second: how many statements run at once on average.",
            [(f"sum by (job) ({rate(STATEMENTS + '_sum')})", "{{job}}")],
            "short",
        ),
        graph(
            "Failed statements",
            "Per minute, by class. Constraints belong to normal work: a name that is taken, for example.",
            [(f"sum by (error_type) ({rate('tlac_db_errors_total')}) * 60", "{{error_type}}")],
            "cpm",
            alerts=["DatabaseErrors", "DatabaseUnreachable"],
        ),
        row("Disk"),
        graph(
            "Free space",
            "On the disks of the database and of the backups, where they are on this machine; and what must stay free for saves and backups.",
            [
                (f"min by (volume) ({series('tlac_disk_free_bytes')})", "{{volume}}"),
                (f"max by (volume) ({series('tlac_disk_reserve_bytes')})", "{{volume}} reserve"),
            ],
            "bytes",
            width=16,
            alerts=["DiskAlmostFull", "SavesRefusedDiskFull"],
        ),
        bars(
            "Disk in use",
            "Share of the disk that is taken.",
            [
                (
                    f"1 - min by (volume) ({series('tlac_disk_free_bytes')} / {series('tlac_disk_size_bytes')})",
                    "{{volume}}",
                )
            ],
            "percentunit",
            limits=[(0.8, "yellow"), (0.95, "red")],
            max=1,
        ),
    ],
)

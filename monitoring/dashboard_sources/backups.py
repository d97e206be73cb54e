"""Whether the school's work could be brought back."""

from .grafana import choice, dashboard, graph, row, stat
from .promql import series

NEWEST = series("tlac_backup_last_success_timestamp")
DASHBOARD = dashboard(
    "tlac-backups",
    "TLAC Backups",
    "Whether the school's work could be brought back. A backup counts only after it was restored and compared.",
    choice("tlac_backup_last_success_timestamp"),
    [
        row("State"),
        stat(
            "Newest proven backup",
            "How long ago a backup was last proven by a restore. All replicas read the same catalogue, hence the maximum.",
            [(f"time() - max({NEWEST})", "Age")],
            "s",
            limits=[(86400, "red")],
            alerts=["BackupTooOld"],
            decimals=0,
            width=6,
        ),
        stat(
            "Size",
            "Of the newest good backup.",
            [(f"max by (backup_type) ({series('tlac_backup_size_bytes')})", "{{backup_type}}")],
            "bytes",
            width=6,
        ),
        stat(
            "Taken in the chosen time",
            "Backups by outcome.",
            [(f"sum by (status) (increase({series('tlac_backup_runs_total')}[$__range]))", "{{status}}")],
            "short",
            alerts=["BackupFailed"],
            decimals=0,
            width=6,
        ),
        stat(
            "Proven in the chosen time",
            "Restores into a scratch database by outcome of the comparison.",
            [(f"sum by (status) (increase({series('tlac_backup_verified_total')}[$__range]))", "{{status}}")],
            "short",
            alerts=["BackupNotProven"],
            decimals=0,
            width=6,
        ),
        row("Trends"),
        graph(
            "Age of the newest proven backup",
            "A saw: it falls to 0 with each proven backup.",
            [(f"time() - max({NEWEST})", "Age")],
            "s",
            limits=[(86400, "red")],
            alerts=["BackupTooOld"],
        ),
        graph(
            "Size of the newest backup",
            "A sudden fall means that something is missing from it.",
            [(f"max by (backup_type) ({series('tlac_backup_size_bytes')})", "{{backup_type}}")],
            "bytes",
        ),
        graph(
            "Duration",
            "Mean time of a backup with its proof, over the last day.",
            [
                (
                    f"sum(increase({series('tlac_backup_duration_seconds_sum')}[1d])) / (sum(increase({series('tlac_backup_duration_seconds_count')}[1d])) > 0)",
                    "Mean",
                ),
                (f"histogram_quantile(0.99, sum by (le) (increase({series('tlac_backup_duration_seconds_bucket')}[1d])))", "p99"),
            ],
            "s",
            points=True,
        ),
    ],
    hours=168,
    refresh="1m",
)

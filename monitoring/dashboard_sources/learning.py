"""What pupils and teachers do."""

from .grafana import bars, choice, dashboard, graph, row, stat
from .promql import rate, series

DASHBOARD = dashboard(
    "tlac-learning",
    "TLAC Learning",
    "What pupils and teachers do: the numbers that say whether TLAC is of use.",
    choice("tlac_build_info"),
    [
        row("People"),
        stat(
            "Active users",
            "Users who signed in within a day, a week and thirty days; a fact of the database, hence the maximum.",
            [(f"max by (window) ({series('tlac_users_active')})", "{{window}}")],
            "short",
            width=12,
            decimals=0,
        ),
        stat(
            "Work in the chosen time",
            "Saves, activities completed and programs run in the time that the dashboard shows.",
            [
                (f"sum(increase({series('tlac_activity_saves_total')}[$__range]))", "Saves"),
                (f"sum(increase({series('tlac_activity_completions_total')}[$__range]))", "Completions"),
                (f"sum(increase({series('tlac_python_runs_total')}[$__range]))", "Programs"),
            ],
            "short",
            width=12,
            decimals=0,
        ),
        row("Pupils"),
        bars(
            "Most popular lessons",
            "The ten lessons with most saves in the chosen time. Lessons outside the course share other.",
            [(f"topk(10, sum by (lesson_id) (increase({series('tlac_activity_saves_total')}[$__range])))", "{{lesson_id}}")],
            "short",
            decimals=0,
        ),
        graph(
            "Saves",
            "Saves per minute by lesson.",
            [(f"sum by (lesson_id) ({rate('tlac_activity_saves_total')}) * 60", "{{lesson_id}}")],
            "cpm",
            stacked=True,
        ),
        graph(
            "Programs run",
            "Programs per minute by how they ended.",
            [(f"sum by (status) ({rate('tlac_python_runs_total')}) * 60", "{{status}}")],
            "cpm",
            stacked=True,
        ),
        row("Teachers and admins"),
        graph(
            "Marks",
            "Marks given per minute, and activities that a mark completed.",
            [
                (f"sum by (kind) ({rate('tlac_teacher_marks_total')}) * 60", "marked: {{kind}}"),
                (f"sum({rate('tlac_activity_completions_total')}) * 60", "completed"),
            ],
            "cpm",
        ),
        graph(
            "Changes of accounts",
            "What admins do with accounts, per minute.",
            [(f"sum by (operation) ({rate('tlac_admin_user_operations_total')}) * 60", "{{operation}}")],
            "cpm",
        ),
        graph(
            "Audit log",
            "Entries written per minute by what was done.",
            [(f"sum by (action) ({rate('tlac_audit_entries_total')}) * 60", "{{action}}")],
            "cpm",
            stacked=True,
        ),
    ],
    hours=24,
)

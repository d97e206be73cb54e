"""Pupils' programs and their sandboxes."""

from .grafana import choice, dashboard, graph, row, stat
from .promql import percentiles, rate, series

SLOTS = "tlac_python_slots"
DASHBOARD = dashboard(
    "tlac-runner",
    "TLAC Runner",
    "Pupils' Python programs: how many, how they end, how long they wait, and whether the sandbox is whole.",
    choice(SLOTS),
    [
        row("State"),
        stat(
            "Replicas at full isolation",
            "Runners whose sandbox has all its layers.",
            [(f"""count({series("tlac_python_isolation", 'level="full"')} == 1) or vector(0)""", "Full")],
            "short",
            alerts=["RunnerWithoutIsolation", "RunnerIsolationBelowFull"],
            decimals=0,
        ),
        stat(
            "Replicas below full isolation",
            "Runners that lack a layer of the sandbox, or all of it.",
            [(f"""count({series("tlac_python_isolation", 'level="full"')} == 0) or vector(0)""", "Below")],
            "short",
            limits=[(1, "red")],
            alerts=["RunnerWithoutIsolation", "RunnerIsolationBelowFull"],
            decimals=0,
        ),
        stat(
            "Idle slots",
            "Places free for a program, of all replicas.",
            [(f"""sum({series(SLOTS, 'state="idle"')})""", "Idle")],
            "short",
            alerts=["RunnerHasNoIdleSlot", "RunnerSlotsBroken"],
            decimals=0,
        ),
        stat(
            "Programs waiting",
            "Programs that wait for a place, of all replicas.",
            [(f"sum({series('tlac_python_queue_depth')})", "Waiting")],
            "short",
            limits=[(10, "yellow"), (40, "red")],
            alerts=["RunnerRefusesRuns"],
            decimals=0,
        ),
        stat(
            "Turned away in 5 minutes",
            "Runs, checks and talks answered with 503: no place was free or got free in time, or there was no sandbox.",
            [('sum(job:tlac_python_runs_refused:increase5m{job=~"$job"})', "Turned away")],
            "short",
            limits=[(1, "red")],
            alerts=["RunnerRefusesRuns"],
            decimals=0,
        ),
        stat(
            "Timeouts",
            "Share of the programs of the chosen time that were stopped at the limit.",
            [
                (
                    f"""sum(increase({series("tlac_python_runs_total", 'status="timeout"')}[$__range])) / (sum(increase({series("tlac_python_runs_total")}[$__range])) > 0)""",
                    "Timeouts",
                )
            ],
            "percentunit",
            limits=[(0.5, "yellow")],
            alerts=["RunnerTimeoutsHigh"],
            decimals=1,
            noValue="No programs",
        ),
        row("Programs"),
        graph(
            "Programs run",
            "Programs per second by how they ended: error is any end but exit code 0.",
            [(f"sum by (status) ({rate('tlac_python_runs_total')})", "{{status}}")],
            "ops",
            stacked=True,
        ),
        graph(
            "Execution time",
            "From a program's start to its end; what a program that is talked to waits for people is part of it.",
            percentiles("tlac_python_run_duration_seconds"),
            "s",
            points=True,
        ),
        graph(
            "Waiting time",
            "How long programs waited for a place before they started.",
            percentiles("tlac_python_run_wait_seconds"),
            "s",
            limits=[(5, "red")],
            alerts=["RunnerWaitIsLong"],
            points=True,
        ),
        row("Places"),
        graph(
            "Slots by state",
            "What the places of all replicas are doing at the moment of the scrape.",
            [(f"sum by (state) ({series(SLOTS)})", "{{state}}")],
            "short",
            stacked=True,
            alerts=["RunnerHasNoIdleSlot", "RunnerSlotsBroken"],
        ),
        graph(
            "Queue by replica",
            "Programs that wait, by replica: one that has many while others have none gets too much.",
            [(f"sum by (instance) ({series('tlac_python_queue_depth')})", "{{instance}}")],
            "short",
            alerts=["RunnerRefusesRuns"],
        ),
        graph(
            "Talks by replica",
            "Programs that are talked to at the moment of the scrape. They have places of their own, 32 a replica unless it is configured otherwise; when those are taken, the next one is turned away.",
            [(f"sum by (instance) ({series('tlac_python_sessions')})", "{{instance}}")],
            "short",
            alerts=["RunnerRefusesRuns"],
        ),
        graph(
            "Isolation by level",
            "Replicas by the level that programs run at.",
            [(f"sum by (level) ({series('tlac_python_isolation')})", "{{level}}")],
            "short",
            stacked=True,
            alerts=["RunnerWithoutIsolation", "RunnerIsolationBelowFull"],
        ),
    ],
)

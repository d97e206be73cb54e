"""Service level objectives: availability and latency over thirty days."""

from .grafana import bars, dashboard, graph, row, stat

OBJECTIVES = "Availability: 99.5 % of the gateway's answers are no failure. Latency: 99 % take at most 2 s, runs of programs left out."
WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
DASHBOARD = dashboard(
    "tlac-slo",
    "TLAC SLO",
    OBJECTIVES,
    [],
    [
        row("This month"),
        stat(
            "Kept",
            "Share of good answers over thirty days. " + OBJECTIVES,
            [("1 - slo:tlac_bad_requests:ratio30d", "{{slo}}")],
            "percentunit",
            width=8,
            decimals=3,
        ),
        stat(
            "Error budget left",
            "Of the bad answers that the promise allows in thirty days, the share that is not used up. Below 0 the promise is broken.",
            [("slo:tlac_error_budget_left:ratio30d", "{{slo}}")],
            "percentunit",
            width=8,
            alerts=["ErrorBudgetBurnsFast", "ErrorBudgetBurnsSlowly"],
            decimals=1,
        ),
        stat(
            "Bad answers in 5 minutes",
            "How many they are, because a share of few says little.",
            [("slo:tlac_bad_requests:increase5m", "{{slo}}")],
            "short",
            width=8,
            decimals=0,
        ),
        row("Burn rate"),
        graph(
            "Fast windows",
            "How many times faster than allowed the budget is used. At 14.4 it is gone in two days.",
            [(f"slo:tlac_bad_requests:ratio{w} / slo:tlac_error_budget:ratio", "{{slo}} " + w) for w in WINDOWS[:4]],
            "short",
            width=12,
            limits=[(14.4, "red")],
            alerts=["ErrorBudgetBurnsFast"],
            points=True,
        ),
        graph(
            "Slow windows",
            "The same over longer times: above 1 for days, and the month's promise will not hold.",
            [(f"slo:tlac_bad_requests:ratio{w} / slo:tlac_error_budget:ratio", "{{slo}} " + w) for w in WINDOWS[4:]],
            "short",
            width=12,
            limits=[(1, "red")],
            alerts=["ErrorBudgetBurnsSlowly"],
            points=True,
        ),
        row("Where it goes"),
        graph(
            "Requests and bad ones",
            "Events of the last five minutes.",
            [("slo:tlac_requests:increase5m", "{{slo}} all"), ("slo:tlac_bad_requests:increase5m", "{{slo}} bad")],
            "short",
            width=12,
        ),
        bars(
            "Failures by endpoint and code",
            "Answers of 500 and above at the gateway in the last five minutes, first ones included.",
            [
                (
                    'topk(10, sum by (endpoint, status) (job_endpoint_status:tlac_http_requests:increase5m{job="gateway", status=~"5.."}) > 0) or vector(0)',
                    "{{status}} {{endpoint}}",
                )
            ],
            "short",
            width=12,
            alerts=["HighErrorRate"],
            decimals=0,
        ),
    ],
    hours=24,
)

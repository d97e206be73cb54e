#!/usr/bin/env python3
"""Writes monitoring/dashboards/*.json. What they show is said here, how Grafana wants to be told is said once.

Run it after a change here or in docs/runbooks.md, and k8s/refresh after it; a test fails while the files differ.
Needs Python 3.8 or later and nothing else.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24

# Selectors. The gateway alone is what people feel: behind it the same request is counted again. Everywhere else the two
# variables choose, and a dashboard of one service knows its job by the metric that only this service has.
EDGE = 'job="gateway", instance=~"$instance"'
# Answers that are as long as a talk with a program: left out where time is asked for.
NOT_TALKS = 'endpoint!~"/api/python/session/.+/events"'
CHOSEN = 'job=~"$job", instance=~"$instance"'


def series(metric, more="", selector=CHOSEN):
    return metric + "{" + selector + (", " + more if more else "") + "}"


def rate(metric, more="", selector=CHOSEN):
    return f"rate({series(metric, more, selector)}[$__rate_interval])"


def increase(metric, more="", selector=CHOSEN):
    return f"increase({series(metric, more, selector)}[$__rate_interval])"


def quantile(q, metric, by="", more="", selector=CHOSEN):
    return f"histogram_quantile({q}, sum by (le{', ' + by if by else ''}) ({rate(metric + '_bucket', more, selector)}))"


def percentiles(metric, more="", selector=CHOSEN):
    return [(quantile(q, metric, more=more, selector=selector), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))]


def runbook(alert):
    return f"[{alert}](/d/tlac-runbooks?viewPanel={RUNBOOK_PANELS[alert]})"


# --- Panels -----------------------------------------------------------------------------------------------------------


def targets(queries):
    return [
        {
            "datasource": SOURCE,
            "editorMode": "code",
            "expr": expression,
            "legendFormat": legend,
            "range": True,
            "refId": chr(ord("A") + number),
        }
        for number, (expression, legend) in enumerate(queries)
    ]


def steps(limits):
    return {"mode": "absolute", "steps": [{"color": "green", "value": None}] + [{"color": c, "value": v} for v, c in limits]}


def panel(kind, title, description, queries, unit, height, width, limits=(), alerts=(), **defaults):
    """One panel. limits: [(value, colour)] above green; alerts: whose runbooks the description leads to."""
    if alerts:
        description += " Alerts: " + ", ".join(runbook(alert) for alert in alerts) + "."
    return {
        "type": kind,
        "title": title,
        "description": description,
        "datasource": SOURCE,
        "gridPos": {"h": height, "w": width},
        "fieldConfig": {
            "defaults": {
                "color": {"mode": "thresholds" if kind != "timeseries" else "palette-classic"},
                "mappings": [],
                "thresholds": steps(limits),
                "unit": unit,
                **defaults,
            },
            "overrides": [],
        },
        "targets": targets(queries),
    }


def reduce_last():
    return {"calcs": ["lastNotNull"], "fields": "", "values": False}


def stat(title, description, queries, unit, width=4, text="auto", **more):
    made = panel("stat", title, description, queries, unit, 4, width, **more)
    made["options"] = {
        "colorMode": "value",
        "graphMode": "none" if text == "name" else "area",
        "justifyMode": "auto",
        "orientation": "auto",
        "percentChangeColorMode": "standard",
        "reduceOptions": reduce_last(),
        "showPercentChange": False,
        "textMode": text,
        "wideLayout": True,
    }
    return made


def gauge(title, description, queries, unit, width=8, **more):
    made = panel("gauge", title, description, queries, unit, 8, width, **more)
    made["options"] = {
        "minVizHeight": 75,
        "minVizWidth": 75,
        "orientation": "auto",
        "reduceOptions": reduce_last(),
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
    }
    return made


def bars(title, description, queries, unit, width=8, **more):
    made = panel("bargauge", title, description, queries, unit, 8, width, min=0, **more)
    made["options"] = {
        "displayMode": "gradient",
        "maxVizHeight": 300,
        "minVizHeight": 16,
        "minVizWidth": 8,
        "namePlacement": "auto",
        "orientation": "horizontal",
        "reduceOptions": reduce_last(),
        "showUnfilled": True,
        "sizing": "auto",
        "valueMode": "color",
    }
    return made


def graph(title, description, queries, unit, width=8, stacked=False, points=False, **more):
    more.setdefault("min", 0)
    made = panel("timeseries", title, description, queries, unit, 8, width, **more)
    made["fieldConfig"]["defaults"]["custom"] = {
        "axisPlacement": "auto",
        "drawStyle": "line",
        "fillOpacity": 20 if stacked else 5,
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "showPoints": "auto" if points else "never",
        "spanNulls": points,
        "stacking": {"group": "A", "mode": "normal" if stacked else "none"},
        "thresholdsStyle": {"mode": "dashed" if more.get("limits") else "off"},
    }
    made["options"] = {
        "legend": {"calcs": ["lastNotNull", "max"], "displayMode": "table", "placement": "bottom", "showLegend": True},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
    return made


def text(title, content, height=9, width=12):
    return {
        "type": "text",
        "title": title,
        "description": "From docs/runbooks.md.",
        "gridPos": {"h": height, "w": width},
        "options": {"code": {"language": "plaintext", "showLineNumbers": False, "showMiniMap": False}, "content": content, "mode": "markdown"},
    }


def row(title):
    return {"type": "row", "title": title, "collapsed": False, "gridPos": {"h": 1, "w": WIDTH}, "panels": []}


def placed(panels):
    """Gives each panel its number and its place: left to right, a new line when one does not fit."""
    x = y = line = 0
    for number, one in enumerate(panels, 1):
        at = one["gridPos"]
        if x + at["w"] > WIDTH:
            x, y, line = 0, y + line, 0
        one["id"] = number
        at["x"], at["y"] = x, y
        x, line = x + at["w"], max(line, at["h"])
    return panels


# --- Dashboards -------------------------------------------------------------------------------------------------------


def variable(name, label, asked):
    return {
        "name": name,
        "label": label,
        "type": "query",
        "datasource": SOURCE,
        "query": {"qryType": 1, "query": asked, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "multi": True,
        "includeAll": True,
        "allValue": ".+",
        "hide": 0,
        "options": [],
        "refresh": 2,
        "regex": "",
        "skipUrlSync": False,
        "sort": 1,
    }


def choice(known_by):
    """The variables job and instance, of the services that have a metric."""
    return [variable("job", "Job", f"label_values({known_by}, job)"), variable("instance", "Instance", f'label_values({known_by}{{job=~"$job"}}, instance)')]


def dashboard(uid, title, description, variables, panels, hours=1, refresh="30s"):
    source = {
        "name": "datasource",
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"selected": True, "text": "Prometheus", "value": "prometheus"},
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "options": [],
        "refresh": 1,
        "regex": "",
        "skipUrlSync": False,
    }
    built_in = {
        "builtIn": 1,
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "name": "Annotations & Alerts",
        "type": "dashboard",
    }
    others = {
        "asDropdown": True,
        "icon": "external link",
        "includeVars": True,
        "keepTime": True,
        "tags": ["tlac"],
        "targetBlank": False,
        "title": "TLAC",
        "tooltip": "The other dashboards",
        "type": "dashboards",
        "url": "",
    }
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": ["tlac"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "graphTooltip": 1,
        "refresh": refresh,
        "timezone": "browser",
        "time": {"from": f"now-{hours}h", "to": "now"},
        "timepicker": {},
        "fiscalYearStartMonth": 0,
        "weekStart": "",
        "annotations": {"list": [built_in]},
        "templating": {"list": [source] + variables if variables is not None else []},
        "links": [others],
        "panels": placed(panels),
    }


def overview():
    failed = f"""sum({rate("tlac_http_requests_total", 'status=~"5.."', EDGE)}) or vector(0)"""
    answered = f"""sum({rate("tlac_http_requests_total", selector=EDGE)}) > 0"""
    logins = "tlac_auth_login_attempts_total"
    return dashboard(
        "tlac-overview",
        "TLAC Overview",
        "How TLAC is doing at a glance: the five groups of the monitoring guide.",
        choice("tlac_build_info"),
        [
            row("Overview"),
            stat(
                "Requests per minute",
                "Answers of the gateway in one minute, of every kind. Inner hops are not counted.",
                [(f"sum({rate('tlac_http_requests_total', selector=EDGE)}) * 60", "Requests per minute")],
                "reqpm",
                decimals=1,
            ),
            stat(
                "Active sessions",
                "Unexpired sessions of active users. Every replica of auth-service reads the same number from the database, hence the maximum.",
                [(f"max({series('tlac_auth_sessions_active')})", "Active sessions")],
                "short",
                decimals=0,
            ),
            stat(
                "Error rate",
                "Share of the gateway's answers that were 500 or above. Nothing is shown while nobody asks for anything.",
                [(f"({failed}) / ({answered})", "Error rate")],
                "percentunit",
                limits=[(0.01, "red")],
                alerts=["HighErrorRate"],
                decimals=2,
                noValue="No requests",
            ),
            stat(
                "Services up",
                "Of the five services, how many have a replica that answers Prometheus.",
                [('count(sum by (job) (up{job=~"gateway|auth-service|activity-service|runner-service|backup-service"}) > 0) or vector(0)', "Services up")],
                "short",
                alerts=["ServiceDown", "ReplicaDown"],
                decimals=0,
                max=5,
            ),
            stat(
                "Alerts firing",
                "Alerts of any severity that fire now, without the one that always does.",
                [('count(ALERTS{alertstate="firing", alertname!="Watchdog"}) or vector(0)', "Alerts firing")],
                "short",
                limits=[(1, "red")],
                decimals=0,
            ),
            stat(
                "Newest proven backup",
                "How long ago a backup was last proven by a restore.",
                [(f"time() - max({series('tlac_backup_last_success_timestamp')})", "Age")],
                "s",
                limits=[(86400, "red")],
                alerts=["BackupTooOld"],
                decimals=0,
            ),
            row("Request metrics"),
            graph(
                "Request rate by status code",
                "Answers of the gateway per second.",
                [(f"sum by (status) ({rate('tlac_http_requests_total', selector=EDGE)})", "{{status}}")],
                "reqps",
                stacked=True,
            ),
            graph(
                "Request latency",
                "How long the gateway took to answer half, 95 % and 99 % of the requests; talks with programs, which last as long as people like, left out.",
                percentiles("tlac_http_request_duration_seconds", NOT_TALKS, EDGE),
                "s",
                limits=[(2, "red")],
                alerts=["HighRequestLatency"],
            ),
            graph(
                "Requests in progress",
                "Requests that the gateway is answering at the moment of the scrape, by endpoint.",
                [(f"sum by (endpoint) ({series('tlac_http_requests_in_progress', selector=EDGE)})", "{{endpoint}}")],
                "short",
            ),
            bars(
                "Busiest endpoints",
                "The ten with most requests per second at the gateway.",
                [(f"topk(10, sum by (endpoint) ({rate('tlac_http_requests_total', selector=EDGE)}))", "{{endpoint}}")],
                "reqps",
            ),
            bars(
                "Slowest endpoints",
                "The ten whose 95th percentile at the gateway is highest, talks with programs left out.",
                [(f"topk(10, {quantile(0.95, 'tlac_http_request_duration_seconds', 'endpoint', NOT_TALKS, EDGE)})", "{{endpoint}}")],
                "s",
                limits=[(1, "yellow"), (2, "red")],
                alerts=["HighRequestLatency"],
            ),
            graph(
                "Unexpected failures",
                "Answers of 500 and above and failed background jobs in five minutes, counted where they happened. First ones count too, which a plain rate does not see.",
                [('sum by (job, error_type) (job_error_type:tlac_errors:increase5m{job=~"$job"})', "{{job}} {{error_type}}")],
                "short",
                stacked=True,
                alerts=["HighErrorRate"],
            ),
            row("Authentication"),
            graph(
                "Login attempts",
                "Attempts per minute by outcome.",
                [(f"sum by (status) ({rate(logins)}) * 60", "{{status}}")],
                "cpm",
                stacked=True,
                alerts=["PasswordGuessing"],
            ),
            graph(
                "Login success rate",
                "Share of the attempts that succeed. Few attempts make it jump.",
                [(f"""sum({rate(logins, 'status="success"')}) / (sum({rate(logins)}) > 0)""", "Success")],
                "percentunit",
                alerts=["LowLoginSuccessRate"],
                max=1,
                points=True,
            ),
            graph(
                "Active sessions over time",
                "Unexpired sessions of active users.",
                [(f"max({series('tlac_auth_sessions_active')})", "Active sessions")],
                "short",
            ),
            row("Rate limiting"),
            graph(
                "Rate limit violations by endpoint",
                "Requests refused per minute because a limit was reached.",
                [(f"sum by (endpoint, limit_type) ({rate('tlac_rate_limit_exceeded_total')}) * 60", "{{endpoint}} {{limit_type}}")],
                "cpm",
                width=12,
                alerts=["RateLimitingHigh"],
            ),
            graph(
                "Rate limit usage",
                "How much of their limit callers had used at a request: 95 % of the requests were below the line. The last bucket ends at 100.",
                [(quantile(0.95, "tlac_rate_limit_usage", "endpoint"), "{{endpoint}}")],
                "percent",
                width=12,
                limits=[(90, "red")],
                max=100,
                points=True,
            ),
            row("Performance"),
            graph(
                "Activity save latency",
                "Time to store one save.",
                percentiles("tlac_activity_save_duration_seconds"),
                "s",
                points=True,
            ),
            graph(
                "Python execution time",
                "From a program's start to its end. At the wall limit (3 s unless configured) a program is stopped.",
                percentiles("tlac_python_run_duration_seconds"),
                "s",
                points=True,
            ),
            graph(
                "Database query latency",
                "95 % of the statements of a kind were faster. Failed ones are included.",
                [(quantile(0.95, "tlac_db_query_duration_seconds", "operation"), "{{operation}}")],
                "s",
                points=True,
            ),
        ],
    )


def learning():
    return dashboard(
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


def runner():
    slots = "tlac_python_slots"
    return dashboard(
        "tlac-runner",
        "TLAC Runner",
        "Pupils' Python programs: how many, how they end, how long they wait, and whether the sandbox is whole.",
        choice(slots),
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
                [(f"""sum({series(slots, 'state="idle"')})""", "Idle")],
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
                [(f"sum by (state) ({series(slots)})", "{{state}}")],
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


def database():
    active, most, pending = ("tlac_db_connections_" + name for name in ("active", "max", "pending"))
    statements = "tlac_db_query_duration_seconds"
    return dashboard(
        "tlac-database",
        "TLAC Database",
        "The database as the services see it: connections, statements, failures. Each replica has a pool of its own.",
        choice(most),
        [
            row("Connections"),
            gauge(
                "Fullest pool",
                "Connections in use as a share of the pool's size, for the pool where it is highest: a full one makes its callers wait while others idle.",
                [(f"max({series(active)} / {series(most)})", "In use")],
                "percentunit",
                limits=[(0.75, "yellow"), (0.9, "red")],
                alerts=["HighDBConnections"],
                min=0,
                max=1,
            ),
            graph(
                "Connections in use",
                "By pool.",
                [(f"sum by (job, instance) ({series(active)})", "{{job}} {{instance}}")],
                "short",
                alerts=["HighDBConnections"],
            ),
            graph(
                "Calls that wait for a connection",
                "By pool; more than 0 for minutes means that the pool is too small, or statements are too slow.",
                [(f"sum by (job, instance) ({series(pending)})", "{{job}} {{instance}}")],
                "short",
                alerts=["DatabaseConnectionsPending"],
            ),
            row("Statements"),
            graph(
                "Statements",
                "Per second, by kind.",
                [(f"sum by (operation) ({rate(statements + '_count')})", "{{operation}}")],
                "ops",
                stacked=True,
            ),
            graph(
                "Latency by kind",
                "95 % of the statements were faster.",
                [(quantile(0.95, statements, "operation"), "{{operation}}")],
                "s",
                points=True,
            ),
            graph(
                "Latency by service",
                "95 % of the statements were faster.",
                [(quantile(0.95, statements, "job"), "{{job}}")],
                "s",
                points=True,
            ),
            graph(
                "Slow statements",
                "Share of the statements that took longer than 1 s, by service.",
                [
                    (
                        f"""1 - sum by (job) ({rate(statements + "_bucket", 'le=~"1|1.0"')}) / (sum by (job) ({rate(statements + "_count")}) > 0)""",
                        "{{job}}",
                    )
                ],
                "percentunit",
                points=True,
            ),
            graph(
                "Time in the database",
                "Seconds that calls spend in statements, per second: how many statements run at once on average.",
                [(f"sum by (job) ({rate(statements + '_sum')})", "{{job}}")],
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


def backups():
    newest = series("tlac_backup_last_success_timestamp")
    return dashboard(
        "tlac-backups",
        "TLAC Backups",
        "Whether the school's work could be brought back. A backup counts only after it was restored and compared.",
        choice("tlac_backup_last_success_timestamp"),
        [
            row("State"),
            stat(
                "Newest proven backup",
                "How long ago a backup was last proven by a restore. All replicas read the same catalogue, hence the maximum.",
                [(f"time() - max({newest})", "Age")],
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
                [(f"time() - max({newest})", "Age")],
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


def jvm():
    heap = 'area="heap"'
    return dashboard(
        "tlac-jvm",
        "TLAC JVM",
        "The services as processes: which run, at which version, with how much memory, processor and files.",
        choice("tlac_build_info"),
        [
            row("Processes"),
            graph(
                "Replicas up",
                "Replicas that answer Prometheus, by service.",
                [(f"sum by (job) ({series('up')})", "{{job}}")],
                "short",
                alerts=["ServiceDown", "ReplicaDown"],
                decimals=0,
            ),
            stat(
                "Versions",
                "Replicas by service and version; two versions of a service side by side are a deployment under way.",
                [(f"count by (job, version) ({series('tlac_build_info')})", "{{job}} {{version}}")],
                "short",
                width=8,
                alerts=["MetricsMissing"],
                decimals=0,
            ),
            graph(
                "Uptime",
                "Time since the process started, of the youngest replica.",
                [(f"min by (job) (time() - {series('process_start_time_seconds')})", "{{job}}")],
                "s",
                alerts=["ServiceRestarts"],
            ),
            row("Memory"),
            graph(
                "Heap in use",
                "Share of its largest size, of the fullest replica.",
                [
                    (
                        f"max by (job) (sum by (job, instance) ({series('jvm_memory_used_bytes', heap)}) / sum by (job, instance) ({series('jvm_memory_max_bytes', heap)} > 0))",
                        "{{job}}",
                    )
                ],
                "percentunit",
                limits=[(0.95, "red")],
                alerts=["HeapNearlyFull"],
                max=1,
            ),
            graph(
                "Heap",
                "In use and claimed from the system, of all replicas.",
                [
                    (f"sum by (job) ({series('jvm_memory_used_bytes', heap)})", "{{job}} used"),
                    (f"sum by (job) ({series('jvm_memory_committed_bytes', heap)})", "{{job}} committed"),
                ],
                "bytes",
            ),
            graph(
                "Outside the heap",
                "Classes, compiled code and buffers, of all replicas.",
                [
                    (f"""sum by (job) ({series("jvm_memory_used_bytes", 'area="nonheap"')})""", "{{job}} classes and code"),
                    (f"sum by (job) ({series('jvm_buffer_memory_used_bytes')})", "{{job}} buffers"),
                ],
                "bytes",
            ),
            row("Work"),
            graph(
                "Processor",
                "Share of the machine's processors that the process uses, of the busiest replica.",
                [(f"max by (job) ({series('process_cpu_usage')})", "{{job}}")],
                "percentunit",
                max=1,
            ),
            graph(
                "Threads",
                "Platform threads by what they do. Virtual threads, which serve requests, are not among them.",
                [(f"sum by (state) ({series('jvm_threads_states_threads')})", "{{state}}")],
                "short",
                stacked=True,
            ),
            graph(
                "File descriptors",
                "Open ones as a share of what the process may open, of the replica that comes closest.",
                [(f"max by (job) ({series('process_files_open_files')} / {series('process_files_max_files')})", "{{job}}")],
                "percentunit",
                limits=[(0.8, "red")],
                alerts=["FileDescriptorsExhausting", "FileDescriptorsNearlyGone"],
                max=1,
            ),
            row("Connections"),
            graph(
                "Public listeners",
                "1 while a service's own probe of its public listener is answered; of several replicas, the worst.",
                [(f"min by (job) ({series('tlac_listener_up')})", "{{job}}")],
                "short",
                decimals=0,
                alerts=["GatewayUnreachable", "ServiceUnreachable"],
                max=1,
            ),
            graph(
                "Connections of clients",
                "Open at the gateway's public listeners, and the most they take, of all replicas.",
                [
                    (f"sum({series('tlac_connections_open')})", "open"),
                    (f"sum({series('tlac_connections_max')})", "most"),
                ],
                "short",
                alerts=["ConnectionsNearLimit"],
                decimals=0,
            ),
            graph(
                "Connections closed by a limit",
                "Per minute: the limit of all connections, that of one address, or of the time that a client may take.",
                [(f"sum by (reason) ({rate('tlac_connections_refused_total')}) * 60", "{{reason}}")],
                "cpm",
            ),
            row("Requests"),
            graph(
                "Requests by service",
                "Answered per second by each service; the gateway's are those of people, the others' are the hops behind it.",
                [(f"sum by (job) ({rate('tlac_http_requests_total')})", "{{job}}")],
                "reqps",
                width=12,
            ),
            graph(
                "Latency by service",
                "95 % of a service's answers were faster; talks with programs are left out.",
                [(quantile(0.95, "tlac_http_request_duration_seconds", "job", NOT_TALKS), "{{job}}")],
                "s",
                width=12,
                points=True,
            ),
        ],
    )


def promises():
    both = "Availability: 99.5 % of the gateway's answers are no failure. Latency: 99 % take at most 2 s, runs of programs left out."
    windows = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    return dashboard(
        "tlac-slo",
        "TLAC SLO",
        both,
        [],
        [
            row("This month"),
            stat(
                "Kept",
                "Share of good answers over thirty days. " + both,
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
                [(f"slo:tlac_bad_requests:ratio{w} / slo:tlac_error_budget:ratio", "{{slo}} " + w) for w in windows[:4]],
                "short",
                width=12,
                limits=[(14.4, "red")],
                alerts=["ErrorBudgetBurnsFast"],
                points=True,
            ),
            graph(
                "Slow windows",
                "The same over longer times: above 1 for days, and the month's promise will not hold.",
                [(f"slo:tlac_bad_requests:ratio{w} / slo:tlac_error_budget:ratio", "{{slo}} " + w) for w in windows[4:]],
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


# --- Runbooks ---------------------------------------------------------------------------------------------------------


def read_runbooks():
    """docs/runbooks.md as [(heading of the second level, [(alert, text)])]."""
    parts = []
    for part in re.split(r"(?m)^## ", (HERE.parent / "docs" / "runbooks.md").read_text(encoding="utf-8"))[1:]:
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


def runbooks(parts):
    panels = []
    for title, found in parts:
        panels.append(row(title))
        panels += [text(alert, body) for alert, body in found]
    return dashboard("tlac-runbooks", "TLAC Runbooks", "What to do when an alert fires: docs/runbooks.md, where the graphs are.", [], panels)


RUNBOOKS = read_runbooks()
RUNBOOK_PANELS = number_runbooks(RUNBOOKS)


def main():
    folder = HERE / "dashboards"
    made = [overview(), learning(), runner(), database(), backups(), jvm(), promises(), runbooks(RUNBOOKS)]
    for one in made:
        (folder / (one["uid"] + ".json")).write_text(json.dumps(one, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stray = {path.stem for path in folder.glob("*.json")} - {one["uid"] for one in made}
    if stray:
        sys.exit("dashboards/ also holds " + ", ".join(sorted(stray)) + ": say what they show in dashboards.py, or put them elsewhere")


if __name__ == "__main__":
    main()

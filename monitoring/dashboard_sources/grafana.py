"""Panels and dashboards as Grafana reads them from JSON."""

from .runbook_page import runbook_link

SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH = 24


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
        description += " Alerts: " + ", ".join(runbook_link(alert) for alert in alerts) + "."
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

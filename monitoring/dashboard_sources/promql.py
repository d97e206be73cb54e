"""Selectors and expressions that more than one panel uses."""

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


def quantile(q, metric, by="", more="", selector=CHOSEN):
    return f"histogram_quantile({q}, sum by (le{', ' + by if by else ''}) ({rate(metric + '_bucket', more, selector)}))"


def percentiles(metric, more="", selector=CHOSEN):
    return [(quantile(q, metric, more=more, selector=selector), name) for q, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))]

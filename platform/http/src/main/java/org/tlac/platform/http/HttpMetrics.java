package org.tlac.platform.http;

import java.time.Duration;
import java.util.Set;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Level;
import org.tlac.platform.metrics.Metrics;

/** The HTTP metrics of a service. Nothing that a client chooses becomes a label: methods are folded, paths are templates. */
public final class HttpMetrics {

    /** Requests that no route answers. */
    static final String UNMATCHED = "unmatched";

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS");
    private static final String OTHER_METHOD = "OTHER";

    private final Counter requests;
    private final Histogram duration;
    private final Level inProgress;
    private final Counter errors;

    public HttpMetrics(Metrics metrics) {
        requests = metrics.counter(Catalogue.HTTP_REQUESTS);
        duration = metrics.histogram(Catalogue.HTTP_REQUEST_DURATION);
        inProgress = metrics.level(Catalogue.HTTP_REQUESTS_IN_PROGRESS);
        errors = metrics.counter(Catalogue.ERRORS);
    }

    /** Makes the series of a route exist at 0, so that its first request and its first failure are seen as increases. */
    void expect(Route route) {
        requests.add(0, route.method(), route.endpoint(), "200");
        inProgress.add(0, route.method(), route.endpoint());
        duration.expect(route.method(), route.endpoint());
        errors.add(0, "internal", route.endpoint());
    }

    void started(String method, String endpoint) {
        inProgress.increment(fold(method), endpoint);
    }

    void finished(String method, String endpoint, int status, Duration took) {
        inProgress.decrement(fold(method), endpoint);
        answered(method, endpoint, status);
        duration.observe(took, fold(method), endpoint);
    }

    void answered(String method, String endpoint, int status) {
        requests.increment(fold(method), endpoint, Integer.toString(status));
    }

    void failed(String errorType, String endpoint) {
        errors.increment(errorType, endpoint);
    }

    private static String fold(String method) {
        return METHODS.contains(method) ? method : OTHER_METHOD;
    }
}

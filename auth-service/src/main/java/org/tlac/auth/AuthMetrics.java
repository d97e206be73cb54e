package org.tlac.auth;

import java.util.Set;
import org.tlac.auth.login.LoginMetrics;
import org.tlac.auth.login.LoginRoutes;
import org.tlac.auth.login.PasswordRoutes;
import org.tlac.auth.users.UserMetrics;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Counter;
import org.tlac.platform.metrics.Histogram;
import org.tlac.platform.metrics.Metrics;

/** What this service counts of its own; calls and statements are counted by the platform. */
final class AuthMetrics implements LoginMetrics, UserMetrics {

    private static final String LIMIT_TYPE = "login";
    private static final String BACKGROUND = "background";

    private final Counter attempts;
    private final Counter limited;
    private final Histogram used;
    private final Counter operations;
    private final Counter errors;

    /** @param jobs names of background jobs */
    AuthMetrics(Metrics metrics, Set<String> jobs) {
        attempts = metrics.counter(Catalogue.LOGIN_ATTEMPTS);
        limited = metrics.counter(Catalogue.RATE_LIMIT_EXCEEDED);
        used = metrics.histogram(Catalogue.RATE_LIMIT_USAGE);
        operations = metrics.counter(Catalogue.ADMIN_USER_OPERATIONS);
        errors = metrics.counter(Catalogue.ERRORS);
        limited.add(0, LoginRoutes.LOGIN, LIMIT_TYPE);
        limited.add(0, PasswordRoutes.PASSWORD, LIMIT_TYPE);
        jobs.forEach(job -> errors.add(0, BACKGROUND, job));
    }

    @Override
    public void succeeded() {
        attempts.increment("success");
    }

    @Override
    public void failed() {
        attempts.increment("failed");
    }

    @Override
    public void rateLimited() {
        attempts.increment("rate_limited");
    }

    @Override
    public void refused(String endpoint) {
        limited.increment(endpoint, LIMIT_TYPE);
    }

    @Override
    public void used(String endpoint, double percent) {
        used.observe(percent, endpoint);
    }

    @Override
    public void bootstrapped() {
        operations.increment("bootstrap");
    }

    @Override
    public void created() {
        operations.increment("create");
    }

    void jobFailed(String job) {
        errors.increment(BACKGROUND, job);
    }
}

package org.tlac.auth.login;

/** What is counted of signing in. */
public interface LoginMetrics {

    void succeeded();

    void failed();

    void rateLimited();

    /** A limit on guesses refused a call to this endpoint. */
    void refused(String endpoint);

    /** @param percent of the failures that bring a lock */
    void used(String endpoint, double percent);
}

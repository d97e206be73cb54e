package org.tlac.auth.users;

/** What is counted of changes of accounts. */
public interface UserMetrics {

    void bootstrapped();

    void created();
}

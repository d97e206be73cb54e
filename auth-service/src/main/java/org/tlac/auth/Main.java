package org.tlac.auth;

import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.ServiceName;

/** Starts auth-service. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ServiceProcess.run(ServiceName.AUTH, AuthService::start);
    }
}

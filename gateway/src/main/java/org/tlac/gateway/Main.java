package org.tlac.gateway;

import java.security.Security;
import org.tlac.gateway.listener.RetryingSelectorProvider;
import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.ServiceName;

public final class Main {

    private Main() {}

    public static void main(String[] args) {
        RetryingSelectorProvider.install();
        // Replicas come and go: a program that a colleague's replica started must be found within seconds, not half a
        // minute.
        Security.setProperty("networkaddress.cache.ttl", "3");
        ServiceProcess.run(ServiceName.GATEWAY, GatewayService::start);
    }
}

package org.tlac.gateway;

import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.Owner;

public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ServiceProcess.run(Owner.GATEWAY, GatewayService::start);
    }
}

package org.tlac.runner;

import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.ServiceName;

public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ServiceProcess.run(ServiceName.RUNNER, RunnerService::start);
    }
}

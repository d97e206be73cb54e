package org.tlac.runner;

import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.Owner;

public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ServiceProcess.run(Owner.RUNNER, RunnerService::start);
    }
}

package org.tlac.activity;

import org.tlac.platform.http.ServiceProcess;
import org.tlac.platform.metrics.ServiceName;

/** Starts activity-service. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        ServiceProcess.run(ServiceName.ACTIVITY, ActivityService::start);
    }
}

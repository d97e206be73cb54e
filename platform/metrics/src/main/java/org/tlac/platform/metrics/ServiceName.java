package org.tlac.platform.metrics;

import java.util.Arrays;

/** Who exposes a metric; the id is also Prometheus's {@code job}. */
public enum ServiceName {
    GATEWAY("gateway"),
    AUTH("auth-service"),
    ACTIVITY("activity-service"),
    RUNNER("runner-service"),
    BACKUP("backup-service");

    private final String id;

    ServiceName(String id) {
        this.id = id;
    }

    /** The service's name as operators see it: folder, image, Kubernetes name and {@code job} label. */
    public String id() {
        return id;
    }

    /** @throws IllegalArgumentException when no service has that name */
    public static ServiceName of(String id) {
        return Arrays.stream(values())
                .filter(owner -> owner.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No service is called " + id));
    }
}

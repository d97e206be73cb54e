package org.tlac.platform.metrics;

import java.util.Arrays;

/**
 * The services, with the ports that each listens on unless an operator sets others. The table of ports: what files say beside it (defaults
 * in application.yaml, manifests) is compared with it by tests.
 */
public enum ServiceName {
    GATEWAY("gateway", 8443, 9080),
    AUTH("auth-service", 8081, 9081),
    ACTIVITY("activity-service", 8082, 9082),
    RUNNER("runner-service", 8083, 9083),
    BACKUP("backup-service", 8084, 9084);

    private final String id;
    private final int port;
    private final int managementPort;

    ServiceName(String id, int port, int managementPort) {
        this.id = id;
        this.port = port;
        this.managementPort = managementPort;
    }

    /** For calls: HTTPS at the gateway, HTTP of the services behind it. */
    public int port() {
        return port;
    }

    /** For health, metrics and whatever else is not for users. */
    public int managementPort() {
        return managementPort;
    }

    /** The service's name as operators see it: folder, image, Kubernetes name and Prometheus's {@code job} label. */
    public String id() {
        return id;
    }

    /** @throws IllegalArgumentException when no service has that name */
    public static ServiceName of(String id) {
        return Arrays.stream(values())
                .filter(service -> service.id.equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("No service is called " + id));
    }
}

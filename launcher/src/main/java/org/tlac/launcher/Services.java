package org.tlac.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The table of what runs on one machine, and what depends on what. */
final class Services {

    private static final String LOOPBACK = "127.0.0.1";

    private final Home home;
    private final Settings settings;

    Services(Home home, Settings settings) {
        this.home = home;
        this.settings = settings;
    }

    List<ServiceSpec> table() {
        return List.of(
                spec("auth-service", 8081, 96, List.of(Postgres.NAME), database("auth")),
                spec(
                        "activity-service",
                        8082,
                        96,
                        List.of(Postgres.NAME),
                        with(database("activity"), "COURSE_FOLDER", course())),
                spec("runner-service", 8083, 64, List.of(), Map.of()),
                spec("backup-service", 8084, 64, List.of(Postgres.NAME), backup()),
                gateway());
    }

    private ServiceSpec spec(
            String name, int port, int heapMegabytes, List<String> needs, Map<String, String> environment) {
        int publicPort = settings.port(port);
        int managementPort = settings.port(port + 1000);
        Map<String, String> all = new HashMap<>(environment);
        all.put("SERVER_HOST", LOOPBACK);
        all.put("SERVER_PORT", Integer.toString(publicPort));
        all.put("MANAGEMENT_HOST", LOOPBACK);
        all.put("MANAGEMENT_PORT", Integer.toString(managementPort));
        all.put("WATCHDOG_STDIN", "true");
        all.put("IDENTITY_JWKS", address(8081) + "/.well-known/jwks.json");
        all.put("IDENTITY_SERVICESECRETFILE", home.secret("gateway-service").toString());
        return new ServiceSpec(
                name, jar(name), needs, List.of(publicPort, managementPort), managementPort, heapMegabytes, all);
    }

    private ServiceSpec gateway() {
        Certificates certificates = new Certificates(home.tls(), java.time.InstantSource.system());
        int https = settings.port(8443);
        int redirect = settings.port(8080);
        int management = settings.port(9080);
        Map<String, String> environment = new HashMap<>();
        environment.put("SERVER_HOST", settings.host());
        environment.put("SERVER_PORT", Integer.toString(https));
        environment.put("REDIRECT_PORT", Integer.toString(redirect));
        environment.put("MANAGEMENT_HOST", LOOPBACK);
        environment.put("MANAGEMENT_PORT", Integer.toString(management));
        environment.put("WATCHDOG_STDIN", "true");
        environment.put("TLS_CERTIFICATE", certificates.server().toString());
        environment.put("TLS_KEY", certificates.serverKey().toString());
        environment.put(
                "IDENTITY_SERVICESECRETFILE", home.secret("gateway-service").toString());
        environment.put("COURSE_FOLDER", course());
        List<String> names = List.of("AUTH", "ACTIVITY", "RUNNER", "BACKUP");
        for (int i = 0; i < names.size(); i++) {
            environment.put("SERVICES_" + names.get(i), address(8081 + i));
            environment.put("SCRAPE_" + names.get(i), address(9081 + i));
        }
        environment.put("SCRAPE_GATEWAY", address(9080));
        return new ServiceSpec(
                "gateway",
                jar("gateway"),
                List.of("auth-service", "activity-service", "runner-service", "backup-service"),
                List.of(https, redirect, management),
                management,
                96,
                environment);
    }

    private Map<String, String> database(String role) {
        return Map.of(
                "DATABASE_URL",
                new Postgres(home, settings.port(Settings.DATABASE_PORT)).jdbcUrl(),
                "DATABASE_USERNAME",
                role,
                "DATABASE_PASSWORDFILE",
                Postgres.passwordFile(home, role).toString());
    }

    private Map<String, String> backup() {
        return with(with(database("backup"), "BACKUP_FOLDER", home.backups().toString()), "DATA_FOLDER", course());
    }

    private static Map<String, String> with(Map<String, String> map, String key, String value) {
        Map<String, String> more = new HashMap<>(map);
        more.put(key, value);
        return more;
    }

    private String course() {
        return home.root().resolve("course").toString();
    }

    private String address(int port) {
        return "http://" + LOOPBACK + ":" + settings.port(port);
    }

    private Path jar(String name) {
        return home.root().resolve(name).resolve("target").resolve(name + ".jar");
    }
}

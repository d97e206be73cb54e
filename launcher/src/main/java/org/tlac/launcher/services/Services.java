package org.tlac.launcher.services;

import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.KeyValues;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;
import org.tlac.launcher.monitoring.Monitoring;
import org.tlac.launcher.postgres.Postgres;
import org.tlac.launcher.postgres.TlacDatabase;
import org.tlac.launcher.services.ServiceSpec.Memory;

/** The table of what runs on one machine, and what depends on what. */
public final class Services {

    private static final String LOOPBACK = "127.0.0.1";

    private final Home home;
    private final Settings settings;

    public Services(Home home, Settings settings) {
        this.home = home;
        this.settings = settings;
    }

    /** In the order of their needs. */
    public List<ServiceSpec> table() {
        List<String> database = List.of(Postgres.NAME);
        return List.of(
                behind("auth-service", 8081, database, new Memory(96, 96), database("auth")),
                behind(
                        "activity-service",
                        8082,
                        database,
                        new Memory(96, 96),
                        both(both(database("activity"), disk()), course())),
                behind("runner-service", 8083, List.of(), new Memory(64, 64), course()),
                behind("backup-service", 8084, database, new Memory(64, 96), both(database("backup"), backup())),
                gateway());
    }

    /** @throws UserError when a service is not built */
    public static void requireBuilt(List<ServiceSpec> table) {
        List<String> missing = table.stream()
                .filter(spec -> !Files.exists(spec.jar()))
                .map(ServiceSpec::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new UserError("Not built yet: " + String.join(", ", missing) + ". Run ./tlac up.");
        }
    }

    /** A service that only the gateway talks to. */
    private ServiceSpec behind(String name, int port, List<String> needs, Memory memory, Map<String, String> own) {
        int management = port + 1000;
        Map<String, String> common =
                Map.of("SERVER_HOST", LOOPBACK, "IDENTITY_JWKS", address(8081) + "/.well-known/jwks.json");
        return spec(name, List.of(port, management), needs, memory, both(common, own));
    }

    private ServiceSpec gateway() {
        Map<String, String> own = new HashMap<>(course());
        own.put("SERVER_HOST", settings.host());
        own.put("REDIRECT_PORT", port(8080));
        own.put("TLS_CERTIFICATE", home.tls().resolve(Certificates.SERVER).toString());
        own.put("TLS_KEY", home.tls().resolve(Certificates.SERVER_KEY).toString());
        List<String> names = List.of("AUTH", "ACTIVITY", "RUNNER", "BACKUP");
        for (int i = 0; i < names.size(); i++) {
            own.put("SERVICES_" + names.get(i), address(8081 + i));
            own.put("SCRAPE_" + names.get(i), address(9081 + i));
        }
        own.put("SCRAPE_GATEWAY", address(9080));
        own.put("REPLICAS_RUNNER", address(8083));
        // Where ./tlac monitor puts it, whenever that is: until then nobody answers there, which costs nothing.
        own.put("PROMETHEUS_URL", address(Monitoring.PROMETHEUS_PORT));
        return spec(
                "gateway",
                List.of(8443, 9080, 8080),
                List.of("auth-service", "activity-service", "runner-service", "backup-service"),
                new Memory(112, 96, true),
                own);
    }

    /** @param ports public, management, and what else it listens on, before the offset */
    private ServiceSpec spec(
            String name, List<Integer> ports, List<String> needs, Memory memory, Map<String, String> own) {
        Map<String, String> common = Map.of(
                "SERVER_PORT", port(ports.get(0)),
                "MANAGEMENT_HOST", LOOPBACK,
                "MANAGEMENT_PORT", port(ports.get(1)),
                "WATCHDOG_STDIN", "true",
                "IDENTITY_SERVICESECRETFILE", home.secret("gateway-service").toString());
        return new ServiceSpec(
                name,
                home.root().resolve(name).resolve("target").resolve(name + ".jar"),
                needs,
                ports.stream().map(settings::port).toList(),
                settings.port(ports.get(1)),
                memory,
                both(both(common, own), KeyValues.read(home.overrides(name))));
    }

    private Map<String, String> database(String role) {
        return Map.of(
                "DATABASE_URL",
                TlacDatabase.jdbcUrl(Postgres.address(settings.port(Settings.DATABASE_PORT)), TlacDatabase.NAME),
                "DATABASE_USERNAME",
                role,
                "DATABASE_PASSWORDFILE",
                home.secret(TlacDatabase.passwordName(role)).toString());
    }

    private Map<String, String> course() {
        return Map.of("COURSE_FOLDER", home.root().resolve("course").toString());
    }

    /** activity-service refuses saves before the database's disk is full. */
    private Map<String, String> disk() {
        return Map.of("DISK_DATA", home.postgresData().toString());
    }

    private Map<String, String> backup() {
        return Map.of(
                "BACKUP_FOLDER", home.backups().toString(),
                "DATA_FOLDER", home.root().resolve("course").toString());
    }

    private static Map<String, String> both(Map<String, String> first, Map<String, String> second) {
        Map<String, String> both = new HashMap<>(first);
        both.putAll(second);
        return both;
    }

    private String address(int port) {
        return "http://" + LOOPBACK + ":" + settings.port(port);
    }

    private String port(int standard) {
        return Integer.toString(settings.port(standard));
    }
}

package org.tlac.acceptance.edge;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tlac.platform.testing.FlakyProxy;

/** The ways between the parts of a TLAC, each through a wire that can fail: laid before it starts, by settings. */
public final class FaultyWays implements AutoCloseable {

    private static final int DATABASE = 15432;

    private final Map<String, FlakyProxy> wires = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

    /** @param offset added to every port of that TLAC */
    public FaultyWays(int offset) {
        Target target = new Target(Path.of(""), offset);
        Map<String, String> gateway = new LinkedHashMap<>();
        for (String service : Target.SERVICES) {
            FlakyProxy wire = FlakyProxy.to("127.0.0.1", target.service(1 + Target.SERVICES.indexOf(service)));
            wires.put(service, wire);
            String name = service.replace("-service", "").toUpperCase(Locale.ROOT);
            gateway.put("SERVICES_" + name, "http://127.0.0.1:" + wire.port());
        }
        settings.put(Target.GATEWAY, gateway);
        FlakyProxy database = FlakyProxy.to("127.0.0.1", DATABASE + offset);
        wires.put(Target.POSTGRES, database);
        for (String service : List.of("auth-service", "activity-service", "backup-service")) {
            settings.put(service, Map.of("DATABASE_URL", "jdbc:postgresql://127.0.0.1:" + database.port() + "/tlac"));
        }
    }

    /** By service: what sends its calls over the wires. */
    public Map<String, Map<String, String>> settings() {
        return Map.copyOf(settings);
    }

    /** Every fault of every part. */
    public List<Fault> faults(Target target) {
        List<Fault> all = new ArrayList<>();
        wires.forEach((part, wire) -> {
            int port = part.equals(Target.POSTGRES)
                    ? DATABASE + target.offset()
                    : target.service(1 + Target.SERVICES.indexOf(part));
            all.add(Fault.killed(target, part, wire, port));
            all.add(Fault.stopped(target, part));
            all.addAll(Fault.ofWire(part, wire));
        });
        return all;
    }

    @Override
    public void close() {
        wires.values().forEach(FlakyProxy::close);
    }
}

package org.tlac.acceptance.deployment;

import static org.tlac.acceptance.deployment.Manifests.container;
import static org.tlac.acceptance.deployment.Manifests.elements;
import static org.tlac.acceptance.deployment.Manifests.name;
import static org.tlac.acceptance.deployment.Manifests.podSpec;
import static org.tlac.acceptance.deployment.Manifests.ports;
import static org.tlac.acceptance.deployment.Manifests.title;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.tlac.platform.metrics.ServiceName;

/** What must hold for every pod. Each rule returns what is wrong, empty when nothing is. */
final class PodRules {

    private static final Map<String, Map<String, Integer>> PORTS = Map.of(
            "gateway", Map.of("https", 8443, "redirect", 8080, "management", 9080),
            "auth-service", Map.of("http", 8081, "management", 9081),
            "activity-service", Map.of("http", 8082, "management", 9082),
            "runner-service", Map.of("http", 8083, "management", 9083),
            "backup-service", Map.of("http", 8084, "management", 9084),
            "postgres", Map.of("postgresql", 5432));

    private static final Map<String, String> PROBES = Map.of(
            "startupProbe", "/health/started",
            "livenessProbe", "/health/live",
            "readinessProbe", "/health/ready");

    private PodRules() {}

    /** The pod security standard "restricted", and more: a read-only root, no token of the cluster. */
    static List<String> security(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        JsonNode namespace = manifests.get("Namespace", "tlac");
        require(problems, namespace, "/metadata/labels/pod-security.kubernetes.io~1enforce", "restricted");
        for (JsonNode workload : manifests.workloads()) {
            String pod = "/spec/template/spec";
            require(problems, workload, pod + "/automountServiceAccountToken", "false");
            require(problems, workload, pod + "/enableServiceLinks", "false");
            require(problems, workload, pod + "/securityContext/runAsNonRoot", "true");
            require(problems, workload, pod + "/securityContext/seccompProfile/type", "RuntimeDefault");
            String container = pod + "/containers/0/securityContext";
            require(problems, workload, container + "/allowPrivilegeEscalation", "false");
            require(problems, workload, container + "/readOnlyRootFilesystem", "true");
            require(problems, workload, container + "/capabilities/drop/0", "ALL");
            require(problems, workload, container + "/capabilities/add", "");
            require(problems, workload, container + "/privileged", "");
            require(problems, workload, pod + "/containers/1", "");
            require(problems, workload, pod + "/initContainers", "");
            List.of("hostNetwork", "hostPID", "hostIPC")
                    .forEach(host -> require(problems, workload, pod + "/" + host, ""));
            elements(podSpec(workload).path("volumes"))
                    .filter(PodRules::isUnbounded)
                    .forEach(volume -> problems.add(title(workload) + ": no bound on " + volume));
        }
        manifests
                .ofKind("ServiceAccount")
                .forEach(account -> require(problems, account, "/automountServiceAccountToken", "false"));
        return problems;
    }

    private static boolean isUnbounded(JsonNode volume) {
        JsonNode scratch = volume.path("emptyDir");
        return volume.has("hostPath") || (scratch.isObject() && !scratch.has("sizeLimit"));
    }

    /** Only the runner may make namespaces, under a profile that ships with it. */
    static List<String> seccomp(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            JsonNode profile = container(workload).at("/securityContext/seccompProfile");
            if (name(workload).equals("runner-service")) {
                String file = profile.path("localhostProfile").asText();
                if (!profile.path("type").asText().equals("Localhost")
                        || !file.startsWith("profiles/")
                        || !Files.exists(
                                Checkout.ROOT.resolve("k8s/seccomp").resolve(file.substring("profiles/".length())))) {
                    problems.add(title(workload) + ": its seccomp profile is " + profile
                            + ", which k8s/seccomp does not have");
                }
            } else if (!profile.isMissingNode()) {
                problems.add(title(workload) + ": a seccomp profile of its own");
            }
        }
        return problems;
    }

    static List<String> portNumbers(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            if (!ports(workload).equals(PORTS.get(name(workload)))) {
                problems.add(title(workload) + ": its ports are " + ports(workload));
            }
        }
        for (ServiceName owner : ServiceName.values()) {
            JsonNode defaults = Checkout.applicationYaml(owner.id());
            Set<Integer> listeners = new TreeSet<>();
            List.of("/server/port", "/management/port", "/redirect/port").forEach(port -> {
                if (!defaults.at(port).isMissingNode()) {
                    listeners.add(defaults.at(port).asInt());
                }
            });
            if (!listeners.equals(
                    new TreeSet<>(ports(manifests.get("Deployment", owner.id())).values()))) {
                problems.add(owner.id() + " listens on " + listeners);
            }
        }
        return problems;
    }

    static List<String> probes(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            JsonNode deployment = manifests.get("Deployment", owner.id());
            PROBES.forEach((probe, path) -> {
                String at = "/spec/template/spec/containers/0/" + probe + "/httpGet";
                require(problems, deployment, at + "/path", path);
                require(problems, deployment, at + "/port", "management");
            });
        }
        return problems;
    }

    static List<String> resources(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            JsonNode resources = container(workload).path("resources");
            for (String wanted :
                    List.of("/requests/cpu", "/requests/memory", "/limits/memory", "/limits/ephemeral-storage")) {
                if (resources.at(wanted).isMissingNode()) {
                    problems.add(title(workload) + ": no resources" + wanted);
                }
            }
        }
        return problems;
    }

    /** Draining and finishing must fit into the time that Kubernetes grants before it kills. */
    static List<String> graceful(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            JsonNode deployment = manifests.get("Deployment", owner.id());
            Map<String, String> environment = manifests.environment(deployment);
            Duration drain = Duration.parse(environment.getOrDefault("SERVER_DRAIN", "PT0S"));
            Duration grace = Duration.parse(environment.getOrDefault("SERVER_GRACE", "PT10S"));
            int granted =
                    podSpec(deployment).path("terminationGracePeriodSeconds").asInt();
            if (drain.isZero() || drain.plus(grace).toSeconds() >= granted) {
                problems.add(owner.id() + ": drains " + drain + " and finishes " + grace + " of " + granted + " s");
            }
        }
        return problems;
    }

    /** Every variable is a key that the service knows; a misspelled one would silently change nothing. */
    static List<String> environmentKeys(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            Set<String> known = keys(owner.id());
            for (String variable : manifests
                    .environment(manifests.get("Deployment", owner.id()))
                    .keySet()) {
                if (!known.contains(variable)) {
                    problems.add(owner.id() + ": nothing reads " + variable);
                }
            }
        }
        return problems;
    }

    /** The keys of application.yaml and those that the server has defaults for, as environment variables. */
    private static Set<String> keys(String service) {
        Set<String> keys = new TreeSet<>();
        collect(Checkout.applicationYaml(service), "", keys);
        String serverConfig = Checkout.text(
                Checkout.ROOT.resolve("platform/http/src/main/java/org/tlac/platform/http/ServerConfig.java"));
        Pattern.compile("config\\.get\\(\"([a-z.]+)\"\\)")
                .matcher(serverConfig)
                .results()
                .forEach(key -> keys.add(variable(key.group(1))));
        return keys;
    }

    private static void collect(JsonNode node, String path, Set<String> keys) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            field.getValue(), path.isEmpty() ? field.getKey() : path + "." + field.getKey(), keys));
        } else {
            keys.add(variable(path));
        }
    }

    private static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Every replica's connections, those of an update's extra pods included, and five for an operator. */
    static List<String> databaseConnections(Manifests manifests) {
        Function<JsonNode, Integer> pool = deployment ->
                Integer.parseInt(manifests.environment(deployment).getOrDefault("DATABASE_POOLSIZE", "0"));
        int wanted = 5;
        for (JsonNode deployment : manifests.ofKind("Deployment")) {
            int surge = deployment.at("/spec/strategy/rollingUpdate/maxSurge").asInt(0);
            wanted += (deployment.at("/spec/replicas").asInt() + surge) * pool.apply(deployment);
        }
        String arguments =
                container(manifests.get("StatefulSet", "postgres")).path("args").toString();
        var most = Pattern.compile("max_connections=(\\d+)").matcher(arguments);
        if (!most.find() || wanted > Integer.parseInt(most.group(1))) {
            return List.of("Pools may open " + wanted + " connections: " + arguments);
        }
        return List.of();
    }

    /** @param value as text; empty for "must not be there" */
    private static void require(List<String> problems, JsonNode object, String pointer, String value) {
        JsonNode actual = object.at(pointer);
        if (!(value.isEmpty() ? actual.isMissingNode() : actual.asText().equals(value))) {
            problems.add(title(object) + ": " + pointer + " is " + actual + ", not " + value);
        }
    }
}

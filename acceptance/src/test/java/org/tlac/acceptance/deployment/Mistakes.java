package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** Ways in which manifests go wrong, each with the name of the rule in KubernetesTest that must notice it. */
final class Mistakes {

    private static final String POD = "/spec/template/spec";
    private static final String CONTAINER = POD + "/containers/0";

    private Mistakes() {}

    static Stream<Arguments> all() {
        return Stream.of(pods(), configuration(), wiring(), monitoring(), network())
                .flatMap(mistakes -> mistakes);
    }

    private static Stream<Arguments> pods() {
        return Stream.of(
                set(
                        "security",
                        "Namespace",
                        "tlac",
                        "/metadata/labels/pod-security.kubernetes.io~1enforce",
                        "baseline"),
                set("security", "Deployment", "gateway", CONTAINER + "/securityContext/readOnlyRootFilesystem", false),
                set("security", "Deployment", "gateway", CONTAINER + "/securityContext/privileged", true),
                set(
                        "security",
                        "Deployment",
                        "gateway",
                        CONTAINER + "/securityContext/capabilities/add",
                        List.of("NET_RAW")),
                set("security", "StatefulSet", "postgres", POD + "/securityContext/runAsNonRoot", false),
                set("security", "Deployment", "backup-service", POD + "/hostNetwork", true),
                set(
                        "security",
                        "Deployment",
                        "gateway",
                        POD + "/volumes/0",
                        Map.of("name", "tmp", "emptyDir", Map.of())),
                set(
                        "security",
                        "Deployment",
                        "gateway",
                        POD + "/volumes/0",
                        Map.of("name", "tmp", "hostPath", Map.of("path", "/"))),
                set("security", "ServiceAccount", "gateway", "/automountServiceAccountToken", true),
                remove("security", "Deployment", "auth-service", POD + "/automountServiceAccountToken"),
                remove("security", "Deployment", "auth-service", POD + "/enableServiceLinks"),
                remove("security", "Deployment", "auth-service", POD + "/securityContext/seccompProfile"),
                remove("seccomp", "Deployment", "runner-service", CONTAINER + "/securityContext/seccompProfile"),
                set(
                        "seccomp",
                        "Deployment",
                        "runner-service",
                        CONTAINER + "/securityContext/seccompProfile/localhostProfile",
                        "profiles/x"),
                set(
                        "seccomp",
                        "Deployment",
                        "gateway",
                        CONTAINER + "/securityContext/seccompProfile",
                        Map.of("type", "Unconfined")),
                set("port numbers", "Deployment", "auth-service", CONTAINER + "/ports/0/containerPort", 8080),
                set("probes", "Deployment", "auth-service", CONTAINER + "/livenessProbe/httpGet/path", "/health/ready"),
                set("probes", "Deployment", "auth-service", CONTAINER + "/readinessProbe/httpGet/port", "http"),
                remove("probes", "Deployment", "runner-service", CONTAINER + "/startupProbe"),
                remove("resources", "Deployment", "runner-service", CONTAINER + "/resources/limits/memory"),
                set("graceful", "Deployment", "gateway", POD + "/terminationGracePeriodSeconds", 15));
    }

    private static Stream<Arguments> configuration() {
        return Stream.of(
                environment("environment keys", "auth-service", "DATABASE_POOL_SIZE", "10"),
                environment(
                        "environment keys", "runner-service", "DATABASE_URL", "jdbc:postgresql://postgres:5432/tlac"),
                environment("graceful", "gateway", "SERVER_GRACE", "PT60S"),
                environment("environment values", "gateway", "SERVICES_AUTH", "http://auth:8081"),
                environment("environment values", "gateway", "SERVICES_AUTH", "http://auth-service:8082"),
                environment("environment values", "gateway", "SCRAPE_AUTH", "http://auth-service:8081"),
                environment(
                        "environment values",
                        "auth-service",
                        "DATABASE_PASSWORDFILE",
                        "/run/secrets/tlac/database-activity"),
                environment("secrets as files", "auth-service", "DATABASE_PASSWORD", "hunter2"),
                set(
                        "secrets as files",
                        "Deployment",
                        "gateway",
                        CONTAINER + "/envFrom",
                        List.of(Map.of("secretRef", Map.of("name", "x")))),
                set("database connections", "Deployment", "activity-service", "/spec/replicas", 7),
                remove("database connections", "StatefulSet", "postgres", CONTAINER + "/args"),
                set("images", "Deployment", "gateway", CONTAINER + "/image", "tlac/gateway:latest"),
                set("images", "StatefulSet", "postgres", CONTAINER + "/image", "postgres"));
    }

    private static Stream<Arguments> wiring() {
        return Stream.of(
                set("selectors", "Service", "gateway", "/spec/selector/app.kubernetes.io~1name", "gate"),
                set("selectors", "Service", "gateway", "/spec/selector", Map.of("app.kubernetes.io/part-of", "tlac")),
                set(
                        "selectors",
                        "PodDisruptionBudget",
                        "gateway",
                        "/spec/selector/matchLabels/app.kubernetes.io~1name",
                        "gate"),
                set("selectors", "Deployment", "gateway", "/spec/template/metadata/labels", Map.of()),
                set("service ports", "Service", "gateway", "/spec/ports/0/targetPort", "http"),
                set("service ports", "Service", "auth-service", "/spec/ports/0/port", 80),
                set("references", "Deployment", "gateway", POD + "/serviceAccountName", "default"),
                set(
                        "references",
                        "Deployment",
                        "gateway",
                        POD + "/volumes/1/projected/sources/0/secret/name",
                        "gateway-tls"),
                set(
                        "references",
                        "Deployment",
                        "gateway",
                        POD + "/volumes/1/projected/sources/0/secret/items/0/key",
                        "tls.pem"),
                set("references", "Deployment", "gateway", CONTAINER + "/volumeMounts/0/name", "temp"),
                set("references", "StatefulSet", "postgres", POD + "/volumes/0/configMap/name", "postgres-provision"));
    }

    private static Stream<Arguments> monitoring() {
        return Stream.of(
                set("service monitors", "ServiceMonitor", "gateway", "/metadata/name", "gate"),
                remove(
                        "service monitors",
                        "ServiceMonitor",
                        "gateway",
                        "/spec/selector/matchLabels/tlac.org~1listener"),
                remove("service monitors", "ServiceMonitor", "gateway", "/spec/endpoints/0/relabelings"),
                set("service monitors", "ServiceMonitor", "gateway", "/spec/endpoints/0/port", "http"),
                remove("service monitors", "ServiceMonitor", "gateway", "/spec/jobLabel"),
                remove("service monitors", "Service", "gateway-management", "/spec/clusterIP"),
                set("prometheus access", "RoleBinding", "prometheus-k8s", "/subjects/0/namespace", "tlac"),
                remove("prometheus access", "Role", "prometheus-k8s", "/rules/1"));
    }

    private static Stream<Arguments> network() {
        return Stream.of(
                remove("network", "NetworkPolicy", "default-deny", "/spec/policyTypes/0"),
                remove("network", "NetworkPolicy", "default-deny", "/spec/policyTypes/1"),
                set("network", "NetworkPolicy", "default-deny", "/spec/ingress", List.of(Map.of())),
                remove("network", "NetworkPolicy", "auth-service", "/spec/ingress/1"),
                remove("network", "NetworkPolicy", "auth-service", "/spec/ingress/0/from"),
                remove("network", "NetworkPolicy", "gateway", "/spec/ingress/0"),
                remove("network", "NetworkPolicy", "to-database", "/spec/egress/0"),
                remove("network", "NetworkPolicy", "postgres", "/spec/ingress/0/from"),
                remove("network", "NetworkPolicy", "from-prometheus", "/spec/ingress/0/from/0/podSelector"),
                set("network", "NetworkPolicy", "from-prometheus", "/spec/ingress/0/ports/0/port", "metrics"),
                remove("network", "NetworkPolicy", "dns", "/spec/egress/0/to"));
    }

    private static Arguments set(String rule, String kind, String name, String pointer, Object value) {
        return mistake(
                rule,
                kind + " " + name + " " + pointer + " = " + value,
                manifests -> manifests.set(kind, name, pointer, value));
    }

    private static Arguments remove(String rule, String kind, String name, String pointer) {
        return mistake(
                rule, kind + " " + name + " without " + pointer, manifests -> manifests.remove(kind, name, pointer));
    }

    /** A variable set or, when it is there, given another value. */
    private static Arguments environment(String rule, String deployment, String variable, String value) {
        return mistake(rule, deployment + " " + variable + "=" + value, manifests -> {
            ObjectNode container = (ObjectNode) Manifests.container(manifests.get("Deployment", deployment));
            ArrayNode variables = container.withArray("env");
            for (int i = variables.size() - 1; i >= 0; i--) {
                if (variables.path(i).path("name").asText().equals(variable)) {
                    variables.remove(i);
                }
            }
            variables.addObject().put("name", variable).put("value", value);
        });
    }

    private static Arguments mistake(String rule, String description, Consumer<Manifests> make) {
        return Arguments.of(rule, description, make);
    }
}

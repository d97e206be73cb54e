package org.tlac.acceptance.deployment;

import static org.tlac.acceptance.deployment.Manifests.container;
import static org.tlac.acceptance.deployment.Manifests.elements;
import static org.tlac.acceptance.deployment.Manifests.matches;
import static org.tlac.acceptance.deployment.Manifests.name;
import static org.tlac.acceptance.deployment.Manifests.podLabels;
import static org.tlac.acceptance.deployment.Manifests.podSpec;
import static org.tlac.acceptance.deployment.Manifests.ports;
import static org.tlac.acceptance.deployment.Manifests.title;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tlac.platform.metrics.ServiceName;

/** What must hold between objects. Each rule returns what is wrong, empty when nothing is. */
final class WiringRules {

    private WiringRules() {}

    /** A selector that selects nothing, or too much, is no error to Kubernetes. */
    static List<String> selectors(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            if (!matches(workload.at("/spec/selector/matchLabels"), podLabels(workload))) {
                problems.add(title(workload) + " does not select its own pods");
            }
        }
        for (JsonNode service : manifests.ofKind("Service")) {
            List<?> selected = manifests.selectedBy(service.at("/spec/selector"));
            if (selected.size() != 1) {
                problems.add(title(service) + " selects the pods of " + selected.size() + " workloads");
            }
        }
        for (JsonNode budget : manifests.ofKind("PodDisruptionBudget")) {
            if (manifests.selectedBy(budget.at("/spec/selector/matchLabels")).size() != 1) {
                problems.add(title(budget) + " selects no workload");
            }
        }
        return problems;
    }

    /** A Service's port has the number of the container's port that it names. */
    static List<String> servicePorts(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode service : manifests.ofKind("Service")) {
            for (JsonNode workload : manifests.selectedBy(service.at("/spec/selector"))) {
                for (JsonNode port : service.at("/spec/ports")) {
                    Integer target = ports(workload).get(port.path("targetPort").asText());
                    if (target == null || target != port.path("port").asInt()) {
                        problems.add(title(service) + ": port " + port + " has no such target");
                    }
                }
            }
        }
        return problems;
    }

    /** Prometheus reaches every service once, calls it by its name, and leaves the label `endpoint` to our own series. */
    static List<String> serviceMonitors(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            Optional<JsonNode> found =
                    manifests.find("ServiceMonitor", owner.id()).map(JsonNode.class::cast);
            if (found.isEmpty()) {
                problems.add("No ServiceMonitor for " + owner.id());
                continue;
            }
            JsonNode monitor = found.get();
            List<? extends JsonNode> services = manifests.ofKind("Service").stream()
                    .filter(service ->
                            matches(monitor.at("/spec/selector/matchLabels"), service.at("/metadata/labels")))
                    .toList();
            if (services.size() != 1) {
                problems.add(title(monitor) + " selects " + services.size() + " Services");
                continue;
            }
            JsonNode service = services.getFirst();
            String job = service.at("/metadata/labels")
                    .path(monitor.at("/spec/jobLabel").asText())
                    .asText();
            if (!job.equals(owner.id())) {
                problems.add(title(monitor) + ": job would be '" + job + "'");
            }
            if (!service.at("/spec/clusterIP").asText().equals("None")) {
                problems.add(title(service) + " hides its replicas");
            }
            problems.addAll(scrape(monitor, service));
        }
        return problems;
    }

    private static List<String> scrape(JsonNode monitor, JsonNode service) {
        List<String> problems = new ArrayList<>();
        JsonNode endpoint = monitor.at("/spec/endpoints/0");
        if (elements(service.at("/spec/ports"))
                .noneMatch(port -> port.path("name").equals(endpoint.path("port")))) {
            problems.add(title(monitor) + ": " + title(service) + " has no port " + endpoint.path("port"));
        }
        if (!endpoint.path("path").asText().equals("/metrics")) {
            problems.add(title(monitor) + " scrapes " + endpoint.path("path"));
        }
        if (elements(endpoint.path("relabelings"))
                .noneMatch(step -> step.path("action").asText().equals("labeldrop")
                        && step.path("regex").asText().equals("endpoint"))) {
            problems.add(title(monitor) + " does not drop the target's label endpoint");
        }
        return problems;
    }

    /** kube-prometheus may look for targets in this namespace. */
    static List<String> prometheusAccess(Manifests manifests) {
        JsonNode binding = manifests.get("RoleBinding", "prometheus-k8s");
        JsonNode role = manifests.get("Role", binding.at("/roleRef/name").asText());
        List<String> problems = new ArrayList<>();
        JsonNode subject = binding.at("/subjects/0");
        if (!subject.path("namespace").asText().equals("monitoring")
                || !subject.path("name").asText().equals("prometheus-k8s")) {
            problems.add(title(binding) + " is for " + subject);
        }
        Set<String> readable = elements(role.path("rules"))
                .filter(rule -> rule.path("verbs").toString().equals("[\"get\",\"list\",\"watch\"]"))
                .flatMap(rule -> elements(rule.path("resources")))
                .map(JsonNode::asText)
                .collect(Collectors.toSet());
        if (!readable.equals(Set.of("services", "endpoints", "pods", "endpointslices"))) {
            problems.add(title(role) + " reads " + readable);
        }
        return problems;
    }

    /** What pods refer to by name is there: secrets, config maps, claims, accounts. */
    static List<String> references(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            JsonNode pod = podSpec(workload);
            need(problems, manifests, workload, "ServiceAccount", pod.path("serviceAccountName"));
            for (JsonNode volume : pod.path("volumes")) {
                need(
                        problems,
                        manifests,
                        workload,
                        "PersistentVolumeClaim",
                        volume.at("/persistentVolumeClaim/claimName"));
                need(problems, manifests, workload, "ConfigMap", volume.at("/configMap/name"));
                for (JsonNode source : volume.at("/projected/sources")) {
                    need(problems, manifests, workload, "Secret", source.at("/secret/name"));
                    Set<String> keys = manifests
                            .find("Secret", source.at("/secret/name").asText())
                            .map(secret -> secret.path("data")
                                    .propertyStream()
                                    .map(Map.Entry::getKey)
                                    .collect(Collectors.toSet()))
                            .orElse(Set.of());
                    elements(source.at("/secret/items"))
                            .filter(item -> !keys.contains(item.path("key").asText()))
                            .forEach(item -> problems.add(title(workload) + ": no secret key " + item));
                }
            }
            container(workload)
                    .path("env")
                    .findValues("configMapKeyRef")
                    .forEach(reference -> need(problems, manifests, workload, "ConfigMap", reference.path("name")));
            Set<String> mounted =
                    elements(pod.path("volumes")).map(Manifests::volumeName).collect(Collectors.toSet());
            mounted.addAll(elements(workload.at("/spec/volumeClaimTemplates"))
                    .map(Manifests::name)
                    .toList());
            elements(container(workload).path("volumeMounts"))
                    .filter(mount -> !mounted.contains(mount.path("name").asText()))
                    .forEach(mount -> problems.add(title(workload) + ": no volume " + mount));
        }
        return problems;
    }

    private static void need(List<String> problems, Manifests manifests, JsonNode from, String kind, JsonNode name) {
        if (!name.isMissingNode() && manifests.find(kind, name.asText()).isEmpty()) {
            problems.add(title(from) + " refers to " + kind + " " + name + ", which is not there");
        }
    }

    /** Files that the environment names are mounted; addresses that it names are Services with that port. */
    static List<String> environmentValues(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            JsonNode deployment = manifests.get("Deployment", owner.id());
            Set<String> secrets = elements(podSpec(deployment).path("volumes"))
                    .flatMap(volume -> elements(volume.at("/projected/sources")))
                    .flatMap(source -> elements(source.at("/secret/items")))
                    .map(item -> "/run/secrets/tlac/" + item.path("path").asText())
                    .collect(Collectors.toSet());
            manifests.environment(deployment).forEach((variable, value) -> {
                String plain = value.startsWith("jdbc:") ? value.substring("jdbc:".length()) : value;
                if (value.startsWith("/run/secrets/") && !secrets.contains(value)) {
                    problems.add(owner.id() + ": " + variable + " names " + value + ", which is not mounted");
                } else if (plain.contains("://") && !reachable(manifests, variable, URI.create(plain))) {
                    problems.add(owner.id() + ": " + variable + " names " + value + ", which no Service is");
                }
            });
        }
        return problems;
    }

    private static boolean reachable(Manifests manifests, String variable, URI address) {
        return manifests
                .find("Service", address.getHost())
                .filter(service -> elements(service.at("/spec/ports"))
                        .anyMatch(port -> port.path("port").asInt() == address.getPort()))
                .filter(service -> !variable.startsWith("SCRAPE_")
                        || service.at("/spec/clusterIP").asText().equals("None"))
                .isPresent();
    }

    /** Secrets reach pods as files, never in variables. */
    static List<String> secretsAsFiles(Manifests manifests) {
        List<String> problems = new ArrayList<>();
        for (JsonNode workload : manifests.workloads()) {
            JsonNode container = container(workload);
            if (container.has("envFrom")
                    || !container.path("env").findValues("secretKeyRef").isEmpty()) {
                problems.add(title(workload) + " gets a secret in its environment");
            }
            manifests.environment(workload).forEach((variable, value) -> {
                if (variable.matches(".*(PASSWORD|SECRET|TOKEN)(_?FILE)?") && !value.startsWith("/run/secrets/")) {
                    problems.add(title(workload) + ": " + variable + " is not the name of a file");
                }
            });
        }
        return problems;
    }

    /** Every image carries the version that the build gives. */
    static List<String> images(Manifests manifests, String version) {
        List<String> problems = new ArrayList<>();
        for (ServiceName owner : ServiceName.values()) {
            String image = container(manifests.get("Deployment", owner.id()))
                    .path("image")
                    .asText();
            if (!image.equals("tlac/" + owner.id() + ":" + version)) {
                problems.add(owner.id() + " runs " + image);
            }
        }
        manifests.workloads().stream()
                .filter(workload -> !container(workload).path("image").asText().matches(".+:[0-9][\\w.-]*"))
                .forEach(workload -> problems.add(name(workload) + " has an image without a fixed version"));
        return problems;
    }
}

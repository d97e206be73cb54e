package org.tlac.acceptance.deployment;

import static org.tlac.acceptance.deployment.Manifests.elements;
import static org.tlac.acceptance.deployment.Manifests.matches;
import static org.tlac.acceptance.deployment.Manifests.podLabels;
import static org.tlac.acceptance.deployment.Manifests.ports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who reaches whom under the NetworkPolicies, worked out as Kubernetes does: a pod that a policy selects may do what any policy that
 * selects it allows, and a connection needs both its ends' consent. Knows the parts of a policy that ours use, and refuses others.
 */
final class NetworkFlows {

    /** A pod, or what stands for one outside the namespace. */
    private record Peer(String name, String namespace, JsonNode labels, Map<String, Integer> ports) {}

    private final List<ObjectNode> policies;
    private final List<Peer> peers = new ArrayList<>();

    private NetworkFlows(Manifests manifests) {
        policies = manifests.ofKind("NetworkPolicy");
        manifests
                .workloads()
                .forEach(workload ->
                        peers.add(new Peer(Manifests.name(workload), "tlac", podLabels(workload), ports(workload))));
        peers.add(new Peer("stranger", "tlac", labels("app", "stranger"), Map.of("any", 80)));
        peers.add(new Peer(
                "prometheus", "monitoring", labels("app.kubernetes.io/name", "prometheus"), Map.of("any", 9090)));
        peers.add(new Peer("grafana", "monitoring", labels("app.kubernetes.io/name", "grafana"), Map.of("any", 3000)));
        peers.add(new Peer("dns", "kube-system", labels("k8s-app", "kube-dns"), Map.of("dns", 53)));
        peers.add(new Peer("outside", "elsewhere", labels("app", "outside"), Map.of("https", 443, "dns", 53)));
    }

    private static JsonNode labels(String name, String value) {
        return Checkout.YAML.createObjectNode().put(name, value);
    }

    /** Every connection that is possible to or from this namespace, as {@code from → to:port}. */
    static Set<String> possible(Manifests manifests) {
        NetworkFlows flows = new NetworkFlows(manifests);
        Set<String> possible = new TreeSet<>();
        for (Peer from : flows.peers) {
            for (Peer to : flows.peers) {
                boolean ours = from.namespace().equals("tlac") || to.namespace().equals("tlac");
                to.ports().values().stream()
                        .filter(port -> ours
                                && flows.allows("Egress", from, to, port)
                                && flows.allows("Ingress", to, from, port))
                        .forEach(port -> possible.add(from.name() + " → " + to.name() + ":" + port));
            }
        }
        return possible;
    }

    private boolean allows(String direction, Peer subject, Peer other, int port) {
        List<ObjectNode> selecting = policies.stream()
                .filter(policy -> subject.namespace().equals("tlac"))
                .filter(policy -> elements(policy.at("/spec/policyTypes"))
                        .anyMatch(type -> type.asText().equals(direction)))
                .filter(policy -> selects(policy.at("/spec/podSelector"), subject.labels()))
                .toList();
        boolean outgoing = direction.equals("Egress");
        Peer called = outgoing ? other : subject;
        return selecting.isEmpty()
                || selecting.stream()
                        .flatMap(policy -> elements(policy.at(outgoing ? "/spec/egress" : "/spec/ingress")))
                        .anyMatch(rule -> names(rule.path(outgoing ? "to" : "from"), other)
                                && opens(rule.path("ports"), called, port));
    }

    private static boolean names(JsonNode selectors, Peer peer) {
        return selectors.isMissingNode() || elements(selectors).anyMatch(selector -> names(peer, selector));
    }

    private static boolean names(Peer peer, JsonNode selector) {
        if (selector.has("ipBlock")) {
            throw new AssertionError("Address blocks are not understood here: " + selector);
        }
        JsonNode namespaces = selector.path("namespaceSelector");
        boolean here = namespaces.isMissingNode()
                ? peer.namespace().equals("tlac")
                : selects(namespaces, labels("kubernetes.io/metadata.name", peer.namespace()));
        return here && selects(selector.path("podSelector"), peer.labels());
    }

    private static boolean opens(JsonNode rules, Peer called, int port) {
        return rules.isMissingNode()
                || elements(rules).anyMatch(rule -> {
                    JsonNode number = rule.path("port");
                    return number.isInt()
                            ? number.asInt() == port
                            : Optional.ofNullable(called.ports().get(number.asText()))
                                    .equals(Optional.of(port));
                });
    }

    private static boolean selects(JsonNode selector, JsonNode labels) {
        return matches(selector.path("matchLabels"), labels)
                && elements(selector.path("matchExpressions")).allMatch(expression -> {
                    if (!expression.path("operator").asText().equals("In")) {
                        throw new AssertionError("Not understood here: " + expression);
                    }
                    return elements(expression.path("values"))
                            .anyMatch(value -> value.equals(
                                    labels.path(expression.path("key").asText())));
                });
    }
}

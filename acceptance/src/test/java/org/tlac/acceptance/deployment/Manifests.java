package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The Kubernetes objects that an overlay renders to. */
record Manifests(List<ObjectNode> objects) {

    static Manifests parse(String yaml) {
        return new Manifests(Checkout.documents(yaml));
    }

    /** One that can be changed without changing this one. */
    Manifests copy() {
        return new Manifests(objects.stream().map(ObjectNode::deepCopy).toList());
    }

    List<ObjectNode> ofKind(String... kinds) {
        return objects.stream()
                .filter(object -> List.of(kinds).contains(kind(object)))
                .toList();
    }

    List<ObjectNode> workloads() {
        return ofKind("Deployment", "StatefulSet");
    }

    Optional<ObjectNode> find(String kind, String name) {
        return ofKind(kind).stream().filter(object -> name(object).equals(name)).findFirst();
    }

    ObjectNode get(String kind, String name) {
        return find(kind, name).orElseThrow(() -> new AssertionError("There is no " + kind + " " + name));
    }

    /** The workloads whose pods carry all these labels. */
    List<ObjectNode> selectedBy(JsonNode labels) {
        return workloads().stream()
                .filter(workload -> !labels.isEmpty() && matches(labels, podLabels(workload)))
                .toList();
    }

    /** Sets what {@code pointer} points to, in an object or a list. */
    void set(String kind, String name, String pointer, Object value) {
        change(kind, name, pointer, Checkout.YAML.valueToTree(value));
    }

    void remove(String kind, String name, String pointer) {
        change(kind, name, pointer, null);
    }

    private void change(String kind, String name, String pointer, JsonNode value) {
        JsonPointer path = JsonPointer.compile(pointer);
        JsonNode parent = get(kind, name).at(path.head());
        String last = path.last().getMatchingProperty();
        switch (parent) {
            case ObjectNode object when value == null -> object.remove(last);
            case ObjectNode object -> object.set(last, value);
            case ArrayNode array when value == null -> array.remove(Integer.parseInt(last));
            case ArrayNode array -> array.set(Integer.parseInt(last), value);
            default -> throw new AssertionError(kind + " " + name + " has nothing at " + path.head());
        }
    }

    static String kind(JsonNode object) {
        return object.path("kind").asText();
    }

    static String name(JsonNode object) {
        return object.at("/metadata/name").asText();
    }

    static String volumeName(JsonNode volume) {
        return volume.path("name").asText();
    }

    static String title(JsonNode object) {
        return kind(object) + " " + name(object);
    }

    static JsonNode podSpec(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode podLabels(JsonNode workload) {
        return workload.at("/spec/template/metadata/labels");
    }

    static JsonNode container(JsonNode workload) {
        return podSpec(workload).at("/containers/0");
    }

    /** The ports of a workload's container by name. */
    static Map<String, Integer> ports(JsonNode workload) {
        Map<String, Integer> ports = new HashMap<>();
        container(workload)
                .path("ports")
                .forEach(port -> ports.put(
                        port.path("name").asText(), port.path("containerPort").asInt()));
        return ports;
    }

    /** Environment of a workload's container; a value from elsewhere is looked up in the ConfigMaps. */
    Map<String, String> environment(JsonNode workload) {
        Map<String, String> environment = new HashMap<>();
        for (JsonNode variable : container(workload).path("env")) {
            JsonNode reference = variable.at("/valueFrom/configMapKeyRef");
            String value = reference.isMissingNode()
                    ? variable.path("value").asText()
                    : find("ConfigMap", reference.path("name").asText())
                            .map(map -> map.at("/data")
                                    .path(reference.path("key").asText())
                                    .asText())
                            .orElse("");
            environment.put(variable.path("name").asText(), value);
        }
        return environment;
    }

    /** Whether {@code labels} has all of {@code wanted}. */
    static boolean matches(JsonNode wanted, JsonNode labels) {
        return wanted.properties().stream()
                .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
    }

    static Stream<JsonNode> elements(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}

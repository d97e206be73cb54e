package org.tlac.acceptance.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.tlac.launcher.School;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The two compose files, read as one project with no .env: merge keys are resolved and variables have their defaults. */
final class Compose {

    static final Path ROOT = School.ROOT;
    static final List<String> FILES = List.of("compose.yml", "compose.monitoring.yml");

    /** {@code ${NAME}} or {@code ${NAME:-default}}. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-([^}]*))?}");

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, JsonNode> files = new TreeMap<>();

    Compose() {
        FILES.forEach(file -> files.put(file, yaml(withDefaults(text(ROOT.resolve(file))))));
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Jackson's own reader of YAML leaves merge keys as they are. */
    static JsonNode yaml(String text) {
        return MAPPER.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    }

    /** Variables of a file and their defaults; one without a default has an empty one, as in compose. */
    static Map<String, Set<String>> variables(String text) {
        Map<String, Set<String>> variables = new TreeMap<>();
        Matcher matcher = VARIABLE.matcher(text);
        while (matcher.find()) {
            variables
                    .computeIfAbsent(matcher.group(1), name -> new TreeSet<>())
                    .add(matcher.group(2) == null ? "" : matcher.group(2));
        }
        return variables;
    }

    private static String withDefaults(String text) {
        return VARIABLE.matcher(text)
                .replaceAll(found -> found.group(2) == null ? "" : Matcher.quoteReplacement(found.group(2)));
    }

    JsonNode file(String name) {
        return files.get(name);
    }

    /** All services of both files, by name. */
    Map<String, JsonNode> services() {
        Map<String, JsonNode> services = new TreeMap<>();
        files.values()
                .forEach(file -> file.path("services").properties().forEach(service -> {
                    if (services.put(service.getKey(), service.getValue()) != null) {
                        throw new IllegalStateException(service.getKey() + " is in both files");
                    }
                }));
        return services;
    }

    JsonNode service(String name) {
        return services().getOrDefault(name, MissingNode.getInstance());
    }

    /** Networks of a service; none for one with {@code network_mode: none}. */
    Set<String> networks(String service) {
        Set<String> networks = new TreeSet<>();
        service(service).path("networks").forEach(network -> networks.add(network.asText()));
        return networks;
    }

    /** Services that run to their end and are over. */
    static boolean isOneShot(JsonNode service) {
        return service.path("restart").asText().equals("no");
    }

    /** The defaults of one of our services; missing for other software. */
    static JsonNode defaults(String service) {
        Path file = ROOT.resolve(service).resolve("src/main/resources/application.yaml");
        return Files.exists(file) ? yaml(text(file)) : MissingNode.getInstance();
    }

    /** Stages of the Dockerfile that images are made of, by name: their lines. */
    static Map<String, String> stages() {
        Map<String, String> stages = new TreeMap<>();
        Matcher stage = Pattern.compile("(?ms)^FROM \\S+ AS (\\S+)$(.*?)(?=^FROM |\\z)")
                .matcher(text(ROOT.resolve("k8s/images/Dockerfile")));
        while (stage.find()) {
            stages.put(stage.group(1), stage.group(2));
        }
        return stages;
    }

    static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    static List<String> texts(JsonNode list) {
        return elements(list).map(JsonNode::asText).toList();
    }
}

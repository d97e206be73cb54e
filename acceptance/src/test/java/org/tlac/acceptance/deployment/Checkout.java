package org.tlac.acceptance.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tlac.launcher.School;

/** The files of this checkout that are no Java, as the tests of this package read them. */
final class Checkout {

    static final ObjectMapper YAML = new ObjectMapper(
            YAMLFactory.builder().disable(YAMLGenerator.Feature.SPLIT_LINES).build());
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path ROOT = School.ROOT;

    private Checkout() {}

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** JSON is read as YAML too. */
    static JsonNode yaml(Path file) {
        try {
            return YAML.readTree(text(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Not YAML: " + file, e);
        }
    }

    /** The objects of a file with several documents. */
    static List<ObjectNode> documents(String text) {
        try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(text)) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The regular files below a folder, in order of their names. */
    static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies a file or folder of the checkout to the same place below {@code target}, without the secrets that somebody may have made. */
    static void copy(String path, Path target) {
        Path from = ROOT.resolve(path);
        for (Path file : files(from)) {
            if (file.getParent().endsWith("overlays/school/secrets")) {
                continue;
            }
            Path to = target.resolve(ROOT.relativize(file));
            try {
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The defaults of a service. */
    static JsonNode applicationYaml(String service) {
        return yaml(ROOT.resolve(service + "/src/main/resources/application.yaml"));
    }
}

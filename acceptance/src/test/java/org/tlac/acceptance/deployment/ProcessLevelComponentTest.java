package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A school that takes components/runner-process-level: what it changes, and that all else still holds. */
class ProcessLevelComponentTest {

    private static final Map<String, Function<Manifests, List<String>>> RULES = Map.of(
            "security", PodRules::security,
            "port numbers", PodRules::portNumbers,
            "probes", PodRules::probes,
            "resources", PodRules::resources,
            "graceful", PodRules::graceful,
            "environment keys", PodRules::environmentKeys,
            "environment values", WiringRules::environmentValues,
            "references", WiringRules::references);

    @TempDir
    private static Path temp;

    private static Manifests weaker;

    @BeforeAll
    static void render() throws IOException {
        Checkout.copy("k8s", temp);
        Checkout.copy("monitoring", temp);
        Tool.script(temp.resolve("k8s/overlays/school/make-secrets"), "tlac.example.org");
        Path overlay = Files.createDirectory(temp.resolve("k8s/overlays/weaker"));
        Files.writeString(overlay.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources: [../school]
                components: [../../components/runner-process-level]
                """);
        Tool.Outcome rendered = new Tool("kubectl").run(temp, "kustomize", "k8s/overlays/weaker");
        assertThat(rendered.exit()).as(rendered.output()).isZero();
        weaker = Manifests.parse(rendered.output());
    }

    @ParameterizedTest
    @MethodSource
    void rule_holds(String rule) {
        assertThat(RULES.get(rule).apply(weaker)).isEmpty();
    }

    static Stream<String> rule_holds() {
        return RULES.keySet().stream();
    }

    @Test
    void runner_isAllowedToFall_andHasAFolderInMemoryThatTheRunnerTakes() {
        ObjectNode runner = weaker.get("Deployment", "runner-service");
        Map<String, String> environment = weaker.environment(runner);
        assertThat(environment)
                .containsEntry("RUNNER_MINIMUMISOLATION", "process")
                .containsEntry("RUNNER_SLOTS", "1")
                .containsEntry("SESSIONS_WARM", "0")
                .containsKeys("SERVER_DRAIN", "IDENTITY_JWKS", "RUNNER_PYTHON");
        JsonNode mount = Manifests.elements(Manifests.container(runner).path("volumeMounts"))
                .filter(volume -> volume.path("mountPath").asText().equals(environment.get("RUNNER_SCRATCH")))
                .findFirst()
                .orElseThrow();
        JsonNode volume = Manifests.elements(Manifests.podSpec(runner).path("volumes"))
                .filter(one -> one.path("name").equals(mount.path("name")))
                .findFirst()
                .orElseThrow();
        assertThat(volume.at("/emptyDir/medium").asText()).isEqualTo("Memory");
        String size = volume.at("/emptyDir/sizeLimit").asText();
        assertThat(size).matches("[0-9]+Mi");
        long bytes = Long.parseLong(size.replace("Mi", "")) << 20;
        long ofAProgram = Checkout.applicationYaml("runner-service")
                .at("/limits/scratchbytes")
                .asLong();
        assertThat(bytes).isBetween(ofAProgram, 8 * ofAProgram);
    }

    @Test
    void runner_isUnderThePodsDefaultProfile() {
        ObjectNode runner = weaker.get("Deployment", "runner-service");
        assertThat(Manifests.container(runner).at("/securityContext").has("seccompProfile"))
                .isFalse();
        assertThat(Manifests.podSpec(runner)
                        .at("/securityContext/seccompProfile/type")
                        .asText())
                .isEqualTo("RuntimeDefault");
    }

    @Test
    void restOfTheSchool_isUntouched() {
        Tool.Outcome rendered = new Tool("kubectl").run(temp, "kustomize", "k8s/overlays/school");
        Manifests school = Manifests.parse(rendered.output());
        assertThat(weaker.objects())
                .filteredOn(object -> !isRunner(object))
                .containsExactlyInAnyOrderElementsOf(school.objects().stream()
                        .filter(object -> !isRunner(object))
                        .toList());
        assertThat(school.environment(school.get("Deployment", "runner-service")))
                .containsEntry("RUNNER_MINIMUMISOLATION", "full");
    }

    private static boolean isRunner(JsonNode object) {
        return Manifests.kind(object).equals("Deployment")
                && Manifests.name(object).equals("runner-service");
    }
}

package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What no container may do, whoever adds one. */
class ComposeSecurityTest {

    private static final Compose COMPOSE = new Compose();

    /** With a root that is written to: compose copies a config's content there. It runs for a moment and has no network. */
    private static final Set<String> WRITABLE = Set.of("grafana-password");

    static Set<String> services() {
        return COMPOSE.services().keySet();
    }

    @ParameterizedTest
    @MethodSource("services")
    void container_hasNoRights_andBounds(String name) {
        JsonNode service = COMPOSE.service(name);
        assertThat(service.path("read_only").asBoolean()).isNotEqualTo(WRITABLE.contains(name));
        assertThat(Compose.texts(service.path("cap_drop"))).containsExactly("ALL");
        assertThat(Compose.texts(service.path("security_opt"))).contains("no-new-privileges:true");
        assertThat(service.path("mem_limit").asText()).matches("[1-9][0-9]*[mg]");
        assertThat(service.path("pids_limit").asInt()).isPositive();
        assertThat(service.at("/logging/options/max-size").asText()).matches("[0-9]+m");
        assertThat(service.at("/logging/options/max-file").asInt()).isPositive();
        assertThat(service.path("restart").asText()).isIn("unless-stopped", "no");
        assertThat(service.path("stop_grace_period").asText()).matches("[1-9][0-9]s");
        for (String right :
                List.of("privileged", "cap_add", "devices", "pid", "ipc", "userns_mode", "container_name")) {
            assertThat(service.has(right)).as(right).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void user_isNotRoot(String name) {
        JsonNode service = COMPOSE.service(name);
        if (service.has("build")) {
            assertThat(service.has("user")).isFalse();
            assertThat(Compose.stages().get(service.at("/build/target").asText()))
                    .containsPattern("(?m)^USER 10001:10001$");
        } else {
            assertThat(service.path("user").asText()).matches("[1-9][0-9]*:[0-9]+");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void image_isOfAFixedVersion(String name) {
        JsonNode service = COMPOSE.service(name);
        String image = service.path("image").asText();
        if (service.has("build")) {
            assertThat(image)
                    .isEqualTo("tlac/" + service.at("/build/target").asText() + ":"
                            + Compose.text(Compose.ROOT.resolve("pom.xml"))
                                    .replaceFirst("(?s).*?<artifactId>tlac</artifactId>\\s*<version>([^<]+)<.*", "$1"));
        } else {
            assertThat(image).matches("[a-z/]+:v?[0-9]+(\\.[0-9]+){1,2}(-[a-z]+)?");
        }
    }

    @ParameterizedTest
    @MethodSource("services")
    void secrets_areFiles(String name) {
        JsonNode service = COMPOSE.service(name);
        assertThat(service.has("env_file")).isFalse();
        service.path("environment").properties().forEach(variable -> {
            if (variable.getKey().matches(".*(PASSWORD|SECRET|TOKEN|_KEY)(_*FILE)?")) {
                assertThat(variable.getValue().asText()).as(variable.getKey()).startsWith("/run/secrets/");
            }
            assertThat(variable.getValue().asText()).as(variable.getKey()).doesNotContainPattern("://[^/]*@");
        });
        assertThat(service.path("command").toString() + service.path("entrypoint"))
                .doesNotContainPattern("(?i)(password|secret|token)=");
    }

    /** What is written goes to a volume or to scratch space that is bounded and runs nothing, but for one native library. */
    @ParameterizedTest
    @MethodSource("services")
    void scratchSpace_isBounded(String name) {
        assertThat(Compose.texts(COMPOSE.service(name).path("tmpfs"))).allSatisfy(tmpfs -> {
            assertThat(tmpfs).matches("/(tmp|run/postgresql):.*size=[0-9]+m.*");
            assertThat(tmpfs.contains("exec")).isEqualTo(name.equals("auth-service"));
        });
    }

    /** Files of the checkout are for reading; nobody gets Docker's socket or a folder of the machine. */
    @ParameterizedTest
    @MethodSource("services")
    void mounts_areVolumes_orFilesOfTheCheckoutThatExist(String name) {
        Set<String> volumes = new TreeSet<>();
        Compose.FILES.forEach(
                file -> COMPOSE.file(file).path("volumes").fieldNames().forEachRemaining(volumes::add));
        for (String mount : Compose.texts(COMPOSE.service(name).path("volumes"))) {
            String[] parts = mount.split(":", -1);
            if (parts[0].startsWith("./")) {
                assertThat(Compose.ROOT.resolve(parts[0])).exists();
                assertThat(parts).as(mount).hasSize(3).endsWith("ro");
            } else {
                assertThat(volumes).contains(parts[0]);
            }
        }
    }

    @Test
    void networks_areSplit() {
        Map<String, Set<String>> networks = new TreeMap<>();
        services().stream()
                .filter(service -> !COMPOSE.networks(service).isEmpty())
                .forEach(service -> networks.put(service, COMPOSE.networks(service)));
        assertThat(networks)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("gateway", Set.of("edge", "internal")),
                        Map.entry("auth-service", Set.of("internal", "data")),
                        Map.entry("activity-service", Set.of("internal", "data")),
                        Map.entry("backup-service", Set.of("internal", "data")),
                        Map.entry("runner-service", Set.of("internal")),
                        Map.entry("postgres", Set.of("data")),
                        Map.entry("provision", Set.of("data")),
                        Map.entry("prometheus", Set.of("internal", "monitoring", "operators")),
                        Map.entry("alertmanager", Set.of("monitoring", "operators")),
                        Map.entry("grafana", Set.of("monitoring", "operators")),
                        Map.entry("thanos-sidecar", Set.of("monitoring")),
                        Map.entry("thanos-store", Set.of("monitoring")),
                        Map.entry("thanos-compact", Set.of("monitoring")),
                        Map.entry("thanos-query", Set.of("monitoring", "operators"))));
        COMPOSE.services()
                .forEach((name, service) -> assertThat(
                                service.path("network_mode").asText().equals("none"))
                        .as(name)
                        .isEqualTo(COMPOSE.networks(name).isEmpty()));
        assertThat(COMPOSE.file("compose.yml").at("/networks").toString())
                .isEqualTo("{\"edge\":null,\"internal\":{\"internal\":true},\"data\":{\"internal\":true}}");
        assertThat(COMPOSE.file("compose.monitoring.yml").at("/networks").toString())
                .isEqualTo("{\"internal\":{\"internal\":true},\"monitoring\":{\"internal\":true},\"operators\":null}");
    }

    /** The world sees the gateway; pages without sign-in, or with a first password, are for this machine. */
    @Test
    void ports_arePublishedOnlyWhereThePublicMayCome() {
        Map<String, List<String>> ports = new TreeMap<>();
        COMPOSE.services().forEach((name, service) -> {
            if (service.has("ports")) {
                ports.put(name, Compose.texts(service.path("ports")));
            }
        });
        assertThat(ports)
                .isEqualTo(new TreeMap<>(Map.of(
                        "gateway", List.of("8443:8443", "8080:8080"),
                        "prometheus", List.of("127.0.0.1:9090:9090"),
                        "alertmanager", List.of("127.0.0.1:9093:9093"),
                        "grafana", List.of("127.0.0.1:3000:3000"),
                        "thanos-query", List.of("127.0.0.1:10902:10902"))));
    }

    @Test
    void prometheus_offersNothingThatChangesIt() {
        assertThat(Compose.texts(COMPOSE.service("prometheus").path("command")))
                .noneMatch(flag -> flag.matches("--web\\.enable-(admin-api|lifecycle|remote-write-receiver).*"));
    }

    /** runner.md: Docker's own profile denies the namespaces of the sandbox, and what is left over must be the narrow one. */
    @Test
    void runner_hasTheProfileOfItsSandbox_andNothingToSteal() {
        JsonNode runner = COMPOSE.service("runner-service");
        String profile = Compose.texts(runner.path("security_opt")).stream()
                .filter(option -> option.startsWith("seccomp:"))
                .findFirst()
                .orElseThrow();
        assertThat(Files.exists(Compose.ROOT.resolve(profile.substring("seccomp:".length()))))
                .isTrue();
        assertThat(runner.has("volumes")).isFalse();
        services().stream()
                .filter(name -> !name.equals("runner-service"))
                .forEach(name -> assertThat(Compose.texts(COMPOSE.service(name).path("security_opt")))
                        .as(name)
                        .containsExactly("no-new-privileges:true"));
    }
}

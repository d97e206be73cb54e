package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tlac.platform.metrics.ServiceName;

/** k8s/ as kubectl renders it, cross-checked with itself, with monitoring/ and with what the services read. */
class KubernetesTest {

    private static final Path K8S = Checkout.ROOT.resolve("k8s");
    private static final String VERSION = pomVersion();

    private static final Map<String, Function<Manifests, List<String>>> RULES = new TreeMap<>(Map.ofEntries(
            Map.entry("security", PodRules::security),
            Map.entry("seccomp", PodRules::seccomp),
            Map.entry("port numbers", PodRules::portNumbers),
            Map.entry("probes", PodRules::probes),
            Map.entry("resources", PodRules::resources),
            Map.entry("graceful", PodRules::graceful),
            Map.entry("environment keys", PodRules::environmentKeys),
            Map.entry("database connections", PodRules::databaseConnections),
            Map.entry("selectors", WiringRules::selectors),
            Map.entry("service ports", WiringRules::servicePorts),
            Map.entry("service monitors", WiringRules::serviceMonitors),
            Map.entry("prometheus access", WiringRules::prometheusAccess),
            Map.entry("references", WiringRules::references),
            Map.entry("environment values", WiringRules::environmentValues),
            Map.entry("secrets as files", WiringRules::secretsAsFiles),
            Map.entry("images", manifests -> WiringRules.images(manifests, VERSION)),
            Map.entry("network", KubernetesTest::network)));

    /** Nothing else is possible. */
    private static final Set<String> FLOWS = Set.of(
            "outside → gateway:8443",
            "outside → gateway:8080",
            "grafana → gateway:8443",
            "grafana → gateway:8080",
            "prometheus → gateway:8443",
            "prometheus → gateway:8080",
            "dns → gateway:8443",
            "dns → gateway:8080",
            "gateway → gateway:9080",
            "gateway → auth-service:8081",
            "gateway → auth-service:9081",
            "gateway → activity-service:8082",
            "gateway → activity-service:9082",
            "gateway → runner-service:8083",
            "gateway → runner-service:9083",
            "gateway → backup-service:8084",
            "gateway → backup-service:9084",
            "activity-service → auth-service:8081",
            "runner-service → auth-service:8081",
            "backup-service → auth-service:8081",
            "auth-service → postgres:5432",
            "activity-service → postgres:5432",
            "backup-service → postgres:5432",
            "prometheus → gateway:9080",
            "prometheus → auth-service:9081",
            "prometheus → activity-service:9082",
            "prometheus → runner-service:9083",
            "prometheus → backup-service:9084",
            "gateway → dns:53",
            "auth-service → dns:53",
            "activity-service → dns:53",
            "runner-service → dns:53",
            "backup-service → dns:53",
            "postgres → dns:53",
            "stranger → dns:53");

    @TempDir
    private static Path temp;

    private static Manifests school;

    @BeforeAll
    static void render() {
        Checkout.copy("k8s", temp);
        Checkout.copy("monitoring", temp);
        Tool.Outcome secrets = Tool.script(temp.resolve("k8s/overlays/school/make-secrets"), "tlac.example.org");
        assertThat(secrets.exit()).as(secrets.output()).isZero();
        Tool.Outcome rendered = new Tool("kubectl").run(temp, "kustomize", "k8s/overlays/school");
        assertThat(rendered.exit()).as(rendered.output()).isZero();
        school = Manifests.parse(rendered.output());
    }

    @ParameterizedTest
    @MethodSource
    void rule_holds(String rule) {
        assertThat(RULES.get(rule).apply(school)).isEmpty();
    }

    static Set<String> rule_holds() {
        return RULES.keySet();
    }

    /** Each rule is shown a manifest that is wrong in its way: one that notices nothing would hold for ever. */
    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void rule_noticesWhatIsWrong(String rule, String mistake, Consumer<Manifests> make) {
        Manifests wrong = school.copy();
        make.accept(wrong);
        assertThat(RULES.get(rule).apply(wrong)).isNotEmpty();
    }

    static Stream<Arguments> rule_noticesWhatIsWrong() {
        return Mistakes.all();
    }

    @Test
    void everyRule_isShownAMistake() {
        assertThat(Mistakes.all().map(mistake -> (String) mistake.get()[0])).containsAll(RULES.keySet());
    }

    @Test
    void everything_isInTheNamespace() {
        assertThat(school.objects())
                .filteredOn(object -> !Manifests.kind(object).equals("Namespace"))
                .allSatisfy(
                        object -> assertThat(object.at("/metadata/namespace").asText())
                                .as(Manifests.title(object))
                                .isEqualTo("tlac"));
    }

    /** All but those about Prometheus itself: the operator's has its own. */
    @Test
    void rules_areThoseOfMonitoring() {
        List<JsonNode> groups = new ArrayList<>();
        for (Path file : Alerts.SHIPPED.ruleFiles()) {
            if (!file.endsWith("alerts/prometheus.yml")) {
                Checkout.yaml(file).path("groups").forEach(groups::add);
            }
        }
        List<JsonNode> shipped = new ArrayList<>();
        school.ofKind("PrometheusRule").forEach(rule -> rule.at("/spec/groups").forEach(shipped::add));
        assertThat(shipped).hasSizeGreaterThan(5).containsExactlyInAnyOrderElementsOf(groups);
    }

    @Test
    void dashboards_areThoseOfMonitoring() {
        List<Path> files = Checkout.files(Checkout.ROOT.resolve("monitoring/dashboards"));
        assertThat(files).hasSizeGreaterThan(5).allSatisfy(file -> {
            String name = file.getFileName().toString();
            ObjectNode map = school.get("ConfigMap", name.replace(".json", ""));
            assertThat(map.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("1");
            assertThat(map.path("data")).hasSize(1);
            assertThat(map.path("data").path(name).asText()).isEqualTo(Checkout.text(file));
        });
    }

    @Test
    void everyImage_isBuilt_withItsPortsAndTheUserThatPodsRunAs() {
        String dockerfile = Checkout.text(K8S.resolve("images/Dockerfile"));
        assertThat(Checkout.text(Checkout.ROOT.resolve(".dockerignore")).lines())
                .contains("*", "!course");
        for (ServiceName owner : ServiceName.values()) {
            String id = owner.id();
            var stage = Pattern.compile("(?ms)^FROM jre AS " + id + "$(.*?)(?=^FROM |\\z)")
                    .matcher(dockerfile);
            assertThat(stage.find()).as(id).isTrue();
            ObjectNode deployment = school.get("Deployment", id);
            int user = Manifests.podSpec(deployment)
                    .at("/securityContext/runAsUser")
                    .asInt();
            assertThat(stage.group(1))
                    .contains(
                            "USER " + user + ":" + user,
                            "COPY --from=jars /src/" + id + "/target/libs libs",
                            "COPY --from=jars /src/" + id + "/target/" + id + ".jar .");
            List<String> exposed = stage.group(1)
                    .lines()
                    .filter(line -> line.startsWith("EXPOSE "))
                    .flatMap(
                            line -> Stream.of(line.substring("EXPOSE ".length()).split(" ", -1)))
                    .toList();
            assertThat(exposed)
                    .containsExactlyInAnyOrderElementsOf(Manifests.ports(deployment).values().stream()
                            .map(String::valueOf)
                            .toList());
            assertThat(stage.group(1).contains("COPY course course"))
                    .as(id + " has the course")
                    .isEqualTo(school.environment(deployment).containsValue("/opt/tlac/course"));
        }
    }

    private static List<String> network(Manifests manifests) {
        Set<String> possible = NetworkFlows.possible(manifests);
        List<String> problems = new ArrayList<>();
        possible.stream().filter(flow -> !FLOWS.contains(flow)).forEach(flow -> problems.add("possible: " + flow));
        FLOWS.stream().filter(flow -> !possible.contains(flow)).forEach(flow -> problems.add("denied: " + flow));
        JsonNode deny = manifests.get("NetworkPolicy", "default-deny").path("spec");
        if (!deny.toString().equals("{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"]}")) {
            problems.add("default-deny is " + deny);
        }
        return problems;
    }

    private static String pomVersion() {
        var version = Pattern.compile("<artifactId>tlac</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(Checkout.text(Checkout.ROOT.resolve("pom.xml")));
        assertThat(version.find()).isTrue();
        return version.group(1);
    }
}

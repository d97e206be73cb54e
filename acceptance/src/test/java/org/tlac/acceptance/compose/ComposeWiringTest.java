package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the compose files say of the services agrees with the services, with each other and with the images. */
class ComposeWiringTest {

    private static final Compose COMPOSE = new Compose();
    private static final List<String> OURS =
            List.of("gateway", "auth-service", "activity-service", "runner-service", "backup-service");

    @Test
    void everyVariable_isAKeyOfItsService() {
        for (String name : OURS) {
            JsonNode defaults = Compose.defaults(name);
            assertThat(defaults.isObject()).as(name).isTrue();
            COMPOSE.service(name).path("environment").fieldNames().forEachRemaining(variable -> {
                String key = "/" + variable.toLowerCase(Locale.ROOT).replace('_', '/');
                assertThat(defaults.at(key).isValueNode())
                        .as(name + " knows " + variable)
                        .isTrue();
            });
        }
    }

    /** A service listens for the others, which are in other containers; by default it does for its own machine alone. */
    @Test
    void everyService_listensOnItsNetworks() {
        for (String name : OURS) {
            for (String listener : List.of("server", "management")) {
                String set = COMPOSE.service(name)
                        .path("environment")
                        .path(listener.toUpperCase(Locale.ROOT) + "_HOST")
                        .asText(Compose.defaults(name)
                                .at("/" + listener + "/host")
                                .asText());
                assertThat(set).as(name + " " + listener).isEqualTo("0.0.0.0");
            }
        }
    }

    @Test
    void everyAddress_isAServiceOnASharedNetwork_andAPortItListensOn() {
        int addresses = 0;
        for (String name : COMPOSE.services().keySet()) {
            for (JsonNode value : COMPOSE.service(name).path("environment")) {
                Matcher url = Pattern.compile("(?:jdbc:)?(?:\\w+://)?([a-z-]+):([0-9]+)(/.*)?")
                        .matcher(value.asText());
                if (url.matches() && !url.group(1).equals("localhost")) {
                    assertReachable(name, url.group(1), Integer.parseInt(url.group(2)));
                    addresses++;
                }
            }
        }
        // Ten of the gateway, three public keys, four of the database: the check above did find them.
        assertThat(addresses).isEqualTo(10 + 3 + 4);
    }

    private static void assertReachable(String from, String to, int port) {
        assertThat(COMPOSE.networks(from)).as(from + " reaches " + to).containsAnyElementsOf(COMPOSE.networks(to));
        JsonNode defaults = Compose.defaults(to);
        Set<Integer> ports = to.equals("postgres")
                ? Set.of(5432)
                : Set.of(
                        defaults.at("/server/port").asInt(),
                        defaults.at("/management/port").asInt());
        assertThat(ports).as(from + " asks " + to).contains(port);
    }

    /** Each replica by itself, under the name that alerts and dashboards know it by. */
    @Test
    void prometheus_scrapesEveryReplicaOfEveryService() {
        JsonNode config = Compose.yaml(Compose.text(Compose.ROOT.resolve("monitoring/prometheus.yml")));
        Map<String, String> scraped = new TreeMap<>();
        for (JsonNode job : config.path("scrape_configs")) {
            for (JsonNode discovery : job.path("dns_sd_configs")) {
                String host = discovery.at("/names/0").asText();
                scraped.put(
                        job.path("job_name").asText(),
                        host + ":" + discovery.path("port").asText());
                assertThat(discovery.path("type").asText()).isEqualTo("A");
                assertThat(COMPOSE.networks(host)).as(host).containsAnyElementsOf(COMPOSE.networks("prometheus"));
            }
        }
        for (String name : OURS) {
            assertThat(scraped)
                    .containsEntry(
                            name,
                            name + ":"
                                    + Compose.defaults(name)
                                            .at("/management/port")
                                            .asText());
        }
    }

    @Test
    void everyService_canHaveReplicas() {
        for (String name : OURS) {
            JsonNode service = COMPOSE.service(name);
            boolean isEdge = name.equals("gateway");
            assertThat(service.has("ports")).as(name).isEqualTo(isEdge);
            assertThat(service.at("/deploy/replicas").asText()).as(name).isEqualTo(isEdge ? "" : "1");
            assertThat(service.has("hostname")).as(name).isFalse();
        }
    }

    /** Two replicas of each, and the superuser's reserve, fit the server's connections. */
    @Test
    void pools_fitTheServer() {
        int pools = COMPOSE.services().values().stream()
                .mapToInt(
                        service -> service.at("/environment/DATABASE_POOLSIZE").asInt())
                .sum();
        String connections = Compose.texts(COMPOSE.service("postgres").path("command")).stream()
                .filter(argument -> argument.startsWith("max_connections="))
                .findFirst()
                .orElseThrow();
        assertThat(pools).isPositive();
        assertThat(2 * pools + 3).isLessThan(Integer.parseInt(connections.replaceFirst(".*=", "")));
    }

    /** An older client refuses the server; what a newer one writes the server may not restore. */
    @Test
    void backupsClient_isOfTheServersMajor_hereAndOnKubernetes() {
        Matcher client = Pattern.compile("postgresql-client-([0-9]+)")
                .matcher(Compose.stages().get("postgresql"));
        assertThat(client.find()).isTrue();
        assertThat(COMPOSE.service("postgres").path("image").asText()).startsWith("postgres:" + client.group(1) + ".");
        assertThat(Compose.text(Compose.ROOT.resolve("k8s/components/postgres/postgres.yaml")))
                .contains("image: " + COMPOSE.service("postgres").path("image").asText() + "\n");
        assertThat(Compose.stages().get("backup-service"))
                .contains(
                        "/usr/lib/postgresql/" + client.group(1) + "/bin/pg_dump",
                        "/usr/lib/postgresql/" + client.group(1) + "/bin/pg_restore");
    }

    @Test
    void everythingThatStays_tellsWhetherItIsHealthy() {
        COMPOSE.services().forEach((name, service) -> {
            if (Compose.isOneShot(service)) {
                return;
            }
            if (OURS.contains(name)) {
                assertThat(Compose.stages().get(name))
                        .containsPattern("HEALTHCHECK .*\\[\"/opt/tlac/ready\", \""
                                + Compose.defaults(name).at("/management/port").asText() + "\"]");
            } else {
                assertThat(service.at("/healthcheck/test/0").asText()).as(name).isEqualTo("CMD");
            }
        });
    }

    /** Nobody starts before its secrets and its part of the database are there. */
    @Test
    void order_secretsThenDatabaseThenServicesThenGateway() {
        assertThat(conditions("postgres")).isEqualTo(Map.of("secrets", "service_completed_successfully"));
        assertThat(conditions("provision")).isEqualTo(Map.of("postgres", "service_healthy"));
        Map<String, String> behind = new TreeMap<>();
        for (String name : OURS) {
            if (COMPOSE.networks(name).contains("data")) {
                assertThat(conditions(name)).isEqualTo(Map.of("provision", "service_completed_successfully"));
            }
            behind.put(name, "service_healthy");
        }
        behind.remove("gateway");
        assertThat(conditions("gateway")).isEqualTo(behind);
    }

    private static Map<String, String> conditions(String service) {
        Map<String, String> conditions = new TreeMap<>();
        COMPOSE.service(service)
                .path("depends_on")
                .properties()
                .forEach(need -> conditions.put(
                        need.getKey(), need.getValue().path("condition").asText()));
        return conditions;
    }

    /** A folder of the image that a new volume covers gives it its owner. */
    @Test
    void everyFolderOfSecrets_isMadeInTheImage_withItsOwner() {
        List<String> folders = new ArrayList<>();
        for (String mount : Compose.texts(COMPOSE.service("secrets").path("volumes"))) {
            folders.add(mount.split(":", -1)[1]);
        }
        assertThat(folders)
                .hasSize(6)
                .allSatisfy(folder -> assertThat(Compose.stages().get("setup")).contains(folder));
    }

    @ParameterizedTest
    @ValueSource(strings = {"compose.yml", "compose.monitoring.yml"})
    void everyVariableOfAFile_standsInTheExample_withItsDefault(String file) {
        Map<String, String> example = new TreeMap<>();
        Compose.text(Compose.ROOT.resolve(".env.example"))
                .lines()
                .filter(line -> line.matches("#?[A-Z_0-9]+=.*"))
                .forEach(line -> example.put(
                        line.replaceFirst("^#?([A-Z_0-9]+)=.*", "$1"), line.substring(line.indexOf('=') + 1)));
        // What stands commented out shows another value, not the default.
        Set<String> shown = Set.of("TLS_CERTIFICATE", "TLS_KEY", "PROMETHEUS_MAX_BLOCK");
        Compose.variables(Compose.text(Compose.ROOT.resolve(file))).forEach((variable, defaults) -> {
            assertThat(defaults).as("one default of " + variable).hasSize(1);
            assertThat(example).containsKey(variable);
            if (!shown.contains(variable)) {
                assertThat(example).containsEntry(variable, defaults.iterator().next());
            }
        });
    }

    @Test
    void example_hasNothingThatNobodyReads() {
        Set<String> known = new TreeSet<>(Set.of("COMPOSE_FILE", "COMPOSE_PROFILES"));
        Compose.FILES.forEach(file -> known.addAll(
                Compose.variables(Compose.text(Compose.ROOT.resolve(file))).keySet()));
        assertThat(Compose.text(Compose.ROOT.resolve(".env.example"))
                        .lines()
                        .filter(line -> line.matches("#?[A-Z_0-9]+=.*"))
                        .map(line -> line.replaceFirst("^#?([A-Z_0-9]+)=.*", "$1")))
                .doesNotHaveDuplicates()
                .allSatisfy(variable -> assertThat(known).contains(variable));
    }

    /** What the monitoring file needs of a network or a volume it declares itself: it works alone. */
    @Test
    void eachFile_declaresWhatItUses() {
        for (String file : Compose.FILES) {
            JsonNode project = COMPOSE.file(file);
            assertThat(project.path("name").asText()).isEqualTo("tlac");
            project.path("services").properties().forEach(service -> {
                Compose.texts(service.getValue().path("networks"))
                        .forEach(network -> assertThat(project.path("networks").has(network))
                                .as(network)
                                .isTrue());
                service.getValue()
                        .path("depends_on")
                        .fieldNames()
                        .forEachRemaining(
                                need -> assertThat(project.path("services").has(need))
                                        .as(need)
                                        .isTrue());
            });
        }
    }

    @Test
    void longTermStorage_isOptional_andAsksWhatIsThere() {
        COMPOSE.services()
                .forEach((name, service) -> assertThat(Compose.texts(service.path("profiles")))
                        .as(name)
                        .isEqualTo(name.startsWith("thanos-") ? List.of("long-term") : List.of()));
        Compose.texts(COMPOSE.service("thanos-query").path("command")).stream()
                .filter(argument -> argument.startsWith("--endpoint="))
                .map(argument -> URI.create("grpc://" + argument.substring("--endpoint=".length())))
                .forEach(endpoint -> {
                    assertThat(COMPOSE.networks(endpoint.getHost())).contains("monitoring");
                    assertThat(endpoint.getPort()).isEqualTo(10901);
                });
    }
}

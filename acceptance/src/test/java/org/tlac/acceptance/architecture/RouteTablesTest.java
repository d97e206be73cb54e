package org.tlac.acceptance.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tlac.launcher.School;

/**
 * The gateway's table of routes and the services' tables say the same: method, template and role of every call. They are read from the
 * sources, since the two sides run on versions of Helidon that cannot be on one class path.
 */
class RouteTablesTest {

    private static final Path ROOT = School.ROOT;
    private static final List<String> SERVICES =
            List.of("auth-service", "activity-service", "runner-service", "backup-service");

    /** What services answer each other, or the gateway for itself, under names that no client can reach. */
    private static final Set<String> NOT_BEHIND_THE_GATEWAY =
            Set.of("GET /.well-known/jwks.json", "POST /internal/session", "GET /internal/counts");

    private static final Pattern DECLARED = Pattern.compile("Route\\.(get|post|put|delete|of)\\(");
    private static final Pattern ROUTE =
            Pattern.compile("Route\\.(get|post|put|delete)\\( ?([^,]+), ?Access\\.([A-Z_]+),");
    private static final Pattern ROW =
            Pattern.compile("\\brow\\( ?\"([A-Z]+)\", ?\"([^\"]+)\", ?([A-Z_]+), ?[A-Z]+, ?(\\w+)");
    private static final Pattern TEXT = Pattern.compile("\"([^\"]*)\"");

    private static String source(Path file) {
        try {
            return Files.readString(file).replaceAll("\\s+", " ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The role by method and template, of one service. */
    private static Map<String, String> table(String service) {
        Map<String, String> table = new TreeMap<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve(service + "/src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = source(file);
                List<MatchResult> routes = ROUTE.matcher(source).results().toList();
                assertThat(DECLARED.matcher(source).results())
                        .as("routes of %s that this test can read", file)
                        .hasSameSizeAs(routes);
                for (MatchResult route : routes) {
                    String template = value(route.group(2), file);
                    table.put(route.group(1).toUpperCase(Locale.ROOT) + " " + template, route.group(3));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(table).as(service).isNotEmpty();
        return table;
    }

    /** The value of texts and constants of the same file, or of a class beside it, put together with {@code +}. */
    private static String value(String expression, Path file) {
        StringBuilder value = new StringBuilder();
        for (String term : expression.split(" \\+ ", -1)) {
            Matcher text = TEXT.matcher(term);
            if (!text.matches()) {
                int dot = term.indexOf('.');
                Path declared = dot < 0 ? file : file.resolveSibling(term.substring(0, dot) + ".java");
                text = Pattern.compile("\\bString " + Pattern.quote(term.substring(dot + 1)) + " = \"([^\"]*)\"")
                        .matcher(source(declared));
                assertThat(text.find()).as("the value of %s", term).isTrue();
            }
            value.append(text.group(1));
        }
        return value.toString();
    }

    @Test
    void gatewayAndServices_declareTheSameCallsForTheSameRoles() {
        Map<String, String> behind = new TreeMap<>();
        for (String service : SERVICES) {
            table(service).forEach((call, access) -> {
                if (!NOT_BEHIND_THE_GATEWAY.contains(call)) {
                    assertThat(behind.put(call, access))
                            .as("two services answer %s", call)
                            .isNull();
                }
            });
        }

        String api = source(ROOT.resolve("gateway/src/main/java/org/tlac/gateway/proxy/ApiRoutes.java"));
        Map<String, String> gateway = ROW.matcher(api)
                .results()
                .collect(Collectors.toMap(
                        row -> row.group(1) + " " + row.group(2),
                        // For whoever has not signed in the gateway calls as itself.
                        row -> row.group(4).equals("asGateway") ? "SERVICE" : row.group(3),
                        (one, other) -> {
                            throw new IllegalStateException("declared twice");
                        },
                        TreeMap::new));

        assertThat(gateway).isEqualTo(behind);
    }
}

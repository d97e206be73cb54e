package org.tlac.platform.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** A service's table of routes, in the order in which they are tried. */
public final class Routes {

    private final List<Route> table;
    private final List<PathTemplate> templates;

    private Routes(List<Route> table) {
        this.table = List.copyOf(table);
        this.templates = this.table.stream()
                .map(route -> PathTemplate.parse(route.template()))
                .toList();
        Set<String> seen = new HashSet<>();
        for (Route route : this.table) {
            if (!seen.add(route.method() + " " + route.template())) {
                throw new IllegalArgumentException("Declared twice: " + route.method() + " " + route.template());
            }
        }
    }

    public static Routes of(Route... routes) {
        return new Routes(List.of(routes));
    }

    /** These routes, then the others. */
    public Routes and(Routes others) {
        List<Route> all = new ArrayList<>(table);
        all.addAll(others.table);
        return new Routes(all);
    }

    public List<Route> table() {
        return table;
    }

    /** A route and the parameters that its template found in the path. */
    record Match(Route route, Map<String, String> parameters) {}

    /** The first route for that method and path; HEAD is answered by GET's. */
    Optional<Match> find(String method, List<String> path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        for (int i = 0; i < table.size(); i++) {
            Route route = table.get(i);
            if (route.method().equals(wanted)) {
                Optional<Map<String, String>> parameters = templates.get(i).match(path);
                if (parameters.isPresent()) {
                    return Optional.of(new Match(route, parameters.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** The routes at that path, whatever their method: what 405 is made of. */
    List<Route> at(List<String> path) {
        return IntStream.range(0, table.size())
                .filter(i -> templates.get(i).matches(path))
                .mapToObj(table::get)
                .toList();
    }

    static List<String> methods(List<Route> routes) {
        Set<String> methods = new LinkedHashSet<>();
        for (Route route : routes) {
            methods.add(route.method());
            if (route.method().equals("GET")) {
                methods.add("HEAD");
            }
        }
        return List.copyOf(methods);
    }
}

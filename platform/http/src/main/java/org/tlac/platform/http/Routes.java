package org.tlac.platform.http;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A service's table of routes, in the order in which they are tried. */
public final class Routes {

    private final List<Route> table;

    private Routes(List<Route> table) {
        this.table = List.copyOf(table);
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

    /** The same table with each row changed. */
    public Routes map(UnaryOperator<Route> change) {
        return new Routes(table.stream().map(change).toList());
    }

    public List<Route> table() {
        return table;
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

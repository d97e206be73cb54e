package org.tlac.platform.http;

import java.util.Objects;

/**
 * One row of a service's table of routes.
 *
 * @param method upper case, as {@code GET}
 * @param template a path with {@code {name}} for one segment and, at its end, {@code {+name}} for the rest
 * @param endpoint what metrics call it: the template, or a shared name for pages and assets
 * @param maxBody bytes of a body, when that is less than the listener's limit
 */
public record Route(String method, String template, Access access, String endpoint, int maxBody, Handler handler) {

    public Route {
        // Deny by default: a service with a route that says nothing about its callers does not start.
        Objects.requireNonNull(access, () -> "no rule of access: " + method + " " + template);
    }

    /** The endpoint of pages and assets, however many files there are. */
    public static final String STATIC = "/static";

    public static Route get(String template, Access access, Handler handler) {
        return of("GET", template, access, handler);
    }

    public static Route post(String template, Access access, Handler handler) {
        return of("POST", template, access, handler);
    }

    public static Route put(String template, Access access, Handler handler) {
        return of("PUT", template, access, handler);
    }

    public static Route delete(String template, Access access, Handler handler) {
        return of("DELETE", template, access, handler);
    }

    public static Route of(String method, String template, Access access, Handler handler) {
        return new Route(method, template, access, template, Integer.MAX_VALUE, handler);
    }

    /** The same route, shown as {@value #STATIC} in metrics. */
    public Route asStatic() {
        return new Route(method, template, access, STATIC, maxBody, handler);
    }

    /** The same route, for bodies of so many bytes. */
    public Route bodyAtMost(int bytes) {
        return new Route(method, template, access, endpoint, bytes, handler);
    }

    /** The same route with another handler, one around this one's. */
    public Route handledBy(Handler another) {
        return new Route(method, template, access, endpoint, maxBody, another);
    }
}

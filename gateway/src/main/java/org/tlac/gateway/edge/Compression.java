package org.tlac.gateway.edge;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tlac.platform.http.Call;
import org.tlac.platform.http.Handler;
import org.tlac.platform.http.Reply;
import org.tlac.platform.http.Route;
import org.tlac.platform.http.Routes;

/**
 * Compresses answers on their way out: those of known length and of a type that gets smaller. What was packed by the build has its
 * coding already, and streams are sent as they come.
 *
 * <p>By gzip alone: Brotli at the speed of a call gains a few per cent, and would need a native library in the process that strangers
 * talk to.
 */
public final class Compression implements AutoCloseable {

    /**
     * Routes whose answers hold a secret, the session's CSRF token. Beside a text that an attacker chooses, the compressed length tells
     * the secret letter by letter (BREACH), so these are never compressed; nor is any answer that sets a cookie.
     */
    private static final List<String> SECRETS = List.of("/api/auth/", "/api/admin/bootstrap");

    private static final Pattern TYPES = Pattern.compile(
            "application/(?:json|[a-z.-]+\\+json|x-ndjson)|text/(?:plain|html|css|csv|markdown|javascript)");

    private static final Set<ContentCoding> OFFERED = Set.of(ContentCoding.GZIP);

    /** Fast: the next levels take twice as long for a twentieth less. */
    private static final int LEVEL = 4;

    private final Limits limits;
    private final Gzip gzip;

    /**
     * What bounds it.
     *
     * @param minBytes below, a body is sent as it is
     * @param maxBytes above, too: one large answer would keep the processor from everybody else
     * @param concurrent compressors, of a quarter of a megabyte each outside the heap; one more call at once is sent as it is. 0 for none
     */
    public record Limits(int minBytes, int maxBytes, int concurrent) {

        private static final int MOST = 64;

        public Limits {
            if (minBytes < 1 || maxBytes < minBytes) {
                throw new IllegalArgumentException(
                        "compression.minbytes and maxbytes are no range: " + minBytes + " to " + maxBytes);
            }
            if (concurrent < 0 || concurrent > MOST) {
                throw new IllegalArgumentException(
                        "compression.concurrent is not from 0 to " + MOST + ": " + concurrent);
            }
        }
    }

    public Compression(Limits limits) {
        this.limits = limits;
        this.gzip = new Gzip(limits.concurrent(), LEVEL);
    }

    /** The same routes, whose answers are compressed for clients that take it. */
    public Routes around(Routes routes) {
        return routes.map(this::around);
    }

    private Route around(Route route) {
        if (SECRETS.stream().anyMatch(route.template()::startsWith)) {
            return route;
        }
        Handler handler = call -> compressed(call, route.handler().handle(call));
        return route.handledBy(handler);
    }

    private Reply compressed(Call call, Reply reply) {
        if (!isCompressible(reply)) {
            return reply;
        }
        // Also where this client gets the bytes as they are: a cache must not give them to one that prefers the others.
        Reply varying = reply.with("Vary", "Accept-Encoding");
        if (ContentCoding.best(call.header("Accept-Encoding"), OFFERED) != ContentCoding.GZIP) {
            return varying;
        }
        Optional<byte[]> smaller = gzip.compress(reply.body());
        return smaller.isEmpty()
                ? varying
                : new Reply(reply.status(), varying.headers(), smaller.get(), null)
                        .with("Content-Encoding", ContentCoding.GZIP.token());
    }

    private boolean isCompressible(Reply reply) {
        int length = reply.body().length;
        if (reply.stream() != null || length < limits.minBytes() || length > limits.maxBytes()) {
            return false;
        }
        boolean type = false;
        for (Reply.Header header : reply.headers()) {
            switch (header.name().toLowerCase(Locale.ROOT)) {
                // A service's tag names a revision, which clients send back with If-Match: two forms would need two
                // tags.
                case "set-cookie", "etag", "content-encoding", "vary" -> {
                    return false;
                }
                case "content-type" -> type = isCompressibleType(header.value());
                default -> {}
            }
        }
        return type;
    }

    private static boolean isCompressibleType(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return TYPES.matcher(type).matches();
    }

    @Override
    public void close() {
        gzip.close();
    }
}

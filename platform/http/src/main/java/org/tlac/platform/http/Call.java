package org.tlac.platform.http;

import io.helidon.common.buffers.DataReader;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.Origin;

/** One request as a handler sees it: matched, identified, bounded. */
public final class Call {

    /** The header that names a call, here and in every service it reaches. */
    public static final HeaderName REQUEST_ID = HeaderNames.create("X-Request-Id");

    /** So much of a body takes nothing from the budget: a sign-in must not wait for anybody's upload. */
    static final int FREE_BYTES = 2048;

    private final ServerRequest request;
    private final String method;
    private final String requestId;
    private final Listener listener;
    private final CallPlace place;
    private @Nullable Route route;
    private @Nullable Identity identity;
    private int maxBytes;
    private boolean last;
    private byte @Nullable [] body;
    private BodyBudget.@Nullable Share share;
    private OptionalLong streamingSince = OptionalLong.empty();

    /**
     * What bounds the bodies of a listener's calls.
     *
     * @param maxBytes of one
     * @param timeout from its first byte to its last
     * @param budget memory for all of them
     */
    record Bodies(int maxBytes, Duration timeout, BodyBudget budget) {

        static final Bodies NONE = new Bodies(0, Duration.ZERO, new BodyBudget(0, 0, false, Duration.ZERO));
    }

    Call(ServerRequest request, String requestId, Listener listener) {
        this.request = request;
        this.method = request.prologue().method().text();
        this.requestId = requestId;
        this.listener = listener;
        this.place = new CallPlace(listener.connections());
        this.maxBytes = listener.bodies().maxBytes();
    }

    /** The call that a request of Helidon's is; the first filter has put it in the request's context. */
    public static Call of(ServerRequest request) {
        return request.context()
                .get(Call.class)
                .orElseThrow(() -> new IllegalStateException("a request that came by no filter of ours"));
    }

    /** Helidon's request, for what works with that. */
    public ServerRequest request() {
        return request;
    }

    void matched(Route found) {
        route = found;
        maxBytes = Math.min(found.maxBody(), listener.bodies().maxBytes());
    }

    /** Whether a route, or a refusal for its method, was found. */
    boolean routed() {
        return route != null;
    }

    /** What metrics and logs call it: the route's template, mostly. */
    public String endpoint() {
        return route == null ? HttpMetrics.UNMATCHED : route.endpoint();
    }

    /** Given back while the body arrives and when the call is over. */
    CallPlace place() {
        return place;
    }

    /** From here on it is an answer without known length that leaves bit by bit: it takes no place. */
    void streams() {
        streamingSince = OptionalLong.of(System.nanoTime());
        place.close();
    }

    /** Since when it streams, as {@link System#nanoTime}; empty when it does not. */
    OptionalLong streamingSince() {
        return streamingSince;
    }

    public String method() {
        return method;
    }

    public String requestId() {
        return requestId;
    }

    /** The path as sent; decisions belong to the matched route, not to this. */
    public String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /** The query as sent, without its question mark; empty when there is none. */
    public String rawQuery() {
        return request.prologue().query().rawValue();
    }

    /** The part of the path that {@code {name}} stands for, decoded. @throws java.util.NoSuchElementException when the route has none */
    public String path(String name) {
        return request.path().pathParameters().get(name);
    }

    /** A path parameter in a form of its own. @throws ApiError 404 when {@code parse} finds none */
    public <T> T path(String name, Function<String, Optional<T>> parse) {
        return parse.apply(path(name)).orElseThrow(ApiError::notFound);
    }

    /** A query parameter, decoded; empty text counts as not given. @throws ApiError 400 when it is given twice or holds NUL */
    public Optional<String> query(String name) {
        if (!request.query().contains(name)) {
            return Optional.empty();
        }
        List<String> values = request.query().all(name);
        if (values.size() > 1) {
            throw ApiError.badRequest("Query parameter " + name + " is given more than once.");
        }
        if (values.getFirst().indexOf('\0') >= 0) {
            throw ApiError.badRequest("Text must not contain NUL characters.");
        }
        return Optional.of(values.getFirst()).filter(value -> !value.isEmpty());
    }

    /** A whole number in the query. @throws ApiError 400 when it is not one, or outside {@code min..max} */
    public Optional<Integer> queryInt(String name, int min, int max) {
        return query(name).map(text -> {
            try {
                int value = Integer.parseInt(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Said below, together with numbers out of range.
            }
            throw ApiError.badRequest(
                    "Query parameter " + name + " must be a whole number from " + min + " to " + max + ".");
        });
    }

    /** A header's first value. */
    public Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    /** The value of each line with that name, in the order in which they came. */
    public List<String> headerLines(String name) {
        return request.headers().all(HeaderNames.create(name), List::of);
    }

    /** A cookie's value; the first when a client sends several of that name. */
    public Optional<String> cookie(String name) {
        return request.headers().cookies().first(name).asOptional();
    }

    /** The address of whoever opened the connection: the client, or a proxy before us. */
    public String peerAddress() {
        return request.remotePeer().address() instanceof java.net.InetSocketAddress socket
                ? socket.getAddress().getHostAddress()
                : "";
    }

    /**
     * Who calls, found out when somebody wants to know: what is for anyone is answered also while nobody can be asked.
     *
     * @throws ApiError as {@link Authentication#identify}
     */
    public Identity identity() {
        Identity known = identity;
        if (known == null) {
            known = listener.authentication().identify(this);
            identity = known;
        }
        return known;
    }

    /** The signed-in user. @throws ApiError 401 when there is none */
    public Caller caller() {
        if (identity() instanceof Identity.User user) {
            return user.caller();
        }
        throw ApiError.notAuthenticated();
    }

    /** The client's address as the gateway saw it, for the audit log. */
    public String clientAddress() {
        return listener.authentication().clientAddress(this);
    }

    /** Where this call came from, for the audit log. @throws ApiError as {@link #identity} */
    public Origin origin() {
        String username =
                identity() instanceof Identity.User user ? user.caller().username() : null;
        return new Origin(username, clientAddress(), userAgent());
    }

    /** What the client calls itself, cut to what a log should hold. */
    public String userAgent() {
        String agent = header("User-Agent").orElse("");
        return agent.length() <= 300 ? agent : agent.substring(0, 300);
    }

    /**
     * The body as strict JSON.
     *
     * @throws ApiError 415 for another media type, 413 when too large, 400 when it is not JSON of that shape
     */
    public <T> T body(Class<T> type) {
        String contentType = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        String mediaType = contentType.split(";", 2)[0].strip();
        if (!mediaType.equals(Reply.JSON_TYPE)) {
            throw ApiError.unsupportedMediaType("The body must be application/json.");
        }
        byte[] read = body();
        share().take((long) BodyBudget.JSON_FACTOR * read.length);
        return Json.read(read, type);
    }

    /** The whole body; empty when there is none. @throws ApiError 413 when it is larger than the listener allows */
    public byte[] body() {
        byte[] known = body;
        if (known != null) {
            return known;
        }
        if (request.content().hasEntity()) {
            // Whoever sends slowly takes no place from others: a connection and a share of the budget bound it.
            place.close();
        }
        byte[] read = readBody();
        body = read;
        place.take(this);
        return read;
    }

    private byte[] readBody() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        long announced = request.headers().contentLength().orElse(maxBytes);
        if (announced > maxBytes) {
            throw tooLarge();
        }
        try {
            return arrived(request.content().inputStream(), (int) announced);
        } catch (RequestException e) {
            throw e.status().code() == 413 ? tooLarge() : ApiError.badRequest("Malformed body.");
        } catch (NumberFormatException e) {
            // What Helidon's reader of chunk sizes throws.
            throw ApiError.badRequest("Malformed body.");
        } catch (IOException
                | UncheckedIOException
                | CloseConnectionException
                | DataReader.InsufficientDataAvailableException e) {
            // The client left, or waits longer than the read timeout: nobody reads this answer.
            throw ApiError.badRequest("The body did not arrive.");
        }
    }

    /**
     * Reads to the end, with memory for what is there and not for what was announced: whoever announces much and sends little holds little.
     * The stream is not closed: closing reads what is left, and what is left of a refused body is not worth reading.
     */
    private byte[] arrived(InputStream in, int announced) throws IOException {
        long deadline = System.nanoTime() + listener.bodies().timeout().toNanos();
        byte[] read = new byte[Math.min(announced, FREE_BYTES)];
        int size = 0;
        while (true) {
            int count = size < read.length ? in.read(read, size, read.length - size) : in.read();
            if (count < 0) {
                return size == read.length ? read : Arrays.copyOf(read, size);
            }
            if (size == read.length) {
                if (size == announced) {
                    throw tooLarge();
                }
                int more = Math.min(announced, 4 * size);
                share().take((long) BodyBudget.RAW_FACTOR * (more - size));
                read = Arrays.copyOf(read, more);
                read[size] = (byte) count;
                count = 1;
            }
            if (System.nanoTime() > deadline) {
                // Whoever sends a byte now and then would keep its memory for ever.
                throw new IOException(
                        "the body takes longer than " + listener.bodies().timeout());
            }
            size += count;
        }
    }

    /**
     * Takes memory from what all calls share for bodies, until this call is answered: for an answer that may be large.
     *
     * @throws ApiError 503 when others hold it for too long
     */
    public void reserve(long bytes) {
        share().take(bytes);
    }

    private BodyBudget.Share share() {
        BodyBudget.Share known = share;
        if (known == null) {
            known = listener.bodies().budget().share(holder());
            share = known;
        }
        return known;
    }

    private String holder() {
        return switch (identity) {
            case Identity.User user -> "user " + user.caller().id();
            case Identity.Service service -> "service " + service.name();
            case Identity.Anonymous nobody -> BodyBudget.ANONYMOUS + peerAddress();
            case null -> BodyBudget.ANONYMOUS + peerAddress();
        };
    }

    /** The call is over: its body's memory is for others. */
    void release() {
        body = null;
        if (share != null) {
            share.close();
        }
    }

    /** Whether a body was announced that nobody read: such a connection cannot carry another request. */
    private boolean bodyUnread() {
        return body == null && request.content().hasEntity();
    }

    /** Makes this the connection's last call: whoever is refused for overload must not ask again at once, by the same connection. */
    void endConnection() {
        last = true;
    }

    /** Whether the connection ends with this call: the client asks for it, or left a body behind that would be read as a request. */
    boolean closes() {
        Connection connection = Connection.current();
        return last || bodyUnread() || asksToClose() || reserved() || (connection != null && connection.http10());
    }

    private boolean asksToClose() {
        return request.headers().values(HeaderNames.CONNECTION).stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .anyMatch(token -> token.strip().equalsIgnoreCase("close"));
    }

    /** Whether it came by a connection above the limit, which are there for health checks, sign-in and admins. */
    boolean reserved() {
        Connection connection = Connection.current();
        return connection != null && connection.reserved();
    }

    private ApiError tooLarge() {
        return ApiError.tooLarge("The body is larger than " + maxBytes + " bytes.");
    }
}

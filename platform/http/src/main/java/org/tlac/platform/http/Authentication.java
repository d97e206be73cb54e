package org.tlac.platform.http;

import io.helidon.http.ForbiddenException;
import io.helidon.http.UnauthorizedException;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.HttpSecurity;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Arrays;
import org.tlac.platform.identity.Identity;

/**
 * Finds out who sends a call, and is a listener's {@link HttpSecurity}: what routes demand of their callers by {@code SecureHandler} is
 * checked against the identity found. Services behind the gateway register helidon-security in its place, as one of these.
 */
@FunctionalInterface
public interface Authentication extends HttpFeature, HttpSecurity {

    /** For listeners that nobody signs in at. */
    Authentication NONE = call -> new Identity.Anonymous(call.peerAddress());

    /**
     * @return {@link Identity.Anonymous} when nothing was presented
     * @throws ApiError 401 when what was presented proves nothing, 503 when that cannot be known now
     */
    Identity identify(Call call);

    /** The address of the client, for the audit log; a listener that clients connect to need not know who they are for it. */
    default String clientAddress(Call call) {
        return call.identity().clientAddress();
    }

    @Override
    default void setup(HttpRouting.Builder routing) {
        routing.security(this);
    }

    @Override
    default boolean authenticate(ServerRequest request, ServerResponse response, boolean required) {
        if (required && Call.of(request).identity() instanceof Identity.Anonymous) {
            throw new UnauthorizedException("nobody is signed in");
        }
        return true;
    }

    @Override
    default boolean authorize(ServerRequest request, ServerResponse response, String... roles) {
        if (!Arrays.asList(roles).contains(Call.of(request).identity().role())) {
            throw new ForbiddenException("none of the roles " + Arrays.toString(roles));
        }
        return true;
    }
}

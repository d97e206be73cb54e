package org.tlac.platform.http;

import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.InvalidTokenException;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.identity.TokenVerifier;

/**
 * How a service behind the gateway knows its callers: a token that auth-service signed for a user, or the secret of another service of
 * ours. Nothing else is believed, and the client's address only from a service that proved itself.
 */
public final class BearerAuthentication implements Authentication {

    /** Names the service that presents its secret. */
    public static final String SERVICE = "X-Tlac-Service";

    /** The address of the client on whose behalf a service acts. */
    public static final String CLIENT_ADDRESS = "X-Tlac-Client-Address";

    private static final Logger LOG = LoggerFactory.getLogger(BearerAuthentication.class);
    private static final String SCHEME = "Bearer ";

    private final TokenVerifier verifier;
    private final Map<String, ServiceSecret> services;

    /** @param services the services that may call for themselves, by name; empty for most */
    public BearerAuthentication(TokenVerifier verifier, Map<String, ServiceSecret> services) {
        this.verifier = verifier;
        this.services = Map.copyOf(services);
    }

    @Override
    public Identity identify(Call call) {
        Optional<String> header = call.header("Authorization");
        if (header.isEmpty()) {
            return new Identity.Anonymous("");
        }
        if (!header.get().startsWith(SCHEME)) {
            throw ApiError.notAuthenticated();
        }
        String credential = header.get().substring(SCHEME.length());
        Optional<String> service = call.header(SERVICE);
        return service.isPresent() ? service(service.get(), credential, call) : user(credential);
    }

    private Identity service(String name, String credential, Call call) {
        ServiceSecret secret = services.get(name);
        if (secret == null || !secret.matches(credential)) {
            LOG.warn("Refused a caller that claims to be a service of ours");
            throw ApiError.notAuthenticated();
        }
        return new Identity.Service(name, call.header(CLIENT_ADDRESS).orElse(""));
    }

    private Identity user(String token) {
        try {
            return new Identity.User(verifier.verify(token));
        } catch (InvalidTokenException e) {
            LOG.info("Refused a token: {}", e.getMessage());
            throw ApiError.notAuthenticated();
        }
    }
}

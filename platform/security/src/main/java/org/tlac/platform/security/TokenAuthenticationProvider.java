package org.tlac.platform.security;

import io.helidon.security.AuthenticationResponse;
import io.helidon.security.Principal;
import io.helidon.security.ProviderRequest;
import io.helidon.security.Role;
import io.helidon.security.Subject;
import io.helidon.security.spi.AuthenticationProvider;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.InvalidTokenException;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.identity.TokenVerifier;

/**
 * A token that auth-service signed for a user, or the secret of another service of ours, becomes a subject with one role. Nothing else is
 * believed, and the client's address only from a service that proved itself.
 */
final class TokenAuthenticationProvider implements AuthenticationProvider {

    private static final String SCHEME = "Bearer ";

    private final TokenVerifier verifier;
    private final Map<String, ServiceSecret> services;

    /** @param services the services that may call for themselves, by name; empty for most */
    TokenAuthenticationProvider(TokenVerifier verifier, Map<String, ServiceSecret> services) {
        this.verifier = verifier;
        this.services = Map.copyOf(services);
    }

    /**
     * @return a subject that holds its {@link Identity} as a private credential; abstained when nothing was presented
     * @throws org.tlac.platform.identity.KeysUnavailableException when auth-service's keys cannot be had now
     */
    @Override
    public AuthenticationResponse authenticate(ProviderRequest request) {
        Optional<String> header = header(request, "Authorization");
        if (header.isEmpty()) {
            return AuthenticationResponse.abstain();
        }
        if (!header.get().startsWith(SCHEME)) {
            return AuthenticationResponse.failed("not a bearer token");
        }
        String credential = header.get().substring(SCHEME.length());
        return header(request, ServiceSecret.NAME_HEADER)
                .map(name -> service(request, name, credential))
                .orElseGet(() -> user(credential));
    }

    private AuthenticationResponse service(ProviderRequest request, String name, String credential) {
        ServiceSecret secret = services.get(name);
        if (secret == null || !secret.matches(credential)) {
            return AuthenticationResponse.failed("a caller that claims to be a service of ours");
        }
        String client = header(request, ServiceSecret.CLIENT_ADDRESS_HEADER).orElse("");
        return AuthenticationResponse.success(subject(name, new Identity.Service(name, client)));
    }

    private AuthenticationResponse user(String token) {
        try {
            Identity.User user = new Identity.User(verifier.verify(token));
            return AuthenticationResponse.success(subject(user.caller().username(), user));
        } catch (InvalidTokenException e) {
            return AuthenticationResponse.failed("a token: " + e.getMessage());
        }
    }

    private static Subject subject(String name, Identity identity) {
        return Subject.builder()
                .principal(Principal.create(name))
                .addGrant(Role.create(identity.role()))
                .addPrivateCredential(Identity.class, identity)
                .build();
    }

    private static Optional<String> header(ProviderRequest request, String name) {
        return request.env().headers().getOrDefault(name, List.of()).stream().findFirst();
    }
}

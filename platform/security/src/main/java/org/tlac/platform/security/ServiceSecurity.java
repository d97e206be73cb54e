package org.tlac.platform.security;

import io.helidon.http.ForbiddenException;
import io.helidon.security.AuditEvent;
import io.helidon.security.AuthenticationResponse;
import io.helidon.security.Security;
import io.helidon.security.SecurityContext;
import io.helidon.security.Subject;
import io.helidon.security.internal.SecurityAuditEvent;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.security.SecurityHttpFeature;
import java.util.Arrays;
import java.util.Map;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Authentication;
import org.tlac.platform.http.Call;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.identity.TokenVerifier;

/**
 * helidon-security as the security of a service's routing: {@link SecurityHttpFeature} gives each request its {@link SecurityContext}, and
 * what a route demands by {@code SecureHandler} is asked of that. Helidon's own enforcement, {@code SecurityHandler} (4.1.7), is not used:
 * it sends its refusals itself, without a body, and turns keys that cannot be had now into 500; the contract wants JSON and 503.
 */
public final class ServiceSecurity implements Authentication {

    private final Security security;

    /** @param services the services that may call for themselves, by name; empty for most */
    public ServiceSecurity(TokenVerifier verifier, Map<String, ServiceSecret> services) {
        security = Security.builder()
                .addAuthenticationProvider(new TokenAuthenticationProvider(verifier, services))
                .addAuditProvider(new RefusalLog())
                .disableTracing()
                .build();
    }

    @Override
    public void setup(HttpRouting.Builder routing) {
        SecurityHttpFeature.create(security).setup(routing);
        routing.security(this);
    }

    @Override
    public Identity identify(Call call) {
        AuthenticationResponse response =
                context(call.request()).atnClientBuilder().submit();
        return switch (response.status()) {
            case SUCCESS -> response.user().map(ServiceSecurity::identity).orElseThrow(ApiError::notAuthenticated);
            case ABSTAIN -> new Identity.Anonymous("");
            default -> throw ApiError.notAuthenticated();
        };
    }

    private static Identity identity(Subject subject) {
        return subject.privateCredential(Identity.class).orElseThrow(ApiError::notAuthenticated);
    }

    @Override
    public boolean authorize(ServerRequest request, ServerResponse response, String... roles) {
        SecurityContext context = context(request);
        if (Arrays.stream(roles).noneMatch(context::isUserInRole)) {
            context.audit(SecurityAuditEvent.failure(
                            AuditEvent.AUTHZ_TYPE_PREFIX + ".authorize", "%s asked for %s, which needs one of %s")
                    .addParam(AuditEvent.AuditParam.plain(
                            "caller", Call.of(request).identity().role()))
                    .addParam(AuditEvent.AuditParam.plain(
                            "endpoint", Call.of(request).endpoint()))
                    .addParam(AuditEvent.AuditParam.plain("roles", Arrays.toString(roles))));
            throw new ForbiddenException("none of the roles " + Arrays.toString(roles));
        }
        return true;
    }

    private static SecurityContext context(ServerRequest request) {
        return request.context().get(SecurityContext.class).orElseThrow();
    }
}

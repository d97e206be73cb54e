package org.tlac.gateway.upstream;

import java.net.URI;
import java.util.function.LongConsumer;
import org.tlac.platform.http.BearerAuthentication;
import org.tlac.platform.http.ServiceClient;
import org.tlac.platform.http.ServiceClient.Answer;
import org.tlac.platform.http.ServiceClient.Request;
import org.tlac.platform.http.ServiceClient.Streamed;
import org.tlac.platform.identity.ServiceSecret;
import org.tlac.platform.metrics.Owner;

/** A service behind the gateway, and the two ways to be somebody there: as a signed-in user, or as the gateway itself. */
public final class Upstream {

    private static final String AUTHORIZATION = "Authorization";

    private final ServiceClient client;
    private final ServiceSecret secret;

    public Upstream(String name, URI base, ServiceSecret secret) {
        this.client = new ServiceClient(ServiceClient.Config.of(name, base));
        this.secret = secret;
    }

    /** @param token the internal token of a signed-in user */
    public Answer asUser(Request request, String token) {
        return asUser(request, token, bytes -> {});
    }

    /** @param room told how much memory the answer will take, before it is read */
    public Answer asUser(Request request, String token, LongConsumer room) {
        return client.send(request.with(AUTHORIZATION, "Bearer " + token), room);
    }

    /** As {@link #asUser}, for an answer that is read while it arrives; close its body. */
    public Streamed openAsUser(Request request, String token) {
        return client.open(request.with(AUTHORIZATION, "Bearer " + token));
    }

    /** @param clientAddress on whose behalf, for lockouts and the audit log */
    public Answer asGateway(Request request, String clientAddress) {
        return client.send(request.with(AUTHORIZATION, secret.bearer())
                .with(BearerAuthentication.SERVICE, Owner.GATEWAY.id())
                .with(BearerAuthentication.CLIENT_ADDRESS, clientAddress));
    }

    /** Without saying who: for what anyone may know. */
    public Answer anonymously(Request request) {
        return client.send(request);
    }
}

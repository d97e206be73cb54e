package org.tlac.gateway.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.tlac.gateway.upstream.ExpiringCache;
import org.tlac.gateway.upstream.ServiceClient;
import org.tlac.gateway.upstream.Upstream;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.Role;

/**
 * Resolves session cookies at auth-service, remembering each answer for seconds: thirty pupils pressing Run ask once each, and a session
 * that ended elsewhere is forgotten as quickly.
 */
public final class Sessions {

    /** 256 random bits take 43 characters of Base64; anything far from that is not worth asking about. */
    private static final Pattern COOKIE_FORM = Pattern.compile("[A-Za-z0-9_-]{40,128}");

    /** A token must outlive the call it is passed on with. */
    private static final Duration TOKEN_RESERVE = Duration.ofSeconds(10);

    private static final int MAX_REMEMBERED = 5_000;

    private final Upstream auth;
    private final InstantSource clock;
    private final ExpiringCache<String, Optional<Session>> remembered;

    /** Sessions that ended here: an answer that was on its way meanwhile must not bring one back. */
    private final Cache<String, Boolean> ended;

    public Sessions(Upstream auth, Duration remember, InstantSource clock) {
        this.auth = auth;
        this.clock = clock;
        this.remembered = new ExpiringCache<>(remember, MAX_REMEMBERED);
        this.ended = Caffeine.newBuilder()
                .maximumSize(MAX_REMEMBERED)
                .expireAfterWrite(Duration.ofMinutes(1))
                .build();
    }

    /**
     * The session of a cookie, for a client at that address; empty when there is none or it ended.
     *
     * @throws ApiError 502, 503 or 504 when auth-service cannot be asked
     */
    public Optional<Session> resolve(String cookie, String clientAddress) {
        if (!COOKIE_FORM.matcher(cookie).matches() || ended.getIfPresent(cookie) != null) {
            return Optional.empty();
        }
        // One entry for each address too, because the token says where its caller is.
        String key = cookie + ' ' + clientAddress;
        Optional<Session> known = remembered.get(key, missing -> ask(cookie, clientAddress));
        if (known.isPresent()
                && known.get().tokenExpiresAt().isBefore(clock.instant().plus(TOKEN_RESERVE))) {
            remembered.forget(key);
            return remembered.get(key, missing -> ask(cookie, clientAddress));
        }
        return known;
    }

    /** Forgets a session that ends, for every address it was used from. */
    public void forget(String cookie) {
        ended.put(cookie, true);
        remembered.forgetIf(key -> key.startsWith(cookie + ' '));
    }

    /** Forgets every session: after a change of accounts any of them may have ended. */
    public void forgetAll() {
        remembered.forgetAll();
    }

    private Optional<Session> ask(String cookie, String clientAddress) {
        ServiceClient.Answer answer = auth.asGateway(
                ServiceClient.Request.post(
                                "/internal/session", Map.of("cookie", cookie, "client_address", clientAddress))
                        .asRepeatable(),
                clientAddress);
        return switch (answer.status()) {
            case 200 -> Optional.of(session(cookie, clientAddress, Json.tree(answer.text())));
            case 401 -> Optional.empty();
            default ->
                throw ApiError.unavailable(
                        "The sign-in service is away. Please try again shortly.",
                        "upstream_unavailable",
                        new IllegalStateException("/internal/session answered " + answer.status()));
        };
    }

    private static Session session(String cookie, String clientAddress, JsonNode body) {
        JsonNode user = body.required("user");
        JsonNode cohortYear = user.path("cohort_year");
        Caller caller = new Caller(
                user.required("id").asLong(),
                user.required("username").asText(),
                user.required("name").asText(),
                Role.of(user.required("role").asText()).orElseThrow(),
                cohortYear.isInt() ? cohortYear.asInt() : null,
                clientAddress);
        return new Session(
                cookie,
                body.required("token").asText(),
                Instant.parse(body.required("token_expires_at").asText()),
                body.required("csrf_token").asText(),
                caller);
    }
}

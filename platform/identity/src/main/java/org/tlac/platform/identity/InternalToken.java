package org.tlac.platform.identity;

import io.helidon.security.jwt.Jwt;
import jakarta.json.JsonNumber;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The form of the token that the gateway passes to services: a JWT (RFC 7519), signed ES256 by auth-service, valid for a minute at
 * most. Both ends, the signer and the verifiers, read the form here.
 */
public final class InternalToken {

    public static final String ISSUER = "tlac-auth";
    public static final String AUDIENCE = "tlac";
    public static final String ALGORITHM = "ES256";
    public static final Duration MAX_LIFETIME = Duration.ofSeconds(60);

    private static final String COHORT_YEAR = "cohort_year";
    private static final String CLIENT_ADDRESS = "client_address";

    private InternalToken() {}

    /**
     * The claims that vouch for a caller, ready to be signed.
     *
     * @param keyId id of the key it will be signed with
     */
    public static Jwt claims(Caller caller, String keyId, Instant issuedAt, Duration lifetime) {
        if (lifetime.compareTo(MAX_LIFETIME) > 0) {
            throw new IllegalArgumentException("An internal token lives " + MAX_LIFETIME + " at most, not " + lifetime);
        }
        Jwt.Builder claims = Jwt.builder()
                .algorithm(ALGORITHM)
                .keyId(keyId)
                .issuer(ISSUER)
                .addAudience(AUDIENCE)
                .issueTime(issuedAt)
                .expirationTime(issuedAt.plus(lifetime))
                .subject(Long.toString(caller.id()))
                .preferredUsername(caller.username())
                .fullName(caller.name())
                .addUserGroup(caller.role().id())
                .addPayloadClaim(CLIENT_ADDRESS, caller.clientAddress());
        if (caller.cohortYear() != null) {
            claims.addPayloadClaim(COHORT_YEAR, caller.cohortYear());
        }
        return claims.build();
    }

    /**
     * Reads the caller from claims whose signature and times were checked.
     *
     * @throws InvalidTokenException when a claim is missing or of another form
     */
    static Caller caller(Jwt jwt) {
        try {
            return new Caller(
                    Long.parseLong(jwt.subject().orElseThrow()),
                    jwt.preferredUsername().orElseThrow(),
                    jwt.fullName().orElseThrow(),
                    role(jwt.userGroups().orElse(List.of())).orElseThrow(),
                    jwt.payloadClaim(COHORT_YEAR)
                            .map(year -> ((JsonNumber) year).intValue())
                            .orElse(null),
                    jwt.payloadClaim(CLIENT_ADDRESS).map(InternalToken::text).orElse(""));
        } catch (java.util.NoSuchElementException | NumberFormatException | ClassCastException e) {
            throw new InvalidTokenException("claims are incomplete: " + e.getMessage());
        }
    }

    private static Optional<Role> role(List<String> groups) {
        return groups.size() == 1 ? Role.of(groups.getFirst()) : Optional.empty();
    }

    private static String text(JsonValue value) {
        return ((JsonString) value).getString();
    }
}

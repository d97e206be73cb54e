package org.tlac.platform.identity;

import io.helidon.security.jwt.jwk.Jwk;
import java.util.Optional;

/** Where a token's verification keys come from. */
@FunctionalInterface
public interface KeySource {

    /**
     * The public key with that id; empty when the signer has no such key.
     *
     * @throws KeysUnavailableException when the keys could not be asked for
     */
    Optional<Jwk> key(String keyId);
}

package org.tlac.auth.keys;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.security.jwt.SignedJwt;
import io.helidon.security.jwt.jwk.Jwk;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.auth.keys.KeyStore.Stored;
import org.tlac.platform.db.Database;
import org.tlac.platform.db.Transaction;
import org.tlac.platform.identity.Caller;
import org.tlac.platform.identity.InternalToken;
import org.tlac.platform.identity.KeySource;

/** This replica's copy of the signing keys: signs internal tokens, verifies them, and keeps the shared table in order. */
public final class SigningKeys implements KeySource {

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

    /** Tokens that name an unknown key must not make us ask the database without end. */
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final Database database;
    private final KeyRotation rotation;
    private final InstantSource clock;
    private final KeyStore store = new KeyStore();
    private final ReentrantLock looking = new ReentrantLock();
    private volatile Copy copy = new Copy(List.of(), Instant.MIN);

    /** A stored key, ready to be used. */
    private record Ready(String id, KeyPeriod period, Jwk jwk) {}

    private record Copy(List<Ready> keys, Instant at) {}

    public SigningKeys(Database database, KeyRotation rotation, InstantSource clock) {
        this.database = database;
        this.rotation = rotation;
        this.clock = clock;
    }

    /** Removes keys that are over, makes the next one when it is time, and learns what other replicas made. */
    public void maintain() {
        Instant now = clock.instant();
        List<Stored> stored = database.transaction(transaction -> maintained(transaction, now));
        copy = copyOf(stored, now);
    }

    private List<Stored> maintained(Transaction transaction, Instant now) {
        store.lock(transaction);
        store.deleteOver(transaction, now);
        List<KeyPeriod> periods =
                store.list(transaction, now).stream().map(Stored::period).toList();
        rotation.next(periods, now).ifPresent(period -> {
            SigningKey key = SigningKey.generate();
            store.insert(transaction, key, period, now);
            LOG.info("Made signing key {}, which signs from {}", key.id(), period.signsFrom());
        });
        return store.list(transaction, now);
    }

    /** @return the token that vouches for the caller, to be sent as {@code Authorization: Bearer} */
    public String sign(Caller caller, Instant issuedAt, Duration lifetime) {
        Ready key = signer(clock.instant());
        return SignedJwt.sign(InternalToken.claims(caller, key.id(), issuedAt, lifetime), key.jwk())
                .tokenContent();
    }

    private Ready signer(Instant now) {
        List<Ready> keys = copy.keys();
        return keys.stream()
                .filter(key -> !key.period().signsFrom().isAfter(now))
                .reduce((older, newer) -> newer)
                // The very first key, made by a replica whose clock is ahead of ours.
                .orElseGet(keys::getFirst);
    }

    @Override
    public Optional<Jwk> key(String keyId) {
        Optional<Jwk> known = find(keyId);
        if (known.isPresent()) {
            return known;
        }
        look();
        return find(keyId);
    }

    private Optional<Jwk> find(String keyId) {
        Instant now = clock.instant();
        return copy.keys().stream()
                .filter(key ->
                        key.id().equals(keyId) && key.period().publishedUntil().isAfter(now))
                .map(Ready::jwk)
                .findFirst();
    }

    /** Another replica may have made a key since we looked. */
    private void look() {
        looking.lock();
        try {
            Instant now = clock.instant();
            if (copy.at().isBefore(now.minus(BETWEEN_LOOKS))) {
                copy = copyOf(store.list(database, now), now);
            }
        } finally {
            looking.unlock();
        }
    }

    /** Public halves of all keys that count, from the table itself: a verifier that asks must learn of the newest. */
    List<JsonNode> published() {
        return store.list(database, clock.instant()).stream()
                .map(stored -> stored.key().published())
                .toList();
    }

    private static Copy copyOf(List<Stored> stored, Instant at) {
        return new Copy(
                stored.stream()
                        .map(one -> new Ready(
                                one.key().id(), one.period(), one.key().jwk()))
                        .toList(),
                at);
    }
}

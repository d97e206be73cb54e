package org.tlac.auth.keys;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;
import org.tlac.platform.db.Transaction;

/** The table of signing keys, which all replicas share. */
final class KeyStore {

    /** Any number that no other lock of this schema has; it is "keys" in ASCII. */
    private static final long LOCK = 0x6b657973;

    record Stored(SigningKey key, KeyPeriod period) {}

    /** Makes replicas that look after keys take turns, until the transaction ends. */
    void lock(Transaction transaction) {
        transaction.query(
                "keys.lock",
                "select pg_advisory_xact_lock(:lock) is null as locked",
                Map.of("lock", LOCK),
                row -> row.bool("locked"));
    }

    /** Keys that still count, in the order in which they began or will begin to sign. */
    List<Stored> list(Statements statements, Instant now) {
        return statements.query("keys.list", """
                select kid, private_jwk, public_jwk, signs_from, signs_until, published_until
                from signing_keys where published_until > :now order by signs_from, kid
                """, Map.of("now", now), KeyStore::stored);
    }

    void insert(Transaction transaction, SigningKey key, KeyPeriod period, Instant now) {
        Map<String, @Nullable Object> parameters = new HashMap<>();
        parameters.put("kid", key.id());
        parameters.put("private", key.privateJwk());
        parameters.put("public", key.publicJwk());
        parameters.put("now", now);
        parameters.put("from", period.signsFrom());
        parameters.put("until", period.signsUntil());
        parameters.put("published", period.publishedUntil());
        transaction.update("keys.insert", """
                insert into signing_keys (kid, private_jwk, public_jwk, created_at, signs_from, signs_until, published_until)
                values (:kid, cast(:private as json), cast(:public as json), :now, :from, :until, :published)
                """, parameters);
    }

    long deleteOver(Transaction transaction, Instant now) {
        return transaction.update(
                "keys.delete", "delete from signing_keys where published_until <= :now", Map.of("now", now));
    }

    private static Stored stored(Row row) {
        return new Stored(
                new SigningKey(row.string("kid"), row.json("private_jwk"), row.json("public_jwk")),
                new KeyPeriod(row.instant("signs_from"), row.instant("signs_until"), row.instant("published_until")));
    }
}

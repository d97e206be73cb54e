package org.tlac.auth.keys;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When the next signing key is made and which times it gets.
 *
 * @param rotation how long a key signs
 * @param published how long after that it can still be verified with
 */
public record KeyRotation(Duration rotation, Duration published) {

    /** A new key is published this long before it signs: longer than verifiers keep the keys they know (JwksClient.MAX_AGE, 5 min). */
    static final Duration AHEAD = Duration.ofMinutes(10);

    /** A token lives 60 s, and clocks differ by seconds: a key must outlive what it signed last. */
    static final Duration MIN_PUBLISHED = Duration.ofMinutes(5);

    public KeyRotation {
        if (rotation.compareTo(AHEAD.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(
                    "keys.rotation must be at least " + AHEAD.multipliedBy(2) + ", not " + rotation);
        }
        if (published.compareTo(MIN_PUBLISHED) < 0) {
            throw new IllegalArgumentException(
                    "keys.published must be at least " + MIN_PUBLISHED + ", not " + published);
        }
    }

    /** The times of the key that must be made now, beside those there are; empty while there are enough. */
    Optional<KeyPeriod> next(List<KeyPeriod> keys, Instant now) {
        if (keys.stream().anyMatch(key -> key.signsUntil().isAfter(now.plus(AHEAD)))) {
            return Optional.empty();
        }
        boolean oneSigns = keys.stream()
                .anyMatch(
                        key -> !key.signsFrom().isAfter(now) && key.signsUntil().isAfter(now));
        Instant from = oneSigns ? now.plus(AHEAD) : now;
        Instant until = from.plus(rotation);
        return Optional.of(new KeyPeriod(from, until, until.plus(published)));
    }
}

package org.tlac.platform.identity;

import io.helidon.security.jwt.JwtException;
import io.helidon.security.jwt.jwk.Jwk;
import io.helidon.security.jwt.jwk.JwkKeys;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * auth-service's public keys over HTTP. Helidon's own provider loads them once; keys rotate, so these are asked for again when a token
 * names an unknown one (at most once per {@value #MIN_SECONDS_BETWEEN_FETCHES} s, or strangers could make us ask without end) and when
 * they are older than {@link #MAX_AGE} (so that a withdrawn key stops counting).
 */
public final class JwksClient implements KeySource {

    static final long MIN_SECONDS_BETWEEN_FETCHES = 2;
    static final Duration MAX_AGE = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(JwksClient.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final URI uri;
    private final InstantSource clock;
    private final HttpClient http = HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
    private final ReentrantLock fetching = new ReentrantLock();
    private volatile @Nullable Fetched latest;

    private record Fetched(JwkKeys keys, Instant at) {}

    public JwksClient(URI uri, InstantSource clock) {
        this.uri = uri;
        this.clock = clock;
    }

    @Override
    public Optional<Jwk> key(String keyId) {
        Fetched known = latest;
        if (known != null && known.at().plus(MAX_AGE).isAfter(clock.instant())) {
            Optional<Jwk> key = known.keys().forKeyId(keyId);
            if (key.isPresent()) {
                return key;
            }
        }
        return refreshed(known).forKeyId(keyId);
    }

    private JwkKeys refreshed(@Nullable Fetched seen) {
        fetching.lock();
        try {
            Fetched current = latest;
            if (current != null
                    && (!current.equals(seen)
                            || current.at()
                                    .plusSeconds(MIN_SECONDS_BETWEEN_FETCHES)
                                    .isAfter(clock.instant()))) {
                return current.keys();
            }
            JwkKeys keys = fetch();
            latest = new Fetched(keys, clock.instant());
            LOG.info("Fetched {} public keys of auth-service", keys.keys().size());
            return keys;
        } finally {
            fetching.unlock();
        }
    }

    private JwkKeys fetch() {
        try {
            var request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
            var response = http.send(request, BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("answered " + response.statusCode());
            }
            try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
                return JwkKeys.create(reader.readObject());
            }
        } catch (IOException | JsonException | JwtException e) {
            throw new KeysUnavailableException("Cannot fetch auth-service's public keys from " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KeysUnavailableException("Interrupted while fetching auth-service's public keys", e);
        }
    }
}

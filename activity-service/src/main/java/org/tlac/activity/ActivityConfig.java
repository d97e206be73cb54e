package org.tlac.activity;

import io.helidon.config.Config;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.tlac.platform.db.DatabaseConfig;
import org.tlac.platform.db.DiskSpace;
import org.tlac.platform.http.ServerConfig;

/**
 * Every setting of activity-service. Keys and defaults stand in application.yaml too; {@code from} does not depend on that file.
 *
 * @param jwks where auth-service publishes its keys ({@code identity.jwks})
 * @param courseFolder holds manifest.json ({@code course.folder})
 * @param coursePoll how often to look whether the manifest changed ({@code course.poll})
 * @param stateBytes the most that one state may take, in bytes of JSON ({@code limits.statebytes})
 * @param userBytes the most that all newest states of one user may take together ({@code limits.userbytes}); below what the gateway
 *     accepts as an answer, since a list holds them all
 * @param answerBytes what the states of one answer to a teacher may take together ({@code limits.answerbytes})
 * @param disk the database's, where it is on this machine ({@code disk.data}, {@code disk.reservebytes}, {@code disk.poll})
 */
record ActivityConfig(
        ServerConfig server,
        DatabaseConfig database,
        URI jwks,
        Path courseFolder,
        Duration coursePoll,
        int stateBytes,
        long userBytes,
        long answerBytes,
        DiskSpace.Settings disk) {

    /** What a body holds beside the state: two field names, a time, punctuation. */
    private static final int BODY_EXTRA = 1024;

    ActivityConfig {
        if (jwks.getScheme() == null
                || jwks.getHost() == null
                || !jwks.getScheme().matches("https?")) {
            throw new IllegalArgumentException("identity.jwks must be an http address, not " + jwks);
        }
        if (coursePoll.toMillis() < 1) {
            throw new IllegalArgumentException("course.poll must be at least a millisecond, not " + coursePoll);
        }
        if (stateBytes < 2 || stateBytes > server.maxBodyBytes() - BODY_EXTRA) {
            throw new IllegalArgumentException("limits.statebytes must be from 2 to server.maxbodybytes less "
                    + BODY_EXTRA + ", not " + stateBytes);
        }
        if (answerBytes < stateBytes) {
            throw new IllegalArgumentException(
                    "limits.answerbytes must be at least limits.statebytes, not " + answerBytes);
        }
        if (userBytes < stateBytes) {
            throw new IllegalArgumentException("limits.userbytes must be at least limits.statebytes, not " + userBytes);
        }
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    static ActivityConfig from(Config config) {
        return new ActivityConfig(
                ServerConfig.from(config),
                DatabaseConfig.from(config),
                config.get("identity.jwks")
                        .as(URI.class)
                        .orElse(URI.create("http://127.0.0.1:8081/.well-known/jwks.json")),
                Path.of(config.get("course.folder").asString().orElse("course")),
                config.get("course.poll").as(Duration.class).orElse(Duration.ofSeconds(5)),
                config.get("limits.statebytes").asInt().orElse(512 << 10),
                config.get("limits.userbytes").asLong().orElse(8L << 20),
                config.get("limits.answerbytes").asLong().orElse(8L << 20),
                DiskSpace.Settings.from(config));
    }
}

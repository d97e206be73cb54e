package org.tlac.gateway.status;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.tlac.platform.http.Access;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Call;
import org.tlac.platform.identity.Identity;
import org.tlac.platform.identity.ServiceSecret;

/** Who may read {@code /metrics} at the edge: anyone, as the monitoring guide promises, or fewer by configuration. */
public final class MetricsAccess {

    private static final String SCHEME = "Bearer ";

    private final Mode mode;
    private final Optional<ServiceSecret> token;

    enum Mode {
        OPEN,
        /** An admin's session. */
        ADMIN,
        /** A bearer token, or an admin's session. */
        TOKEN,
        OFF
    }

    /** The keys below {@code metrics}: who may read, and the file that holds the token when one may be presented. */
    public record Config(Mode mode, Optional<Path> tokenFile) {

        public Config {
            if (mode == Mode.TOKEN && tokenFile.isEmpty()) {
                throw new IllegalArgumentException("metrics.access is token, but metrics.tokenfile is not set");
            }
        }

        public static Config from(io.helidon.config.Config config) {
            return of(
                    config.get("access").asString().get(),
                    config.get("tokenfile").asString().get());
        }

        /** @param tokenFile empty for none */
        public static Config of(String access, String tokenFile) {
            return new Config(
                    Mode.valueOf(access.toUpperCase(Locale.ROOT)),
                    Optional.of(tokenFile).filter(file -> !file.isEmpty()).map(Path::of));
        }
    }

    public MetricsAccess(Config config) {
        this.mode = config.mode();
        this.token = config.tokenFile().map(ServiceSecret::read);
    }

    /** @throws ApiError 404 when switched off, 401 or 403 when the caller may not */
    void check(Call call) {
        if (mode == Mode.OFF) {
            throw ApiError.notFound();
        }
        if (mode == Mode.OPEN || presentsToken(call)) {
            return;
        }
        switch (call.identity()) {
            case Identity.User user when Access.ADMIN.admits(user.caller().role()) -> {}
            case Identity.User user -> throw ApiError.forbidden();
            default -> throw ApiError.notAuthenticated();
        }
    }

    private boolean presentsToken(Call call) {
        return mode == Mode.TOKEN
                && call.header("Authorization")
                        .filter(header -> header.startsWith(SCHEME))
                        .flatMap(header -> token.filter(secret -> secret.matches(header.substring(SCHEME.length()))))
                        .isPresent();
    }
}

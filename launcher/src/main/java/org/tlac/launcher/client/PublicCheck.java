package org.tlac.launcher.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.tlac.launcher.certificates.Certificates;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;

/** What a user meets who opens TLAC now: the gateway's public listener, asked by HTTPS from this machine. */
public final class PublicCheck {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 64 << 10;

    private final String url;
    private final Path[] trusted;
    private final Duration timeout;

    /**
     * @param isAccepting whether the listener answers at all
     * @param isOk whether users can sign in, and whatever they do then works
     * @param text what users can do: the end of a line that begins with them
     */
    public record Result(boolean isAccepting, boolean isOk, String text) {}

    private record Answer(int status, JsonNode body) {}

    /** @param gateway its configuration as the launcher sets it, with a school's own values */
    public PublicCheck(Home home, Map<String, String> gateway, Duration timeout) {
        this.url = "https://" + reachable(gateway.getOrDefault("SERVER_HOST", "")) + ":" + gateway.get("SERVER_PORT");
        Path authority = home.tls().resolve(Certificates.AUTHORITY);
        Path shown = Path.of(gateway.getOrDefault("TLS_CERTIFICATE", ""));
        boolean ours = shown.equals(home.tls().resolve(Certificates.SERVER));
        this.trusted = ours ? new Path[] {authority} : new Path[] {authority, shown};
        this.timeout = timeout;
    }

    /** "All addresses" is none that anybody can connect to. */
    private static String reachable(String host) {
        String one = switch (host) {
            case "", "0.0.0.0" -> "127.0.0.1";
            case "::" -> "::1";
            default -> host;
        };
        return one.contains(":") ? "[" + one + "]" : one;
    }

    public Result run() {
        try {
            SSLContext tls = ApiClient.trusting(trusted);
            return judge(get(tls, "/login.html"), get(tls, "/api/health"));
        } catch (IOException | CertificateException | UserError e) {
            return new Result(false, false, "cannot get in: no answer at %s (%s)".formatted(url, e.getMessage()));
        }
    }

    private static Result judge(Answer page, Answer health) {
        if (page.status() != 200) {
            return new Result(true, false, "cannot sign in: the page for that is answered " + page.status());
        }
        if (health.status() != 200) {
            return new Result(true, false, "cannot sign in: /api/health is answered " + health.status());
        }
        if (!health.body().path("db_ok").asBoolean()) {
            return new Result(true, false, "cannot sign in: auth-service or the database is away");
        }
        return health.body().path("status").asText().equals("ok")
                ? new Result(true, true, "can sign in")
                : new Result(true, false, "can sign in, but not everything works");
    }

    private Answer get(SSLContext tls, String path) throws IOException, CertificateException {
        HttpsURLConnection connection =
                (HttpsURLConnection) URI.create(url + path).toURL().openConnection();
        connection.setSSLSocketFactory(tls.getSocketFactory());
        // A school's own certificate is for its name, and this asks by address, on this machine.
        connection.setHostnameVerifier((host, session) -> true);
        connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
        connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
        connection.setRequestProperty("Connection", "close");
        try {
            int status = connection.getResponseCode();
            // One that is trusted by itself is not asked for its end.
            ((X509Certificate) connection.getServerCertificates()[0]).checkValidity();
            if (status != 200) {
                return new Answer(status, MissingNode.getInstance());
            }
            try (InputStream body = connection.getInputStream()) {
                return new Answer(status, json(body.readNBytes(MAX_BODY)));
            }
        } finally {
            connection.disconnect();
        }
    }

    /** Missing when it is none, as a page. */
    private static JsonNode json(byte[] body) {
        try {
            return JSON.readTree(body);
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}

package org.tlac.acceptance.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A TLAC that runs on this machine, as everything that is measured finds it.
 *
 * @param home its folder, with process numbers and the authority's certificate
 * @param offset added to every port
 */
public record Target(Path home, int offset) {

    public static final String GATEWAY = "gateway";

    static final String POSTGRES = "postgres";

    /** Behind the gateway, in the order of their ports. */
    public static final List<String> SERVICES =
            List.of("auth-service", "activity-service", "runner-service", "backup-service");

    private static final int HTTPS = 8443;
    private static final int REDIRECT = 8080;
    private static final int MANAGEMENT = 9080;

    public int https() {
        return HTTPS + offset;
    }

    int redirect() {
        return REDIRECT + offset;
    }

    /** Of the gateway, 0, or the service at that place of {@link #SERVICES}, from 1. */
    int management(int place) {
        return MANAGEMENT + place + offset;
    }

    /** Where the gateway reaches the service at that place, from 1. */
    public int service(int place) {
        return REDIRECT + place + offset;
    }

    public String url() {
        return "https://localhost:" + https();
    }

    /** The process of the gateway, a service or postgres. It changes when the launcher starts it again. */
    public long pid(String part) {
        try {
            return Long.parseLong(
                    Files.readString(home.resolve("run").resolve(part + ".pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(part + " does not run", e);
        }
    }

    /** The part itself, where {@link #pid} is of what watches it: PostgreSQL's own process. */
    long worker(String part) {
        Path postmaster = home.resolve("data/postgres/postmaster.pid");
        try {
            return part.equals(POSTGRES)
                    ? Long.parseLong(Files.readAllLines(postmaster).getFirst().strip())
                    : pid(part);
        } catch (IOException e) {
            throw new UncheckedIOException(part + " does not run", e);
        }
    }

    SSLContext trust() {
        try (var in = Files.newInputStream(home.resolve("tls/ca.crt"))) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("Cannot read the authority of " + home, e);
        }
    }
}

package org.tlac.launcher.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificatesTest {

    private static final TreeSet<String> NAMES =
            new TreeSet<>(List.of("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "school"));
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir
    private Path folder;

    private X509Certificate prepared(Instant now, SortedSet<String> names) throws Exception {
        Certificates certificates = new Certificates(folder, InstantSource.fixed(now));
        certificates.prepare(names);
        return Certificates.read(folder.resolve(Certificates.SERVER));
    }

    @Test
    void serverCertificate_isValidUnderTheAuthority_forItsNames() throws Exception {
        X509Certificate server = prepared(NOW, NAMES);
        X509Certificate authority = Certificates.read(folder.resolve("ca.crt"));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(authority, null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(NOW));
        var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(server));
        assertThat(CertPathValidator.getInstance("PKIX").validate(path, parameters))
                .isNotNull();
        assertThat(server.getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1).toString()))
                .containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(server.getBasicConstraints()).isEqualTo(-1);
        assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
        assertThat(authority.getBasicConstraints()).isZero();
        assertThat(authority.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
    }

    @Test
    void privateKeys_areTheirOwnersAlone_theAuthorityIsForAll() throws Exception {
        prepared(NOW, NAMES);
        for (String secret : List.of("ca.key", "server.key")) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(secret)))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(Files.getPosixFilePermissions(folder.resolve("ca.crt")))
                .isEqualTo(PosixFilePermissions.fromString("rw-r--r--"));
    }

    @Test
    void certificate_isKeptWhileItIsGood_renewedBeforeItEndsOrForNewNames() throws Exception {
        X509Certificate first = prepared(NOW, NAMES);
        assertThat(prepared(NOW.plus(Duration.ofDays(1)), NAMES)).isEqualTo(first);
        Instant edge = NOW.plus(Certificates.SERVER_LIFETIME).minus(Certificates.RENEW_BEFORE);
        assertThat(prepared(edge.minus(Duration.ofHours(2)), NAMES)).isEqualTo(first);
        X509Certificate renewed = prepared(edge, NAMES);
        assertThat(renewed).isNotEqualTo(first);
        assertThat(Duration.between(
                        renewed.getNotBefore().toInstant(),
                        renewed.getNotAfter().toInstant()))
                .isLessThanOrEqualTo(Duration.ofDays(398));
        TreeSet<String> more = new TreeSet<>(NAMES);
        more.add("192.168.7.7");
        assertThat(prepared(edge, more)).isNotEqualTo(renewed);
        X509Certificate authority = Certificates.read(folder.resolve("ca.crt"));
        assertThat(renewed.getIssuerX500Principal()).isEqualTo(authority.getSubjectX500Principal());
    }
}

package org.tlac.acceptance.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tlac.launcher.Main;

/** What the container `secrets` does, in folders of this machine. */
class SecretsCommandTest {

    private static final Compose COMPOSE = new Compose();

    @TempDir
    private Path temp;

    private Program.Outcome secrets(String names) {
        return Program.run(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "secrets"),
                Map.of(
                        "TLAC_HOME", temp.resolve("home").toString(),
                        "TLAC_HANDOUTS", temp.resolve("handouts").toString(),
                        "TLAC_NAMES", names),
                temp);
    }

    private Map<String, String> files(String folder) {
        Map<String, String> files = new TreeMap<>();
        Path root = temp.resolve(folder);
        try (Stream<Path> found = Files.walk(root)) {
            found.filter(Files::isRegularFile)
                    .forEach(file -> files.put(root.relativize(file).toString(), Compose.text(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }

    private X509Certificate certificate() throws IOException, CertificateException {
        try (var in = Files.newInputStream(temp.resolve("handouts/gateway/server.crt"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void everyContainer_getsTheFilesThatItNames_andNoOthers() {
        Program.Outcome outcome = secrets("");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        TreeSet<String> named = new TreeSet<>();
        COMPOSE.services()
                .forEach((name, service) -> service.path("environment").forEach(value -> {
                    if (value.asText().startsWith("/run/secrets/tlac/")) {
                        named.add(name + value.asText().substring("/run/secrets/tlac".length()));
                    }
                }));
        // For people, so that their browser can trust the rest.
        named.add("gateway/ca.crt");
        assertThat(files("handouts").keySet()).isEqualTo(named);
    }

    @Test
    void secrets_areLongAndAllDifferent_andForTheirUserAndGroupOnly() throws IOException {
        Program.Outcome outcome = secrets("");
        Map<String, String> secrets = files("home/secrets");
        assertThat(secrets).hasSize(5);
        assertThat(secrets.values())
                .doesNotHaveDuplicates()
                .allSatisfy(secret -> assertThat(secret.strip()).hasSizeGreaterThanOrEqualTo(43));
        for (String file : files("handouts").keySet()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                            temp.resolve("handouts").resolve(file))))
                    .isEqualTo("r--r-----");
        }
        assertThat(secrets.values())
                .allSatisfy(secret -> assertThat(outcome.output()).doesNotContain(secret.strip()));
    }

    @Test
    void again_changesNothing() {
        secrets("tlac.school.example, 192.0.2.7, 2001:db8::7");
        Map<String, String> before = files("home");
        Map<String, String> handouts = files("handouts");
        Program.Outcome again = secrets("tlac.school.example, 192.0.2.7, 2001:db8::7");
        assertThat(again.exit()).isZero();
        assertThat(again.output()).doesNotContain("New for");
        assertThat(files("home")).isEqualTo(before);
        assertThat(files("handouts")).isEqualTo(handouts);
    }

    @Test
    void otherNames_makeAnotherCertificate_underTheSameAuthority() throws Exception {
        secrets("");
        String authority = files("handouts").get("gateway/ca.crt");
        Program.Outcome outcome = secrets("tlac.school.example,192.0.2.7");
        assertThat(outcome.output().lines())
                .filteredOn(line -> line.startsWith("New for"))
                .containsExactlyInAnyOrder("New for gateway: server.crt", "New for gateway: server.key");
        assertThat(certificate().getSubjectAlternativeNames().stream()
                        .map(name -> name.get(1).toString()))
                .containsExactlyInAnyOrder(
                        "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "tlac.school.example", "192.0.2.7");
        assertThat(files("handouts").get("gateway/ca.crt")).isEqualTo(authority);
    }

    @Test
    void lostHandout_isHandedOutAgain() throws IOException {
        secrets("");
        Map<String, String> before = files("handouts");
        Files.delete(temp.resolve("handouts/auth-service/database-auth"));
        assertThat(secrets("").output()).contains("New for auth-service: database-auth");
        assertThat(files("handouts")).isEqualTo(before);
    }

    @Test
    void nameThatIsNone_stopsIt_beforeAnythingIsMade() {
        for (String wrong : List.of("http://tlac.example", "a b", "12:zz", "*.example.org")) {
            Program.Outcome outcome = secrets(wrong);
            assertThat(outcome.exit()).as(wrong).isEqualTo(1);
            assertThat(outcome.output()).contains("TLAC_NAMES").doesNotContain("Exception");
        }
        assertThat(temp.resolve("home")).doesNotExist();
    }
}

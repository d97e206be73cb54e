package org.tlac.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.tlac.auth.RunningService.SignedIn;
import org.tlac.platform.http.Json;
import org.tlac.platform.identity.JwksClient;
import org.tlac.platform.identity.TokenVerifier;

class KeyServerTest {

    private static List<JsonNode> published(RunningService service) {
        JsonNode set =
                service.send("GET", "/.well-known/jwks.json", null, List.of()).json();
        return StreamSupport.stream(set.required("keys").spliterator(), false).toList();
    }

    private static List<String> ids(RunningService service) {
        return published(service).stream()
                .map(key -> key.required("kid").asText())
                .toList();
    }

    private static String signer(SignedIn who) {
        byte[] header = Base64.getUrlDecoder().decode(who.token().split("\\.", -1)[0]);
        return Json.tree(new String(header, java.nio.charset.StandardCharsets.UTF_8))
                .required("kid")
                .asText();
    }

    @Test
    void publishedKeys_haveNoPrivateHalf() {
        assertThat(published(RunningService.shared())).isNotEmpty().allSatisfy(key -> {
            assertThat(key.has("d")).isFalse();
            assertThat(key.path("kty").asText()).isEqualTo("EC");
            assertThat(key.path("alg").asText()).isEqualTo("ES256");
        });
        assertThat(RunningService.shared()
                        .send("POST", "/.well-known/jwks.json", "{}", List.of())
                        .status())
                .isEqualTo(405);
    }

    @Test
    void replicasThatStartTogether_shareOneKey_andBelieveEachOther() throws Exception {
        var replicas = RunningService.replicasOfOne(3);
        try {
            assertThat(replicas.getFirst().count("select count(*) from auth.signing_keys"))
                    .isEqualTo(1);
            assertThat(replicas).extracting(KeyServerTest::ids).containsOnly(ids(replicas.getFirst()));
            replicas.getFirst()
                    .asGateway(
                            "/api/admin/bootstrap",
                            Map.of("username", "admin", "name", "A", "password", RunningService.PASSWORD),
                            "10.0.0.1");
            SignedIn admin = replicas.getFirst().signIn("admin", RunningService.PASSWORD);
            assertThat(replicas.getLast().get("/api/auth/me", admin).status()).isEqualTo(200);
        } finally {
            replicas.forEach(RunningService::close);
        }
    }

    @Test
    void replicasThatFindNoKeyAtOnce_makeOne() throws Exception {
        var replicas = RunningService.replicasOfOne(3);
        RunningService one = replicas.getFirst();
        try (var other = one.database().superuser();
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            for (int round = 0; round < 3; round++) {
                statement.execute("lock table auth.signing_keys in share row exclusive mode");
                statement.execute("delete from auth.signing_keys");
                RunningService.await("all wait", () -> one.waiting() == 3);
                other.commit();
                RunningService.await("keys are made", () -> ids(one).size() >= 1 && one.waiting() == 0);
                assertThat(ids(one)).hasSize(1);
            }
        } finally {
            replicas.forEach(RunningService::close);
        }
    }

    @Test
    void keysRotate_withoutAnyTokenBeingRefused() {
        try (RunningService service = RunningService.empty()) {
            service.asGateway(
                    "/api/admin/bootstrap",
                    Map.of("username", "admin", "name", "A", "password", RunningService.PASSWORD),
                    "10.0.0.1");
            String first = ids(service).getFirst();
            TokenVerifier verifier =
                    new TokenVerifier(new JwksClient(service.jwks(), service.clock()), service.clock());

            service.clock().advance(Duration.ofDays(30).minusMinutes(5));
            RunningService.await(
                    "the next key is published ahead", () -> ids(service).size() == 2);
            SignedIn before = service.signIn("admin", RunningService.PASSWORD);
            assertThat(signer(before)).isEqualTo(first);
            assertThat(verifier.verify(before.token()).username()).isEqualTo("admin");

            service.clock().advance(Duration.ofMinutes(10));
            SignedIn after = service.signIn("admin", RunningService.PASSWORD);
            assertThat(signer(after)).isEqualTo(ids(service).get(1)).isNotEqualTo(first);
            assertThat(verifier.verify(after.token()).username()).isEqualTo("admin");
            assertThat(service.get("/api/auth/me", after).status()).isEqualTo(200);
            assertThat(ids(service)).hasSize(2);

            service.clock().advance(Duration.ofHours(1));
            RunningService.await(
                    "the old key is gone", () -> service.count("select count(*) from auth.signing_keys") == 1);
            assertThat(ids(service)).doesNotContain(first);
        }
    }

    @Test
    void keyThatAnotherReplicaMade_isLearnt_whenATokenNamesIt() {
        RunningService service = RunningService.shared();
        try (RunningService other = service.replica(Map.of("upkeep.interval", "PT1H"))) {
            // Written past this replica's upkeep, which will not run again.
            service.execute("update auth.signing_keys set published_until = signs_from");
            RunningService.await(
                    "another key signs",
                    () -> service.count(
                                    "select count(*) from auth.signing_keys " + "where published_until > signs_until")
                            >= 1);
            service.clock().advance(Duration.ofSeconds(3));
            RunningService.await(
                    "this replica signs with it", () -> ids(service).contains(signer(service.admin())));
            assertThat(other.get("/api/auth/me", service.admin()).status()).isEqualTo(200);
        }
    }

    @Test
    void privateKeys_areNotForOtherRoles() throws Exception {
        RunningService service = RunningService.shared();
        try (var connection = service.database().as("activity");
                var statement = connection.createStatement()) {
            org.assertj.core.api.Assertions.assertThatThrownBy(
                            () -> statement.executeQuery("select private_jwk from auth.signing_keys"))
                    .hasMessageContaining("permission denied");
        }
    }
}

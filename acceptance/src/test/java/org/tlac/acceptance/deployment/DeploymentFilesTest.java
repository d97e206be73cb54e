package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of k8s/ that can be judged without rendering them, and its two scripts. */
class DeploymentFilesTest {

    private static final Path K8S = Checkout.ROOT.resolve("k8s");

    @TempDir
    private Path temp;

    @BeforeEach
    void copyWhatTheScriptsRead() {
        Checkout.copy("k8s", temp);
        Checkout.copy("monitoring", temp);
        Checkout.copy("platform/db/src/main/resources/org/tlac/platform/db/provision.sql", temp);
    }

    @Test
    void generatedFiles_areWhatRefreshWrites() {
        Tool.Outcome outcome = Tool.script(temp.resolve("k8s/refresh"));
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        for (String file :
                List.of("components/prometheus-operator/prometheus-rules.yaml", "components/postgres/provision.sql")) {
            assertThat(Checkout.text(temp.resolve("k8s").resolve(file)))
                    .as("run k8s/refresh")
                    .isEqualTo(Checkout.text(K8S.resolve(file)));
        }
    }

    @Test
    void noSecret_isInTheRepository() {
        for (Path file : Checkout.files(temp)) {
            assertThat(Checkout.text(file))
                    .as(file.toString())
                    .doesNotContainPattern("kind: Secret\\b|PRIVATE KEY|stringData:");
        }
        assertThat(Checkout.text(K8S.resolve("overlays/school/.gitignore")).lines())
                .contains("secrets/");
        JsonNode generators =
                Checkout.yaml(K8S.resolve("overlays/school/kustomization.yaml")).path("secretGenerator");
        assertThat(generators).isNotEmpty().allSatisfy(secret -> {
            assertThat(secret.has("literals") || secret.has("envs")).isFalse();
            assertThat(secret.path("files"))
                    .allSatisfy(file -> assertThat(file.asText()).contains("=secrets/"));
        });
    }

    @Test
    void madeSecrets_areForTheirOwnerOnly_longEnough_andStay() {
        Path script = temp.resolve("k8s/overlays/school/make-secrets");
        Path secrets = temp.resolve("k8s/overlays/school/secrets");
        Tool.Outcome outcome = Tool.script(script, "tlac.example.org");
        assertThat(outcome.exit()).as(outcome.output()).isZero();
        Map<String, String> before = new TreeMap<>();
        Checkout.files(secrets).forEach(file -> before.put(file.getFileName().toString(), Checkout.text(file)));
        assertThat(before).hasSize(7);
        assertThat(before.values())
                .doesNotHaveDuplicates()
                .allSatisfy(secret -> assertThat(secret).hasSizeGreaterThanOrEqualTo(43));
        assertThat(Checkout.files(secrets))
                .allSatisfy(file -> assertThat(mode(file)).isEqualTo("rw-------"));

        Tool.script(script);

        Checkout.files(secrets)
                .forEach(file -> assertThat(Checkout.text(file))
                        .isEqualTo(before.get(file.getFileName().toString())));
    }

    /** runner.md, trap 10, and what no program of a pod needs. */
    @Test
    void seccompProfile_allowsTheSandbox_andNothingForTakingOverTheNode() {
        JsonNode profile = Checkout.yaml(K8S.resolve("seccomp/tlac-runner.json"));
        assertThat(profile.path("defaultAction").asText()).isEqualTo("SCMP_ACT_ERRNO");
        List<String> allowed = new ArrayList<>();
        for (JsonNode rule : profile.path("syscalls")) {
            if (rule.path("action").asText().equals("SCMP_ACT_ALLOW")) {
                rule.path("names").forEach(name -> allowed.add(name.asText()));
            }
        }
        assertThat(allowed)
                .contains(
                        "clone",
                        "unshare",
                        "mount",
                        "umount2",
                        "pivot_root",
                        "setns",
                        "fsopen",
                        "fsconfig",
                        "fsmount",
                        "move_mount",
                        "sethostname",
                        "seccomp",
                        "landlock_restrict_self");
        assertThat(allowed)
                .doesNotContain(
                        "bpf",
                        "ptrace",
                        "process_vm_readv",
                        "keyctl",
                        "add_key",
                        "request_key",
                        "io_uring_setup",
                        "userfaultfd",
                        "perf_event_open",
                        "init_module",
                        "finit_module",
                        "kexec_load",
                        "open_by_handle_at",
                        "reboot",
                        "swapon",
                        "iopl",
                        "settimeofday",
                        "clock_settime",
                        "syslog",
                        "quotactl",
                        "memfd_create",
                        "clone3");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}

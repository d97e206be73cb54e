package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;

/** A sandbox with a layer missing starts no program. */
class RefusalTest {

    private static final SandboxSpec WHOLE = SandboxSpec.of(PythonRoot.of(""), Programs.LIMITS);

    /** BPF for "allow everything". */
    private static final String ALLOW_ALL =
            Base64.getEncoder().encodeToString(new byte[] {6, 0, 0, 0, 0, 0, (byte) 0xff, 0x7f});

    private final Watchdog watch = new Watchdog();

    @AfterEach
    void nothingIsLeftBehind() {
        watch.close();
        RunningRunner.await("every process ended", () -> Descendants.living().isEmpty());
    }

    private Map<String, Boolean> fly(SandboxSpec blueprint) {
        try (Zygote zygote = Zygote.start(blueprint, watch)) {
            return Canaries.run(zygote);
        }
    }

    private static SandboxSpec withSetup(String pattern, String replacement) {
        String setup = new String(WHOLE.setup(), StandardCharsets.UTF_8).substring(8);
        String changed = Pattern.compile(pattern).matcher(setup).replaceAll(replacement);
        assertThat(changed).isNotEqualTo(setup);
        byte[] bytes = "%08d%s"
                .formatted(changed.getBytes(StandardCharsets.UTF_8).length, changed)
                .getBytes(StandardCharsets.UTF_8);
        return new SandboxSpec(WHOLE.python(), WHOLE.command(), bytes, WHOLE.limits(), null);
    }

    private static SandboxSpec withCommand(List<String> command) {
        return new SandboxSpec(WHOLE.python(), command, WHOLE.setup(), WHOLE.limits(), null);
    }

    private static List<String> without(String... arguments) {
        List<String> command = new ArrayList<>(WHOLE.command());
        int at = java.util.Collections.indexOfSubList(command, List.of(arguments));
        assertThat(at).isPositive();
        command.subList(at, at + arguments.length).clear();
        return command;
    }

    @Test
    void everyLayer_isProven() {
        assertThat(fly(WHOLE)).hasSize(20).doesNotContainValue(false);
    }

    @Test
    void sandboxWithoutFilters_isNoticed() {
        assertThat(fly(withSetup("_filter\":\"[^\"]*\"", "_filter\":\"" + ALLOW_ALL + "\"")))
                .containsEntry("another process", false)
                .containsEntry("internet socket", false)
                .containsEntry("trace a process", false)
                .containsEntry("write to a device", true);
    }

    @Test
    void programWithoutLandlock_isNoticed() {
        assertThat(fly(withSetup("setup\\[..file_rules..\\]\\.apply\\(\\)", "None")))
                .containsEntry("write to a device", false);
    }

    @Test
    void programWithoutLimits_isNoticed() {
        assertThat(fly(withSetup("\\(resource.RLIMIT_NPROC, [^)]*\\),", "")))
                .containsEntry("threads beyond the limit", false);
        assertThat(fly(withSetup("\\(resource.RLIMIT_(DATA|AS), [^)]*\\),", "")))
                .containsEntry("memory beyond the limit", false)
                .containsEntry("threads beyond the limit", true);
    }

    @Test
    void scratchSpaceWithoutALimitOnFiles_isNoticed() {
        assertThat(fly(withSetup(", ..nr_inodes[^,]*", ""))).containsEntry("files beyond the limit", false);
    }

    @Test
    void rootThatCanBeWritten_isNoticed() {
        List<String> command = without("--remount-ro", "/");
        assertThat(fly(withCommand(command))).hasSize(20);
        // Landlock still holds; without both it shows.
        SandboxSpec both = withSetup("setup\\[..file_rules..\\]\\.apply\\(\\)", "None");
        assertThat(fly(new SandboxSpec(both.python(), command, both.setup(), both.limits(), null)))
                .containsEntry("write to the root", false);
    }

    @Test
    void supervisorThatMayNotMount_endsAndSaysWhy() {
        assertThatThrownBy(() -> fly(withCommand(without("--cap-add", "CAP_SYS_ADMIN"))))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("Operation not permitted");
    }

    @Test
    void kernelWithoutLandlock_isNamed() {
        assertThatThrownBy(() -> fly(withSetup("LANDLOCK_ASK_VERSION\\), ", "99), ")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("Landlock");
    }

    @Test
    void missingBubblewrap_isNamed() {
        List<String> command = new ArrayList<>(WHOLE.command());
        command.set(command.indexOf("bwrap"), "bwrap-is-not-here");
        assertThatThrownBy(() -> fly(withCommand(command)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("bwrap-is-not-here");
    }

    @Test
    void zygoteOfAnotherKind_isRefused() {
        for (String impostor : List.of("echo R", "cat", "printf 'R\\0\\0\\0\\0'", "yes", "exit 3")) {
            assertThatThrownBy(() -> fly(withCommand(List.of("sh", "-c", impostor))))
                    .as(impostor)
                    .isInstanceOf(SandboxException.class);
        }
    }
}

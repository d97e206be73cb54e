package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SupervisorTest {

    private static final Path MODULES = Path.of("src/main/resources/org/tlac/runner/sandbox");

    /** Its own tests, in Python. */
    @Test
    void unitTestsInPython_pass() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                "/usr/bin/python3", "-B", "-W", "error", "-m", "unittest", "discover", "-s", "src/test/python");
        builder.environment().put("PYTHONPATH", MODULES.toAbsolutePath().toString());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        Process tests = builder.redirectErrorStream(true).start();
        String said = new String(tests.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tests.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("Ran [1-9][0-9]+ tests");
    }

    @Test
    void supervisor_canBeReadInOneSitting() {
        assertThat(SandboxSpec.textResource("supervisor.py").lines()).hasSizeLessThan(250);
    }
}

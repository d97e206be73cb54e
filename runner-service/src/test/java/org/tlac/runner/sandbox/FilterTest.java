package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class FilterTest {

    @Test
    void shippedFilters_areWhatTheScriptWrites() throws Exception {
        Path folder = Files.createTempDirectory("filters");
        Process script = new ProcessBuilder("/usr/bin/python3", "src/main/seccomp/filters.py", folder.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Assumptions.assumeFalse(
                script.waitFor() != 0 && said.contains("No module named 'seccomp'"),
                "python3-seccomp is not installed");
        try (Stream<Path> written = Files.list(folder)) {
            for (Path file : written.toList()) {
                assertThat(file)
                        .as(said)
                        .hasSameBinaryContentAs(Path.of("src/main/resources/org/tlac/runner/sandbox")
                                .resolve(file.getFileName()));
            }
        }
    }
}

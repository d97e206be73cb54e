package org.tlac.acceptance.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code ./tlac test}: what can be asked of it. */
class TestCommandTest {

    @Test
    void unknownModule_isRefused_withTheNamesOfAll() throws IOException {
        Tool.Outcome outcome = new Tool("bash").run(Checkout.ROOT, "tlac", "test", "gatway");
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.output().strip()).startsWith("tlac: there is no module gatway. Modules: ");
        String names = outcome.output().replaceFirst(".*Modules: ", "").strip();
        assertThat(names.split(" ", -1)).containsExactlyInAnyOrderElementsOf(modules());
    }

    @Test
    void severalModules_areRefused() {
        assertThat(new Tool("bash")
                        .run(Checkout.ROOT, "tlac", "test", "gateway", "launcher")
                        .exit())
                .isEqualTo(1);
    }

    /** Folders with a pom below the root's, to the second level. */
    private static List<String> modules() throws IOException {
        try (Stream<Path> files = Files.walk(Checkout.ROOT, 3)) {
            return files.filter(file -> file.endsWith("pom.xml"))
                    .map(file -> Checkout.ROOT.relativize(file.getParent()).toString())
                    .filter(name -> !name.isEmpty())
                    .toList();
        }
    }
}

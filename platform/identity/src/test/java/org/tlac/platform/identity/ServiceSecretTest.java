package org.tlac.platform.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceSecretTest {

    @Test
    void secretFromFile_matchesItselfOnly(@TempDir Path folder) throws Exception {
        String text = "s".repeat(ServiceSecret.MIN_LENGTH);
        ServiceSecret secret = ServiceSecret.read(Files.writeString(folder.resolve("secret"), text + "\n"));
        assertThat(secret.matches(text)).isTrue();
        assertThat(secret.matches(text + "s")).isFalse();
        assertThat(secret.matches("")).isFalse();
        assertThat(secret.toString()).doesNotContain(text);
    }

    @Test
    void shortOrMissingSecret_isRefused(@TempDir Path folder) {
        assertThatThrownBy(() -> ServiceSecret.of("s".repeat(ServiceSecret.MIN_LENGTH - 1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ServiceSecret.read(folder.resolve("none"))).isInstanceOf(UncheckedIOException.class);
    }
}

package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonRootTest {

    @Test
    void withoutConfiguration_theMachinesOwnIsFound() {
        PythonRoot root = PythonRoot.of("");
        assertThat(root.version()).matches("3\\.\\d+\\..+");
        assertThat(root.interpreter()).isRegularFile();
        assertThat(root.parts()).containsKey(root.interpreter());
        assertThat(root.parts().keySet())
                .as("what ends a thread")
                .anyMatch(part -> part.endsWith("libgcc_s.so.1"))
                .as("what ctypes needs")
                .anyMatch(part -> part.getFileName().toString().startsWith("libffi"));
        assertThat(root.parts().keySet()).noneMatch(part -> part.startsWith("/etc") || part.startsWith("/home"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/nonexistent/python3", "/bin/true", "/bin/false", "/etc/passwd"})
    void whatIsNoPython_isRefused(String path) {
        assertThatThrownBy(() -> PythonRoot.of(path)).isInstanceOf(SandboxException.class);
    }

    @Test
    void pythonThatNotEverybodyMayRead_isRefused_withTheFolderThatHidesIt(@TempDir Path folder) throws Exception {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Path python = locked.resolve("python3");
        Files.copy(PythonRoot.of("").interpreter(), python);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        assertThatThrownBy(() -> PythonRoot.of(python.toString()))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining(locked.toString())
                .hasMessageContaining("runner.python");
    }
}

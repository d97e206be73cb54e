package org.tlac.runner.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PythonProgramTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "../x",
                "a/../b",
                "a//b",
                "a/",
                ".hidden",
                "-x",
                "a b",
                "a\nb",
                "ü",
                "a\\b",
                "a\0b"
            })
    void hostilePaths_areNoFilePaths(String path) {
        assertThat(PythonProgram.isFilePath(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.txt", "data/in.txt", "A-b_c.9/x"})
    void contractsPaths_are(String path) {
        assertThat(PythonProgram.isFilePath(path)).isTrue();
    }
}

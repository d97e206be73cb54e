package org.tlac.runner.sandbox;

import java.util.List;

/**
 * What a pupil wants to run, checked and within the limits.
 *
 * @param stdin what {@code input()} reads
 */
public record Program(String code, List<SourceFile> files, String stdin) {

    public record SourceFile(String path, String content) {}

    public Program {
        files = List.copyOf(files);
    }
}

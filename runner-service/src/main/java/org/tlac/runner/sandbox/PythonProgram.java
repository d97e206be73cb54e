package org.tlac.runner.sandbox;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a pupil wants to run, checked and within the limits.
 *
 * @param stdin what {@code input()} reads
 */
public record PythonProgram(String code, List<SourceFile> files, String stdin) {

    private static final Pattern FILE_PATH = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]*");
    private static final int MAX_PATH = 200;

    public record SourceFile(String path, String content) {}

    public PythonProgram {
        files = List.copyOf(files);
    }

    /** Whether a path is one of the contract's: relative, plain characters, never upwards. */
    public static boolean isFilePath(String path) {
        return path.length() <= MAX_PATH
                && FILE_PATH.matcher(path).matches()
                && !path.contains("..")
                && !path.contains("//")
                && !path.endsWith("/");
    }
}

package org.tlac.runner.run;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.runner.sandbox.Limits;
import org.tlac.runner.sandbox.PythonProgram;

/** The body of a run, as the contract has it. Its refusals are read by pupils. */
public record RunRequest(
        @Nullable String lessonId,
        @Nullable String activityId,
        @Nullable String code,
        @Nullable List<InputFile> files,
        @Nullable String stdin) {

    static final String PATH = "/api/python/run";

    public record InputFile(@Nullable String path, @Nullable String content) {}

    /** @throws ApiError 400 that says what is too much or of the wrong form */
    public PythonProgram program(Limits limits) {
        checkIds();
        if (code == null || code.isBlank()) {
            throw ApiError.badRequest("Code is required.");
        }
        if (code.codePointCount(0, code.length()) > limits.codeCharacters()) {
            throw ApiError.badRequest("The code is too long: " + limits.codeCharacters() + " characters at most.");
        }
        String input = Optional.ofNullable(stdin).orElse("");
        if (bytes(input) > limits.stdinBytes()) {
            throw ApiError.badRequest("The input is too long: " + limits.stdinBytes() + " bytes at most.");
        }
        List<InputFile> given = Optional.ofNullable(files).orElse(List.of());
        if (given.size() > limits.files()) {
            throw ApiError.badRequest("Too many files: " + limits.files() + " at most.");
        }
        List<PythonProgram.SourceFile> checked =
                given.stream().map(file -> check(file, limits)).toList();
        if (checked.stream().map(PythonProgram.SourceFile::path).distinct().count() < checked.size()) {
            throw ApiError.badRequest("Two files have the same path.");
        }
        return new PythonProgram(code, checked, input);
    }

    private void checkIds() {
        if (lessonId == null || !lessonId.matches("lesson-[0-9]{1,9}")) {
            throw ApiError.badRequest("lesson_id must have the form lesson-1.");
        }
        if (activityId == null || !activityId.matches("a[0-9]{1,9}")) {
            throw ApiError.badRequest("activity_id must have the form a1.");
        }
    }

    private static PythonProgram.SourceFile check(@Nullable InputFile file, Limits limits) {
        if (file == null || file.path() == null || !PythonProgram.isFilePath(file.path())) {
            throw ApiError.badRequest(
                    "A file's path may hold letters, digits, dots, dashes, underscores and slashes, and must not lead upwards.");
        }
        if (file.content() == null || bytes(file.content()) > limits.outputFileBytes()) {
            throw ApiError.badRequest("The file " + file.path() + " is missing its content or too large: "
                    + limits.outputFileBytes() + " bytes at most.");
        }
        return new PythonProgram.SourceFile(file.path(), file.content());
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}

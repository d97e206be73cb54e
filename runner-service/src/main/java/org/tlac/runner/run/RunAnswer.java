package org.tlac.runner.run;

import java.net.URLConnection;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.tlac.runner.sandbox.Outcome;

/** An outcome in the form of the API. */
public final class RunAnswer {

    private RunAnswer() {}

    static Map<String, Object> of(Outcome outcome) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("ok", outcome.isSuccess());
        body.put("stdout", outcome.stdout());
        body.put("stderr", stderr(outcome));
        body.put("exit_code", outcome.exitCode());
        body.put("timed_out", outcome.end() == Outcome.End.TIMEOUT);
        body.put("duration_ms", outcome.duration().toMillis());
        body.put("files", outcome.files().stream().map(RunAnswer::file).toList());
        return body;
    }

    /** The program's error output, followed by the hint on a line of its own. */
    private static String stderr(Outcome outcome) {
        String hint = hint(outcome.end());
        return hint.isEmpty() || outcome.stderr().isEmpty() || outcome.stderr().endsWith("\n")
                ? outcome.stderr() + hint
                : outcome.stderr() + "\n" + hint;
    }

    /** What a pupil should know of an end that was not the program's own. */
    public static String hint(Outcome.End end) {
        return switch (end) {
            case TIMEOUT -> "The program took too long and was stopped.\n";
            case FLOOD -> "The program printed too much and was stopped.\n";
            case MEMORY -> "The program used too much memory and was stopped.\n";
            case SPACE -> "The program wrote too much into its files and was stopped.\n";
            case EXITED, STOPPED -> "";
        };
    }

    public static Map<String, Object> file(Outcome.ProducedFile file) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("path", file.path());
        body.put("size", file.content().length);
        body.put("mime", mime(file.path()));
        body.put("content_base64", Base64.getEncoder().encodeToString(file.content()));
        return body;
    }

    /** By the name alone: the program chooses the content, so a type guessed from it is not to be trusted. */
    private static String mime(String path) {
        return path.endsWith(".svg")
                ? "image/svg+xml"
                : Objects.requireNonNullElse(URLConnection.guessContentTypeFromName(path), "application/octet-stream");
    }
}

package org.tlac.backup.dump;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads pg_restore's complaints. pg_restore 17 and newer sends {@code SET transaction_timeout = 0} to every server; those before 17 refuse
 * it, pg_restore goes on, restores everything and ends with exit code 1. That one refusal harms nothing; any other does.
 */
final class RestoreErrors {

    private static final Pattern IGNORED = Pattern.compile("errors ignored on restore: (\\d+)");
    private static final List<String> HARMLESS = List.of("Command was: SET transaction_timeout = 0;");

    private RestoreErrors() {}

    /** Whether pg_restore got to its end and every error on the way was a setting that the server is too old for. */
    static boolean onlyUnknownSettings(String output) {
        Matcher ignored = IGNORED.matcher(output);
        if (!ignored.find()) {
            return false;
        }
        long harmless = output.lines()
                .map(String::strip)
                .filter(line -> HARMLESS.stream().anyMatch(line::endsWith))
                .count();
        return harmless > 0 && Long.parseLong(ignored.group(1)) == harmless;
    }
}

package org.tlac.launcher.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Files of lines {@code KEY=value}; those that begin with {@code #} are comments. */
public final class KeyValues {

    private KeyValues() {}

    /** Empty when there is no such file. @throws UserError on a line of another form */
    public static Map<String, String> read(Path file) {
        if (!Files.exists(file)) {
            return Map.of();
        }
        Map<String, String> values = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int equals = line.indexOf('=');
                if (equals > 0 && !line.startsWith("#")) {
                    values.put(
                            line.substring(0, equals).strip(),
                            line.substring(equals + 1).strip());
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    throw new UserError("Not of the form KEY=value in " + file + ": " + line);
                }
            }
        } catch (IOException e) {
            throw new UserError("Cannot read " + file, e);
        }
        return values;
    }
}

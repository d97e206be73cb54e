package org.tlac.platform.db;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * SQL with {@code :name} parameters, as the driver wants it. DbClient's own reader takes {@code ::} for a parameter, leaves the
 * operators with {@code ?} to JDBC, which takes them for one, and finds missing values when it already holds a connection.
 *
 * @param sql with {@code ?} for each parameter and {@code ??} for each question mark
 * @param names of the parameters, in order; one that is used twice is in it twice
 */
record NamedSql(String sql, List<String> names) {

    /** What is passed over whole (strings, quoted names, comments, dollar quotes, {@code ::}), a parameter, or a question mark. */
    private static final Pattern TOKEN = Pattern.compile(
            "\\b[eE]'[^'\\\\]*+(?:(?:\\\\.|'')[^'\\\\]*+)*+'"
                    + "|'[^']*+'|\"[^\"]*+\"|--[^\\n]*+|/\\*.*?\\*/|\\$(?<tag>\\w*)\\$.*?\\$\\k<tag>\\$"
                    + "|::|:(?<name>[a-zA-Z_]\\w*)|\\?",
            Pattern.DOTALL);

    static NamedSql parse(String text) {
        List<String> names = new ArrayList<>();
        String sql = TOKEN.matcher(text).replaceAll(token -> Matcher.quoteReplacement(translated(token, names)));
        return new NamedSql(sql, List.copyOf(names));
    }

    private static String translated(MatchResult token, List<String> names) {
        String name = token.group("name");
        if (name != null) {
            names.add(name);
            return "?";
        }
        return token.group().equals("?") ? "??" : token.group();
    }

    /**
     * The parameters' values in order, as the driver binds them.
     *
     * @throws IllegalArgumentException when a value is missing or of a type that {@link Statements} does not name
     */
    List<@Nullable Object> values(Map<String, ? extends @Nullable Object> parameters) {
        String missing = names.stream()
                .filter(name -> !parameters.containsKey(name))
                .distinct()
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("Values are missing: " + missing);
        }
        List<@Nullable Object> values = new ArrayList<>();
        names.forEach(name -> values.add(bindable(name, parameters.get(name))));
        return values;
    }

    private static @Nullable Object bindable(String name, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Instant instant -> instant.atOffset(ZoneOffset.UTC);
            case UUID uuid -> typed("uuid", uuid.toString());
            case String text -> text;
            case Boolean bool -> bool;
            case Integer number -> number;
            case Long number -> number;
            case Double number -> number;
            case byte[] bytes -> bytes;
            case long[] numbers -> numbers;
            case String[] texts -> texts;
            default ->
                throw new IllegalArgumentException(
                        "Parameter " + name + " is of a type that cannot be bound: " + value.getClass());
        };
    }

    private static PGobject typed(String type, String text) {
        try {
            PGobject object = new PGobject();
            object.setType(type);
            object.setValue(text);
            return object;
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException("A plain PGobject takes any text", e);
        }
    }
}

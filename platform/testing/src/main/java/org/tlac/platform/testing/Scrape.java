package org.tlac.platform.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a service reported at one moment. Strict: a malformed line or a series that comes twice fails the test. */
public final class Scrape {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final Pattern TYPE =
            Pattern.compile("# TYPE (" + NAME + ") (counter|gauge|histogram|summary|untyped)");
    private static final Pattern SAMPLE = Pattern.compile("(" + NAME + ")(?:\\{(.*)})? (\\S+)");

    /** One label, and the comma after it; a comma after the last one is allowed. */
    private static final Pattern LABEL =
            Pattern.compile("\\G([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*+)\"(?:,|$)");

    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

    private final Map<Series, Double> samples;
    private final Map<String, String> types;

    public record Series(String name, Map<String, String> labels) {
        public Series {
            labels = Map.copyOf(labels);
        }
    }

    private Scrape(Map<Series, Double> samples, Map<String, String> types) {
        this.samples = samples;
        this.types = types;
    }

    /** GET of {@code /metrics} at a service's management address. */
    public static Scrape of(URI management) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(management.resolve("/metrics")).build();
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new AssertionError("/metrics answered " + answer.statusCode());
            }
            return parse(answer.body());
        } catch (IOException e) {
            throw new AssertionError("Cannot scrape " + management, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** @throws AssertionError that quotes the first line which is not Prometheus's text format 0.0.4 */
    public static Scrape parse(String text) {
        Map<Series, Double> samples = new HashMap<>();
        Map<String, String> types = new TreeMap<>();
        require(text.isEmpty() || text.endsWith("\n"), "The last line does not end", text);
        text.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                Matcher type = TYPE.matcher(line);
                require(type.matches(), "Not a type", line);
                require(types.put(type.group(1), type.group(2)) == null, "Twice", line);
            } else if (line.startsWith("#")) {
                require(line.startsWith("# "), "Not a comment", line);
            } else if (!line.isEmpty()) {
                Matcher sample = SAMPLE.matcher(line);
                require(sample.matches(), "Not a sample", line);
                Series series = new Series(sample.group(1), labels(sample.group(2), line));
                require(samples.put(series, number(sample.group(3), line)) == null, "Twice", line);
            }
        });
        return new Scrape(Map.copyOf(samples), types);
    }

    private static void require(boolean condition, String otherwise, String line) {
        if (!condition) {
            throw new AssertionError(otherwise + ": " + line);
        }
    }

    private static double number(String text, String line) {
        try {
            return switch (text) {
                case "+Inf" -> Double.POSITIVE_INFINITY;
                case "-Inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(text);
            };
        } catch (NumberFormatException e) {
            throw new AssertionError("Not a number: " + line, e);
        }
    }

    private static Map<String, String> labels(@Nullable String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        int end = 0;
        Matcher label = LABEL.matcher(text == null ? "" : text);
        while (label.find()) {
            require(labels.put(label.group(1), unescaped(label.group(2))) == null, "A label twice", line);
            end = label.end();
        }
        require(text == null || end == text.length(), "Malformed labels", line);
        return labels;
    }

    private static String unescaped(String value) {
        return ESCAPE.matcher(value)
                .replaceAll(escape -> Matcher.quoteReplacement(escape.group(1).equals("n") ? "\n" : escape.group(1)));
    }

    /** The value of exactly one series; labels are given as name, value, name, value. Fails when there is no such series. */
    public double value(String name, String... labels) {
        Double value = samples.get(new Series(name, pairs(labels)));
        if (value == null) {
            throw new AssertionError("No series " + name + pairs(labels));
        }
        return value;
    }

    /** The sum over the series of that name that have these labels, among others; 0 when there are none. */
    public double sum(String name, String... labels) {
        return samples.entrySet().stream()
                .filter(sample -> sample.getKey().name().equals(name))
                .filter(sample -> sample.getKey()
                        .labels()
                        .entrySet()
                        .containsAll(pairs(labels).entrySet()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /** How much {@link #sum} grew since an earlier scrape. */
    public double since(Scrape before, String name, String... labels) {
        return sum(name, labels) - before.sum(name, labels);
    }

    /** Every series. */
    public Set<Series> series() {
        return samples.keySet();
    }

    /** Type by metric name, as the TYPE lines say. */
    public Map<String, String> types() {
        return Map.copyOf(types);
    }

    private static Map<String, String> pairs(String... labels) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = 0; i < labels.length; i += 2) {
            pairs.put(labels[i], labels[i + 1]);
        }
        return pairs;
    }
}

package org.tlac.platform.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a service reported at one moment. Strict: a malformed line or a series that comes twice fails the test. */
public final class Scrape {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("\\G,?([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

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

    public static Scrape parse(String text) {
        Map<Series, Double> samples = new java.util.HashMap<>();
        Map<String, String> types = new TreeMap<>();
        text.lines().forEach(line -> {
            if (line.startsWith("# TYPE ")) {
                String[] words = line.split(" ", -1);
                types.put(words[2], words[3]);
            } else if (!line.startsWith("#") && !line.isBlank()) {
                Matcher sample = SAMPLE.matcher(line);
                if (!sample.matches()) {
                    throw new AssertionError("Not a sample: " + line);
                }
                Series series = new Series(sample.group(1), labels(sample.group(2), line));
                if (samples.put(series, Double.parseDouble(sample.group(3))) != null) {
                    throw new AssertionError("Twice: " + line);
                }
            }
        });
        return new Scrape(Map.copyOf(samples), types);
    }

    private static Map<String, String> labels(@org.jspecify.annotations.Nullable String text, String line) {
        Map<String, String> labels = new TreeMap<>();
        if (text != null) {
            Matcher label = LABEL.matcher(text);
            int end = 0;
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
                end = label.end();
            }
            if (!text.substring(end).matches(",?")) {
                throw new AssertionError("Malformed labels: " + line);
            }
        }
        return labels;
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

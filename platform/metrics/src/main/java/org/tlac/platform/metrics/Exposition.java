package org.tlac.platform.metrics;

import io.helidon.common.media.type.MediaTypes;
import io.helidon.metrics.api.MeterRegistry;
import io.helidon.metrics.api.MeterRegistryFormatter;
import io.helidon.metrics.api.MetricsConfig;
import io.helidon.metrics.spi.MeterRegistryFormatterProvider;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Renders the registry as Prometheus text, without what Micrometer adds on its own. */
final class Exposition {

    private final MeterRegistryFormatter formatter;

    Exposition(MetricsConfig config, MeterRegistry registry) {
        formatter = ServiceLoader.load(MeterRegistryFormatterProvider.class).stream()
                .map(provider -> provider.get()
                        .formatter(MediaTypes.TEXT_PLAIN, config, registry, Optional.empty(), List.of(), List.of()))
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No Prometheus formatter on the class path"));
    }

    String render() {
        String text = formatter.format().map(Object::toString).orElse("");
        return text.lines().filter(line -> !isAddedMaximum(line)).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Micrometer adds a NAME_max gauge beside every histogram; nobody declared it, so nobody gets it. */
    private static boolean isAddedMaximum(String line) {
        String subject = line.startsWith("# ") ? line.substring(line.indexOf(' ', 2) + 1) : line;
        int end = 0;
        while (end < subject.length() && " {".indexOf(subject.charAt(end)) < 0) {
            end++;
        }
        String name = subject.substring(0, end);
        return name.endsWith("_max")
                && Catalogue.find(name).isEmpty()
                && Catalogue.find(name.substring(0, name.length() - "_max".length()))
                        .isPresent();
    }
}

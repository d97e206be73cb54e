package org.tlac.platform.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpFeature;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserverConfigBase;
import io.helidon.webserver.observe.spi.Observer;
import io.helidon.webserver.spi.ServerFeature;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tlac.platform.metrics.Metrics;

/**
 * The observer of metrics, in the place of Helidon's own {@code MetricsObserver} (4.1.7 and 4.5.0), which adds a meter
 * {@code requests.count} to the registry, prints a {@code _max} gauge that nobody declared beside every histogram, and names no version of
 * the text format in its content type.
 */
final class MetricsEndpoint implements Observer {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Metrics metrics;

    MetricsEndpoint(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public String type() {
        return "metrics";
    }

    @Override
    public ObserverConfigBase prototype() {
        return ObserverConfigBase.builder().name(type()).buildPrototype();
    }

    @Override
    public void register(
            ServerFeature.ServerFeatureContext context,
            List<HttpRouting.Builder> routings,
            UnaryOperator<String> endpoint) {
        String path = endpoint.apply(type());
        Handler answer = (request, response) -> {
            response.header(HeaderNames.CONTENT_TYPE, PROMETHEUS_TEXT);
            response.send(metrics.scrape());
        };
        HttpFeature scrape = routing -> routing.get(path, answer).head(path, answer);
        routings.forEach(routing -> routing.addFeature(scrape));
    }
}

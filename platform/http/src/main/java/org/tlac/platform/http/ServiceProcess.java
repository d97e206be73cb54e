package org.tlac.platform.http;

import ch.qos.logback.classic.LoggerContext;
import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.tlac.platform.metrics.ServiceName;

/** The life of a service's process: logs, configuration, start, and a stop that lets calls finish, whatever asked for it. */
public final class ServiceProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);
    private static final int EXIT_CANNOT_START = 2;

    private ServiceProcess() {}

    /**
     * Runs a service until the process is told to stop. A start that fails ends the process with {@value #EXIT_CANNOT_START} and says why.
     *
     * @param start wires and starts the service; what it returns is closed when the process stops
     */
    public static void run(ServiceName service, Function<Config, ? extends AutoCloseable> start) {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
        long began = System.nanoTime();
        try {
            Config config = config();
            AutoCloseable running = start.apply(config);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(service, running), "stop"));
            if (config.get("watchdog.stdin").asBoolean().orElse(false)) {
                Thread.ofPlatform().name("watchdog").daemon().start(ServiceProcess::exitAtEndOfInput);
            }
            LOG.info("{} started in {} ms", service.id(), (System.nanoTime() - began) / 1_000_000);
        } catch (RuntimeException | Error e) {
            LOG.error("{} cannot start: {}", service.id(), e.getMessage(), e);
            System.exit(EXIT_CANNOT_START);
        }
    }

    /**
     * The defaults of application.yaml under environment variables: {@code SERVER_PORT} is {@code server.port}.
     *
     * @throws IllegalArgumentException when a value holds a reference that nothing resolved: Helidon would leave it as it stands
     */
    public static Config config() {
        Config defaults = Config.just(ConfigSources.classpath("application.yaml"));
        Config config = Config.create(
                ConfigSources.environmentVariables(),
                ConfigSources.systemProperties(),
                ConfigSources.create(defaults.asMap().orElse(Map.of())));
        defaults.traverse().filter(Config::isLeaf).map(Config::key).forEach(key -> {
            if (config.get(key).asString().orElse("").contains("${")) {
                throw new IllegalArgumentException("Configuration key " + key + " has an unresolved reference");
            }
        });
        return config;
    }

    private static void stop(ServiceName service, AutoCloseable running) {
        try {
            running.close();
            LOG.info("{} stopped", service.id());
        } catch (Exception e) {
            LOG.error("{} did not stop cleanly", service.id(), e);
        }
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging) {
            // Writes what still waits in its buffers.
            logging.stop();
        }
    }

    /** The launcher holds the other end of our standard input: its end, even by kill -9, is the end of the launcher. */
    private static void exitAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent; only the end matters.
            }
        } catch (IOException e) {
            LOG.warn("Standard input failed", e);
        }
        LOG.info("Standard input ended: stopping");
        System.exit(0);
    }
}

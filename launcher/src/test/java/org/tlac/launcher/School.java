package org.tlac.launcher;

import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tlac.launcher.client.ApiClient;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.process.Readiness;
import org.tlac.platform.metrics.ServiceName;
import org.tlac.platform.testing.Scrape;

/** A whole TLAC as {@code ./tlac up} starts it, from the jars of this build, in a folder and at ports of its own. */
public final class School implements AutoCloseable {

    /** The repository: this module's folder is one below. */
    public static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final int OFFSET = FreePorts.offset();
    private static final Map<ServiceName, Integer> MANAGEMENT = Map.of(
            ServiceName.GATEWAY,
            9080,
            ServiceName.AUTH,
            9081,
            ServiceName.ACTIVITY,
            9082,
            ServiceName.RUNNER,
            9083,
            ServiceName.BACKUP,
            9084);

    private final Path home;
    private final TestProcess process;

    private School(Path home, TestProcess process) {
        this.home = home;
        this.process = process;
    }

    /** Returns when it says that it is up. */
    public static School start(Path home) {
        TestProcess process = TestProcess.java(
                Main.class,
                Map.of(
                        "TLAC_HOME", home.toString(),
                        "TLAC_PORT_OFFSET", Integer.toString(OFFSET),
                        "TLAC_HOST", "127.0.0.1"),
                List.of("-Dtlac.root=" + ROOT),
                List.of("up"));
        process.awaitLine("TLAC is up:");
        return new School(home, process);
    }

    /** As somebody else on this machine would start a program beside it: with its folder, and its ports when it does not run. */
    public Map<String, String> environment() {
        return Map.of("TLAC_HOME", home.toString(), "TLAC_PORT_OFFSET", Integer.toString(OFFSET));
    }

    /** Added to the ports of every school of this process. */
    public static int offset() {
        return OFFSET;
    }

    public Settings settings() {
        return new Settings(OFFSET, "127.0.0.1");
    }

    public String url() {
        return "https://localhost:" + (8443 + OFFSET);
    }

    public int httpsPort() {
        return 8443 + OFFSET;
    }

    public Path authority() {
        return home.resolve("tls/ca.crt");
    }

    public Path home() {
        return home;
    }

    public ApiClient anyone() {
        return ApiClient.connect(url(), authority());
    }

    public int managementPort(ServiceName owner) {
        return MANAGEMENT.get(owner) + OFFSET;
    }

    public Scrape scrape(ServiceName owner) {
        return Scrape.of(URI.create("http://127.0.0.1:" + managementPort(owner)));
    }

    public Map<ServiceName, Scrape> scrapeAll() {
        Map<ServiceName, Scrape> all = new EnumMap<>(ServiceName.class);
        for (ServiceName owner : ServiceName.values()) {
            all.put(owner, scrape(owner));
        }
        return all;
    }

    public Path pidFile(String name) {
        return home.resolve("run").resolve(name + ".pid");
    }

    boolean isReady(ServiceName owner) {
        return Readiness.of(managementPort(owner)).isReady();
    }

    /** Stops it as Ctrl-C does, and waits until nothing of it runs. */
    public void stop() throws InterruptedException {
        process.terminate();
        process.awaitExit();
        process.awaitNothingLeft();
    }

    @Override
    public void close() {
        process.close();
    }
}

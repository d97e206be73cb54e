package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Another vendor's proxy before a gateway, with the configuration of docs/proxies: only ports, names, paths and users are replaced. */
final class FrontProxy implements AutoCloseable {

    static final Path DOCS = Path.of("../docs");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Those that can be run here. */
    enum Product {
        NGINX("nginx.conf"),
        CADDY("Caddyfile"),
        HAPROXY("haproxy.cfg");

        private final String file;

        Product(String file) {
            this.file = file;
        }

        private String program() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Debian installs servers where only root's path leads. */
        private Optional<Path> installed() {
            String path =
                    System.getenv("PATH") + File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/usr/local/sbin";
            return Stream.of(path.split(Pattern.quote(File.pathSeparator), -1))
                    .map(folder -> Path.of(folder, program()))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private final Process process;
    private final int httpPort;
    private final int httpsPort;

    private FrontProxy(Process process, int httpPort, int httpsPort) {
        this.process = process;
        this.httpPort = httpPort;
        this.httpsPort = httpsPort;
    }

    /**
     * Starts one. The test that asks for it is skipped where the program is not installed.
     *
     * @param site what it shows its clients
     * @param authority the certificate that the gateway's must be signed by
     */
    static FrontProxy start(Product product, Path folder, int gatewayPort, TestCertificate site, Path authority)
            throws IOException {
        Optional<Path> program = product.installed();
        assumeTrue(program.isPresent(), product.program() + " is not installed");
        List<Integer> ports = freePorts(2);
        int httpPort = ports.get(0);
        int httpsPort = ports.get(1);
        Map<String, String> replacements = new LinkedHashMap<>();
        replacements.put("tlac.example.org", "localhost");
        replacements.put("127.0.0.1:8443", "127.0.0.1:" + gatewayPort);
        replacements.put("/etc/tlac/gateway-ca.crt", authority.toString());
        replacements.putAll(ofThisMachine(product, folder, httpPort, httpsPort, site));
        String text = Files.readString(DOCS.resolve("proxies").resolve(product.file));
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            assertThat(text).contains(replacement.getKey());
            text = text.replace(replacement.getKey(), replacement.getValue());
        }
        Path configuration = Files.writeString(folder.resolve(product.file), text);
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command(product, program.get(), folder, configuration))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        FrontProxy proxy = new FrontProxy(process, httpPort, httpsPort);
        proxy.awaitListening(log);
        return proxy;
    }

    private static Map<String, String> ofThisMachine(
            Product product, Path folder, int httpPort, int httpsPort, TestCertificate site) throws IOException {
        return switch (product) {
            case NGINX ->
                Map.of(
                        "listen 80;",
                        "listen 127.0.0.1:" + httpPort + ";",
                        "listen 443 ",
                        "listen 127.0.0.1:" + httpsPort + " ",
                        "/etc/tlac/site.crt",
                        site.certificate().toString(),
                        "/etc/tlac/site.key",
                        site.key().toString());
            case CADDY ->
                Map.of(
                        "http_port 80\n",
                        "http_port " + httpPort + "\n\tdefault_bind 127.0.0.1\n\tadmin off\n",
                        "https_port 443\n",
                        "https_port " + httpsPort + "\n",
                        "/etc/tlac/site.crt",
                        site.certificate().toString(),
                        "/etc/tlac/site.key",
                        site.key().toString());
            case HAPROXY -> {
                Path both = Files.writeString(
                        folder.resolve("site.pem"),
                        Files.readString(site.certificate()) + Files.readString(site.key()));
                yield Map.of(
                        "bind :80\n",
                        "bind 127.0.0.1:" + httpPort + "\n",
                        "bind :443 ",
                        "bind 127.0.0.1:" + httpsPort + " ",
                        "/etc/tlac/site.pem",
                        both.toString(),
                        // Whoever runs the test.
                        "user haproxy",
                        "",
                        "group haproxy",
                        "");
            }
        };
    }

    private static List<String> command(Product product, Path program, Path folder, Path configuration)
            throws IOException {
        return switch (product) {
            case NGINX -> {
                // What Debian's nginx.conf does around it.
                Path around = Files.writeString(
                        folder.resolve("around.conf"), """
                        user %s;
                        pid nginx.pid;
                        daemon off;
                        events {}
                        http {
                            access_log off;
                            gzip on;
                            client_body_temp_path body;
                            proxy_temp_path proxy;
                            fastcgi_temp_path fastcgi;
                            uwsgi_temp_path uwsgi;
                            scgi_temp_path scgi;
                            include %s;
                        }
                        """.formatted(System.getProperty("user.name"), configuration));
                yield List.of(program.toString(), "-p", folder + "/", "-e", "stderr", "-c", around.toString());
            }
            case CADDY ->
                List.of(
                        "env",
                        "HOME=" + folder,
                        "XDG_DATA_HOME=" + folder,
                        "XDG_CONFIG_HOME=" + folder,
                        program.toString(),
                        "run",
                        "--adapter",
                        "caddyfile",
                        "--config",
                        configuration.toString());
            case HAPROXY -> List.of(program.toString(), "-db", "-f", configuration.toString());
        };
    }

    /** All held at once, or one might be given out twice. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> held = new ArrayList<>();
        try {
            while (held.size() < count) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : held) {
                socket.close();
            }
        }
    }

    private void awaitListening(Path log) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), httpsPort).close();
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > deadline) {
                    close();
                    throw new AssertionError("does not start: " + read(log), e);
                }
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI plain(String target) {
        return URI.create("http://localhost:" + httpPort + target);
    }

    URI uri(String target) {
        return URI.create("https://localhost:" + httpsPort + target);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}

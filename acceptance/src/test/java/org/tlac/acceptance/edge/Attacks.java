package org.tlac.acceptance.edge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;

/** What clients of bad will, or bad luck, do to the gateway. Each returns what came of it; what others saw of it is not their business. */
final class Attacks {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONNECTING = Duration.ofSeconds(30);
    private static final String GET = "GET /core/tlac.css HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String POST =
            "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ";
    private static final int MEBIBYTE = 1 << 20;
    private static final int WINDOW = 20;

    private final Target target;
    private final SSLSocketFactory factory;
    private final double scale;
    private final Runnable whenConnected;

    /** Goes on until it is over, at most so long; gives what came of it. */
    interface Attack {
        String run(Duration duration) throws IOException, InterruptedException;
    }

    /**
     * Attacks on a gateway.
     *
     * @param scale of every number of clients: 1 is what the issue names
     * @param whenConnected run when all clients of an attack that goes on are connected, or some cannot be
     */
    Attacks(Target target, double scale, Runnable whenConnected) {
        this.target = target;
        this.factory = target.trust().getSocketFactory();
        this.scale = scale;
        this.whenConnected = whenConnected;
    }

    /**
     * By name, in the order in which they are run.
     *
     * @param pupil asks for the large file
     * @param file its address
     */
    Map<String, Attack> all(Account pupil, String username, String password, String file) {
        Map<String, Attack> all = new LinkedHashMap<>();
        all.put("large file", duration -> largeFile(pupil, file));
        all.put("unread pipelines", this::unreadPipelines);
        all.put("slow logins", duration -> slowLogins(username, password));
        all.put("one byte", duration -> stay(10_000, duration, this::tcp, "\26"));
        all.put("one connection", duration -> oneConnection());
        all.put("head in packets", duration -> headInPackets());
        all.put("handshakes", this::handshakes);
        all.put("20 MB at once", duration -> wholeUpload());
        all.put("slow heads", duration -> slow(500, duration, GET.replace("\r\n\r\n", "\r\n"), "X: y\r\n", 8000));
        all.put("slow bodies", duration -> slow(500, duration, POST + "5000\r\n\r\n", " ", 2000));
        all.put("slow readers", duration -> slowReaders(pupil, file, duration));
        all.put("idle", duration -> stay(2000, duration, this::tls, ""));
        return all;
    }

    private int count(int number) {
        return Math.max(1, (int) (number * scale));
    }

    private Line tls() throws IOException {
        return Line.tls(factory, "TLSv1.3", target.https(), PATIENCE);
    }

    private Line tcp() throws IOException {
        return Line.plain(target.https(), PATIENCE);
    }

    /** A pupil fetches 30 MB, in pieces as they come. */
    private String largeFile(Account pupil, String file) throws IOException {
        try (Line line = tls()) {
            line.send("GET " + file + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + pupil.cookie() + "\r\n\r\n");
            String head = line.head();
            return head.lines().findFirst().orElse("closed") + ", " + line.read(30 * MEBIBYTE) + " bytes";
        }
    }

    /** 1,000 connections that ask for a file a hundred times and read nothing. */
    private String unreadPipelines(Duration duration) throws IOException, InterruptedException {
        return stay(1000, duration, this::tls, GET.repeat(100));
    }

    /** 42 bodies of the largest size announced and never sent, while a class signs in. */
    private String slowLogins(String username, String password) throws IOException, InterruptedException {
        try (Crowd crowd = new Crowd()) {
            crowd.come(count(42), this::tls, (line, over) -> {
                line.send(POST + MEBIBYTE + "\r\n\r\n{");
                return drip(line, over, " ", 200);
            });
            Endurance.within(PATIENCE, () -> crowd.connected() >= count(42));
            Thread.sleep(1000);
            Map<String, Integer> signedIn = new TreeMap<>();
            List<Thread> pupils = Stream.generate(() -> Thread.ofVirtual().unstarted(() -> {
                        String outcome = signIn(username, password);
                        synchronized (signedIn) {
                            signedIn.merge(outcome, 1, Integer::sum);
                        }
                    }))
                    .limit(12)
                    .toList();
            pupils.forEach(Thread::start);
            for (Thread each : pupils) {
                each.join();
            }
            return "signed in " + signedIn + ", slow " + crowd.leave();
        }
    }

    private String signIn(String username, String password) {
        try {
            Account.anybody(target).signIn(username, password);
            return "200";
        } catch (IOException | IllegalStateException e) {
            return String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /** Many connections that say something once and stay. */
    private String stay(int number, Duration duration, Crowd.Opener opener, String bytes)
            throws IOException, InterruptedException {
        try (Crowd crowd = new Crowd()) {
            crowd.come(count(number), opener, (line, over) -> {
                line.send(bytes);
                while (!over.getAsBoolean()) {
                    Thread.sleep(200);
                }
                return "until the end";
            });
            return held(crowd, count(number), duration);
        }
    }

    /** Lets all of them connect, as far as the server lets them, and stay for so long. */
    private String held(Crowd crowd, int number, Duration duration) throws InterruptedException {
        Endurance.within(CONNECTING, () -> crowd.connected() >= number);
        whenConnected.run();
        Thread.sleep(duration);
        return crowd.connected() + " connected, " + crowd.leave();
    }

    private String slow(int number, Duration duration, String first, String piece, int everyMillis)
            throws IOException, InterruptedException {
        try (Crowd crowd = new Crowd()) {
            crowd.come(count(number), this::tls, (line, over) -> {
                line.send(first);
                return drip(line, over, piece, everyMillis);
            });
            return held(crowd, count(number), duration);
        }
    }

    /** Sends a piece now and then until it is over or the server has had enough. */
    private static String drip(Line line, BooleanSupplier over, String piece, int everyMillis)
            throws IOException, InterruptedException {
        while (!over.getAsBoolean()) {
            Thread.sleep(everyMillis);
            line.send(piece);
        }
        return "until the end";
    }

    private String slowReaders(Account pupil, String file, Duration duration) throws IOException, InterruptedException {
        try (Crowd crowd = new Crowd()) {
            crowd.come(count(500), this::tls, (line, over) -> {
                line.send("GET " + file + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + pupil.cookie() + "\r\n\r\n");
                line.head();
                while (!over.getAsBoolean()) {
                    Thread.sleep(500);
                    if (line.read(512) < 512) {
                        return "cut off";
                    }
                }
                return "until the end";
            });
            return held(crowd, count(500), duration);
        }
    }

    /** A million requests on one connection, some of them always on the way. */
    private String oneConnection() throws IOException {
        int number = count(1_000_000);
        int answered = 0;
        int connections = 0;
        while (answered < number && connections <= number / 100) {
            connections++;
            try (Line line = tls()) {
                for (String status = "200"; answered < number && status.equals("200"); ) {
                    line.send(GET.repeat(WINDOW));
                    for (int i = 0; i < WINDOW && status.equals("200"); i++) {
                        status = line.status();
                        answered += status.equals("200") ? 1 : 0;
                    }
                }
            }
        }
        return answered + " answered 200 on " + connections + " connection(s)";
    }

    /** A head of 1,000 bytes, each in a packet of its own. */
    private String headInPackets() throws IOException {
        try (Line line = tls()) {
            String head = GET.replace("\r\n\r\n", "\r\nX: ");
            for (char c : (head + "y".repeat(1000 - head.length() - 4) + "\r\n\r\n").toCharArray()) {
                line.send(Character.toString(c));
            }
            return line.status();
        }
    }

    /** A thousand a second from one address, none of them resumed. */
    private String handshakes(Duration duration) throws InterruptedException {
        Map<String, Integer> outcomes = new TreeMap<>();
        long end = System.nanoTime() + duration.toNanos();
        long next = System.nanoTime();
        List<Thread> all = new ArrayList<>();
        while (System.nanoTime() < end) {
            all.add(Thread.ofVirtual().start(() -> {
                String outcome = handshake();
                synchronized (outcomes) {
                    outcomes.merge(outcome, 1, Integer::sum);
                }
            }));
            next += (long) (1e6 / scale);
            Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
        }
        for (Thread each : all) {
            each.join();
        }
        return outcomes.toString();
    }

    private String handshake() {
        try {
            Line.tls(target.trust().getSocketFactory(), "TLSv1.3", target.https(), PATIENCE)
                    .close();
            return "shaken";
        } catch (IOException e) {
            return "not " + e.getClass().getSimpleName();
        }
    }

    /** A client that writes all of 20 MB before it reads: it must be able to, and read its 413. */
    private String wholeUpload() throws IOException, InterruptedException {
        try (Crowd crowd = new Crowd()) {
            crowd.come(count(10), this::tls, (line, over) -> {
                byte[] piece = " ".repeat(MEBIBYTE).getBytes(StandardCharsets.US_ASCII);
                line.send(POST + 20 * MEBIBYTE + "\r\n\r\n");
                for (int i = 0; i < 20; i++) {
                    line.send(piece);
                }
                return line.status();
            });
            return crowd.finish(CONNECTING).toString();
        }
    }
}

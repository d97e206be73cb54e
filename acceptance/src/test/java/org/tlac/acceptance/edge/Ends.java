package org.tlac.acceptance.edge;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/** Every way in which a connection to TLAC ends, by listener. */
final class Ends {

    private static final String GET = "GET /core/tlac.css HTTP/1.1\r\nHost: localhost\r\n";
    private static final String LOGIN =
            "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

    /** A hello of SSL 3.0, which nobody speaks any more, with one cipher suite. */
    private static final String OLD_HELLO = "\26\3\0\0\55\1\0\0\51\3\0" + "r".repeat(32) + "\0" + "\0\2\0\57" + "\1\0";

    private static final int MANY = 40;
    private static final int SOME = 10;
    private static final int SEVERAL = 5;
    private static final int FEW = 1;

    private final Doors doors;
    private final byte[] hello;

    Ends(Target target) throws IOException {
        this.doors = new Doors(target);
        this.hello = doors.hello();
    }

    /** Those that need nobody signed in. */
    List<End> anonymous() {
        return Stream.of(answered(), abandoned(), tlsOnly(), refused(), plain("redirect", "308|400"), behind())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Those of somebody signed in.
     *
     * @param cookie of a pupil's session
     * @param file of the course, large enough not to fit a socket's buffers
     * @param eventsAddress gives the path of a stream of events
     */
    List<End> signedIn(String cookie, String file, End.Act eventsAddress) {
        String own = "Cookie: " + cookie + "\r\n";
        return List.of(
                End.quick("client gone while it downloads", SOME, "200 gone", () -> {
                    try (Line line = doors.tls()) {
                        line.send("GET " + file + " HTTP/1.1\r\nHost: localhost\r\n" + own + "\r\n");
                        String head = line.head();
                        line.read(1000);
                        return head.startsWith("HTTP/1.1 ") ? head.substring(9, 12) + " gone" : "closed";
                    }
                }),
                End.quick("client gone while it listens to events", FEW, "200 gone", () -> {
                    try (Line line = doors.tls()) {
                        line.send("GET " + eventsAddress.make() + " HTTP/1.1\r\nHost: localhost\r\n" + own + "\r\n");
                        String head = line.head();
                        return head.startsWith("HTTP/1.1 ") ? head.substring(9, 12) + " gone" : "closed";
                    }
                }));
    }

    /** Of a call that the gateway passes on to a service which dies in the middle of its answer. */
    End serviceGone(String cookie, String path) {
        return End.quick("service gone while it answers", SOME, "50[0-9]", () -> {
            try (Line line = doors.tls()) {
                return line.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n")
                        .status();
            }
        });
    }

    private List<End> answered() {
        return List.of(
                End.quick("answered and closed", MANY, "200", () -> Doors.closing(doors.tls(), GET)),
                End.quick("answered and left", MANY, "200", () -> {
                    try (Line line = doors.tls()) {
                        return line.send(GET + "\r\n").status();
                    }
                }),
                End.quick("answered ten times and left", SOME, "200", () -> {
                    try (Line line = doors.tls()) {
                        String last = "closed";
                        for (int i = 0; i < 10; i++) {
                            last = line.send(GET + "\r\n").status();
                        }
                        return last;
                    }
                }),
                End.waiting(
                        "kept alive until the server closes",
                        SEVERAL,
                        "200 closed",
                        () -> Doors.idle(doors.tls(), GET)),
                End.quick("half-closed (TCP)", SOME, "200|closed", () -> {
                    try (Line line = doors.tls()) {
                        return line.send(GET + Doors.CLOSE).halfClose().status();
                    }
                }),
                End.quick("half-closed (TLS)", SOME, "200|closed", () -> {
                    try (Line line = doors.tls()) {
                        return line.send(GET + Doors.CLOSE).closeNotify().status();
                    }
                }));
    }

    private List<End> abandoned() {
        return List.of(
                End.quick("reset in a head", SOME, "reset", () -> Doors.reset(doors.tls(), "GET /api/hea")),
                End.quick(
                        "reset in a body",
                        SOME,
                        "reset",
                        () -> Doors.reset(doors.tls(), LOGIN + "Content-Length: 5000\r\n\r\n{\"username")),
                End.quick("reset before the answer", SOME, "reset", () -> Doors.reset(doors.tls(), GET + "\r\n")),
                End.quick(
                        "reset with 20 answers unread",
                        SOME,
                        "reset",
                        () -> Doors.reset(doors.tls(), (GET + "\r\n").repeat(20))),
                End.quick("client gone while it uploads", SOME, "gone", () -> {
                    try (Line line = doors.tls()) {
                        line.send(LOGIN + "Content-Length: 500000\r\n\r\n" + " ".repeat(50_000));
                        return "gone";
                    }
                }),
                End.waiting(
                        "one byte of a request",
                        FEW,
                        "40[08] closed|closed",
                        () -> Doors.waited(doors.tls().send("G"))),
                End.waiting(
                        "half a head",
                        FEW,
                        "40[08] closed|closed",
                        () -> Doors.waited(doors.tls().send("GET /api/health HTTP/1.1\r\nHos"))),
                End.waiting(
                        "half a body",
                        FEW,
                        "40[08] closed|closed",
                        () -> Doors.waited(doors.tls().send(LOGIN + "Content-Length: 50\r\n\r\n{\"a\""))));
    }

    private List<End> tlsOnly() {
        return List.of(
                End.quick("TLS: garbage", SOME, "closed", () -> doors.unanswered("\26\3\1\1\0" + "x".repeat(256))),
                End.quick("TLS: old version", SOME, "closed", () -> doors.unanswered(OLD_HELLO)),
                End.quick(
                        "TLS: plain HTTP",
                        SOME,
                        "closed",
                        () -> doors.unanswered("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")),
                End.quick("TLS: connected and gone", SOME, "gone", () -> {
                    doors.edge().close();
                    return "gone";
                }),
                End.quick("TLS: reset after the hello", SOME, "reset", () -> {
                    try (Line line = doors.edge()) {
                        line.send(hello).reset();
                        return "reset";
                    }
                }),
                End.waiting("TLS: never finished", FEW, "closed", () -> doors.silent(hello)),
                End.waiting("TLS: one byte", FEW, "closed", () -> doors.silent(new byte[] {22})));
    }

    private List<End> refused() {
        return List.of(
                End.quick(
                        "400: malformed", SOME, "400", () -> Doors.closing(doors.tls(), GET + "Content-Length: x\r\n")),
                End.quick(
                        "411: no length",
                        SOME,
                        "4[01][0-9]",
                        () -> Doors.closing(doors.tls(), LOGIN + "Transfer-Encoding: gzip\r\n")),
                End.quick(
                        "413: announced",
                        SOME,
                        "413",
                        () -> Doors.closing(doors.tls(), LOGIN + "Content-Length: 20000000\r\n")),
                End.quick("413: sent", FEW, "413", () -> {
                    try (Line line = doors.tls()) {
                        return line.send(LOGIN + "Content-Length: 1500000\r\n\r\n" + " ".repeat(1_500_000))
                                .status();
                    }
                }),
                End.quick(
                        "414: long target",
                        SOME,
                        "414|400",
                        () -> Doors.closing(
                                doors.tls(), "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: localhost\r\n")),
                End.quick(
                        "431: long head",
                        SOME,
                        "431|400",
                        () -> Doors.closing(doors.tls(), GET + "X: " + "a".repeat(20_000) + "\r\n")));
    }

    private List<End> plain(String listener, String expected) {
        String get = "GET /login.html HTTP/1.1\r\nHost: localhost\r\n";
        return List.of(
                End.quick(
                        listener + ": answered and closed", SOME, expected, () -> Doors.closing(doors.redirect(), get)),
                End.quick(listener + ": reset", SOME, "reset", () -> Doors.reset(doors.redirect(), "GET / HT")),
                End.quick(listener + ": half-closed", SOME, expected, () -> {
                    try (Line line = doors.redirect()) {
                        return line.send(get + "\r\n").halfClose().status();
                    }
                }),
                End.quick(
                        listener + ": 400",
                        SOME,
                        "400",
                        () -> Doors.closing(doors.redirect(), get + "Content-Length: x\r\n")),
                End.waiting(
                        listener + ": kept alive until the server closes",
                        FEW,
                        "308 closed",
                        () -> Doors.idle(doors.redirect(), get)),
                End.waiting(
                        listener + ": one byte",
                        FEW,
                        "40[08] closed|closed",
                        () -> Doors.waited(doors.redirect().send("G"))));
    }

    /** Health and metrics of everybody, and the services' own listeners, in turns. */
    private List<End> behind() {
        String get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n";
        String keys = "GET /.well-known/jwks.json HTTP/1.1\r\nHost: localhost\r\n";
        return List.of(
                End.quick("management: answered and closed", SOME, "200", () -> Doors.closing(doors.management(), get)),
                End.quick("management: client closes", SOME, "200", () -> {
                    try (Line line = doors.management()) {
                        return line.send(get + "\r\n").status();
                    }
                }),
                End.quick("management: reset", SOME, "reset", () -> Doors.reset(doors.management(), get)),
                End.waiting(
                        "management: one byte",
                        FEW,
                        "40[08] closed|closed",
                        () -> Doors.waited(doors.management().send("G"))),
                End.quick(
                        "service: answered and closed", SOME, "200|40[14]", () -> Doors.closing(doors.service(), keys)),
                End.quick("service: reset", SOME, "reset", () -> Doors.reset(doors.service(), keys)));
    }
}

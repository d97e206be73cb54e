package org.tlac.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The course's files as pupils get them: large ones, parts of them, and what only looks like one of them. */
@Timeout(120)
class CourseFilesTest {

    private static final String TEXT = "0123456789";
    private static final int MEGABYTE = 1 << 20;
    private static final int LARGE = 30 * MEGABYTE;

    private static TestGateway gateway;
    private static Path lesson;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        gateway = TestGateway.start(folder);
        Files.writeString(gateway.course.resolve("manifest.json"), "{\"lessons\":[]}");
        lesson = Files.createDirectories(gateway.course.resolve("lesson-1"));
        Files.writeString(lesson.resolve("ten.txt"), TEXT);
        Files.writeString(lesson.resolve("empty.txt"), "");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static HttpResponse<String> get(String session, String path, String... headers) throws Exception {
        HttpRequest.Builder request = gateway.as(session, "/lessons/" + path);
        return gateway.send(headers.length == 0 ? request : request.headers(headers));
    }

    private static HttpResponse<String> ten(String... headers) throws Exception {
        return get(TestGateway.PUPIL, "lesson-1/ten.txt", headers);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0 | 206 | 0 | bytes 0-0/10",
                "bytes=0-9 | 206 | 0123456789 | bytes 0-9/10",
                "bytes=9- | 206 | 9 | bytes 9-9/10",
                "bytes=-3 | 206 | 789 | bytes 7-9/10",
                "bytes=8-1000 | 206 | 89 | bytes 8-9/10",
                "bytes=10- | 416 | '' | bytes */10",
                "bytes=-0 | 416 | '' | bytes */10",
                "bytes=0-1,4-5 | 200 | 0123456789 | ''",
                "lines=0-1 | 200 | 0123456789 | ''"
            })
    void range_isAnsweredWithItsPart(String range, int status, String body, String contentRange) throws Exception {
        HttpResponse<String> answer = ten("Range", range);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(body);
        assertThat(header(answer, "Content-Range")).isEqualTo(contentRange);
        assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(body.length()));
        assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    }

    @Test
    void ifRange_isHeldAgainstTheTag() throws Exception {
        String tag = header(ten(), "ETag");
        assertThat(ten("Range", "bytes=1-2", "If-Range", tag).body()).isEqualTo("12");
        assertThat(ten("Range", "bytes=1-2", "If-Range", "\"other\"").body()).isEqualTo(TEXT);
        assertThat(ten("Range", "bytes=1-2", "If-Range", "W/" + tag).body()).isEqualTo(TEXT);
    }

    @Test
    void head_saysTheLength_andSendsNothing() throws Exception {
        HttpResponse<String> head = gateway.send(gateway.as(TestGateway.PUPIL, "/lessons/lesson-1/ten.txt")
                .header("Range", "bytes=0-1")
                .HEAD());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "Content-Length")).isEqualTo("10");
        assertThat(head.body()).isEmpty();
        assertThat(header(head, "ETag")).isEqualTo(header(ten(), "ETag"));
        HttpResponse<String> empty = get(TestGateway.PUPIL, "lesson-1/empty.txt");
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(header(empty, "Content-Length")).isEqualTo("0");
        assertThat(get(TestGateway.PUPIL, "lesson-1/empty.txt", "Range", "bytes=0-")
                        .statusCode())
                .isEqualTo(416);
    }

    @Test
    void unchangedFile_costsNoBytes_changedOneIsSentAtOnce() throws Exception {
        Path page = lesson.resolve("page.html");
        Files.writeString(page, "first");
        String path = "lesson-1/page.html";
        HttpResponse<String> first = get(TestGateway.PUPIL, path);
        String tag = header(first, "ETag");
        assertThat(tag).startsWith("\"");
        assertThat(header(first, "Cache-Control")).isEqualTo("private, no-cache");
        for (String known : List.of(tag, "W/" + tag, "\"x\", " + tag, "*")) {
            HttpResponse<String> same = get(TestGateway.PUPIL, path, "If-None-Match", known);
            assertThat(same.statusCode()).as(known).isEqualTo(304);
            assertThat(header(same, "ETag")).isEqualTo(tag);
        }
        String modified = header(first, "Last-Modified");
        assertThat(get(TestGateway.PUPIL, path, "If-Modified-Since", modified).statusCode())
                .isEqualTo(304);
        // The tag decides where both are sent.
        assertThat(get(TestGateway.PUPIL, path, "If-Modified-Since", modified, "If-None-Match", "\"x\"")
                        .statusCode())
                .isEqualTo(200);
        // Another file of the same size in its place.
        Files.writeString(lesson.resolve("new.html"), "other");
        Files.setLastModifiedTime(lesson.resolve("new.html"), Files.getLastModifiedTime(page));
        Files.move(lesson.resolve("new.html"), page, StandardCopyOption.REPLACE_EXISTING);
        HttpResponse<String> changed = get(TestGateway.PUPIL, path, "If-None-Match", tag);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(changed.body()).isEqualTo("other");
    }

    @Test
    void links_areNotFollowed_exceptToTheCourseItself() throws Exception {
        Path outside = Files.createDirectories(folder.resolve("outside"));
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(lesson.resolve("out.txt"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(lesson.resolve("in.txt"), Path.of("ten.txt"));
        Files.createSymbolicLink(lesson.resolve("loop.txt"), Path.of("loop.txt"));
        Files.createSymbolicLink(gateway.course.resolve("away"), outside);
        Files.createSymbolicLink(gateway.course.resolve("alias"), Path.of("lesson-1"));
        Files.createSymbolicLink(gateway.course.resolve("root"), Path.of("/"));
        for (String path : List.of(
                "lesson-1/out.txt",
                "lesson-1/in.txt",
                "lesson-1/loop.txt",
                "away/secret.txt",
                "alias/ten.txt",
                "root/etc/passwd")) {
            for (String session : List.of(TestGateway.PUPIL, TestGateway.TEACHER)) {
                assertThat(get(session, path).statusCode()).as(path).isEqualTo(404);
            }
        }
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.createSymbolicLink(other.resolve("course"), gateway.course);
        try (TestGateway linked = TestGateway.start(other)) {
            assertThat(linked.send(linked.as(TestGateway.PUPIL, "/lessons/lesson-1/ten.txt"))
                            .body())
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void whatIsNoFile_isNotOpened() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", lesson.resolve("fifo.txt").toString())
                        .start()
                        .waitFor())
                .isZero();
        Files.createDirectories(lesson.resolve("folder.html"));
        try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(lesson.resolve("socket.txt")));
            for (String path :
                    List.of("fifo.txt", "socket.txt", "folder.html", "ten.txt/x", "none/x", "\u00fc".repeat(150))) {
                String encoded = URLEncoder.encode(path, StandardCharsets.UTF_8).replace("%2F", "/");
                assertThat(get(TestGateway.PUPIL, "lesson-1/" + encoded).statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lesson-1/README.md, 404, 200",
        "README.md, 404, 200",
        "lesson-1/readme.MD, 404, 200",
        "lesson-1/page.html~, 404, 404",
        "lesson-1/.page.html.swp, 404, 404",
        "lesson-1/page.bak, 404, 404",
        "lesson-1/%23page.html%23, 404, 404"
    })
    void readmes_areForTeachers_leftoversForNobody(String path, int pupil, int teacher) throws Exception {
        Path file = gateway.course.resolve(path.replace("%23", "#"));
        Files.writeString(file, "words");
        assertThat(get(TestGateway.PUPIL, path).statusCode()).isEqualTo(pupil);
        assertThat(get(TestGateway.TEACHER, path).statusCode()).isEqualTo(teacher);
        assertThat(get(TestGateway.ADMIN, path).statusCode()).isEqualTo(teacher);
        assertThat(gateway.send(gateway.request("/lessons/" + path)).statusCode())
                .isEqualTo(303);
    }

    /** Twenty who get a file of 30 MB at once and read nothing for a while take less memory than one copy of it. */
    @Test
    void largeFile_isStreamed() throws Exception {
        byte[] block = new byte[MEGABYTE];
        new Random(1).nextBytes(block);
        try (OutputStream out = Files.newOutputStream(lesson.resolve("large.mp4"))) {
            for (int i = 0; i < LARGE / MEGABYTE; i++) {
                out.write(block);
            }
        }
        long before = usedHeap();
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                clients.add(download("/lessons/lesson-1/large.mp4"));
            }
            for (Socket client : clients) {
                readHead(client.getInputStream());
            }
            assertThat(usedHeap() - before).isLessThan(LARGE);
            // The others leave in the middle.
            for (Socket client : clients.subList(0, 2)) {
                assertThat(blocksEqualTo(block, client.getInputStream())).isEqualTo(LARGE / MEGABYTE);
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static Socket download(String target) throws Exception {
        Socket socket = gateway.certificate
                .trusting()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), gateway.uri("/").getPort());
        socket.getOutputStream()
                .write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: tlac_session="
                                + TestGateway.PUPIL + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static void readHead(InputStream in) throws Exception {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            assertThat(next).isNotNegative();
            head.append((char) next);
        }
        assertThat(head.toString().toLowerCase(Locale.ROOT))
                .startsWith("http/1.1 200")
                .contains("content-length: " + LARGE, "content-type: video/mp4")
                .doesNotContain("transfer-encoding");
    }

    private static int blocksEqualTo(byte[] block, InputStream in) throws Exception {
        for (int count = 0; ; count++) {
            byte[] read = in.readNBytes(block.length);
            if (read.length == 0) {
                return count;
            }
            assertThat(Arrays.equals(read, block)).isTrue();
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void fileThatShrinksWhileItIsSent_endsItsConnection() throws Exception {
        Path file = lesson.resolve("shrinks.bin");
        Files.write(file, new byte[LARGE]);
        try (Socket client = download("/lessons/lesson-1/shrinks.bin")) {
            InputStream in = client.getInputStream();
            assertThat(in.read()).isEqualTo('H');
            Files.write(file, new byte[10]);
            int received = 1;
            byte[] buffer = new byte[MEGABYTE];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                received += count;
            }
            assertThat(received).isLessThan(LARGE);
        }
        assertThat(get(TestGateway.PUPIL, "lesson-1/shrinks.bin").body()).hasSize(10);
    }
}

package org.tlac.acceptance.edge;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One connection to a listener, over TLS or plain, whose end is ours to choose. Closing it never waits for the other side. */
final class Line implements AutoCloseable {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *([0-9]+)\r\n");
    private static final int CONNECT_MILLIS = 20_000;
    private static final int MAX_HEAD = 16_384;

    private final Socket tcp;
    private final Socket top;
    private final InputStream in;

    private Line(Socket tcp, Socket top) throws IOException {
        this.tcp = tcp;
        this.top = top;
        this.in = top.getInputStream();
    }

    static Line plain(int port, Duration patience) throws IOException {
        Socket tcp = connect(port, patience);
        return new Line(tcp, tcp);
    }

    /** @param protocol TLSv1.2, whose sessions are resumed at little cost, or TLSv1.3 */
    static Line tls(SSLSocketFactory factory, String protocol, int port, Duration patience) throws IOException {
        Socket tcp = connect(port, patience);
        try {
            SSLSocket tls = (SSLSocket) factory.createSocket(tcp, "localhost", port, false);
            tls.setEnabledProtocols(new String[] {protocol});
            tls.startHandshake();
            return new Line(tcp, tls);
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    private static Socket connect(int port, Duration patience) throws IOException {
        Socket tcp = new Socket();
        try {
            tcp.setTcpNoDelay(true);
            tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            tcp.setSoTimeout(Math.toIntExact(patience.toMillis()));
            return tcp;
        } catch (IOException e) {
            tcp.close();
            throw e;
        }
    }

    /** Each character as one byte. */
    Line send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Line send(byte[] bytes) throws IOException {
        top.getOutputStream().write(bytes);
        top.getOutputStream().flush();
        return this;
    }

    /** The status of the next answer, whose body is read when its length is announced; {@code closed} at the end of the connection. */
    String status() throws IOException {
        String head = head();
        Matcher status = STATUS.matcher(head);
        if (!status.lookingAt()) {
            return head.isEmpty() ? "closed" : "not HTTP";
        }
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            in.skipNBytes(Long.parseLong(length.group(1)));
        }
        return status.group(1);
    }

    /** The next answer's head, without reading on; empty at the end of the connection. */
    String head() throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && head.size() < MAX_HEAD; c = in.read()) {
            head.write(c);
            if (c == '\n' && head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads so much of what comes, or less when it ends before. */
    int read(int count) throws IOException {
        return in.readNBytes(count).length;
    }

    /** Waits for the other side to close, reading what it still says. @return whether it did, within so long */
    boolean closesWithin(Duration patience) throws IOException {
        tcp.setSoTimeout(Math.toIntExact(patience.toMillis()));
        try {
            byte[] rest = new byte[8192];
            int count = in.read(rest);
            while (count >= 0) {
                count = in.read(rest);
            }
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            // Reset by the other side: closed is closed.
            return true;
        }
    }

    /** Says that nothing more comes, at the level of TCP only. */
    Line halfClose() throws IOException {
        tcp.shutdownOutput();
        return this;
    }

    /** Says that nothing more comes, as TLS has it. */
    Line closeNotify() throws IOException {
        top.shutdownOutput();
        return this;
    }

    /** A reset in place of an end. */
    void reset() throws IOException {
        tcp.setSoLinger(true, 0);
        tcp.close();
    }

    @Override
    public void close() throws IOException {
        tcp.close();
    }
}

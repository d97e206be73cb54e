package org.tlac.platform.http;

import io.helidon.common.tls.Tls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.util.function.BiConsumer;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS whose sockets close the connection below them. Helidon 4.5.0 makes each with {@code autoClose} false
 * ({@code ConnectionHandler.createByteSocket}) and closes it alone: the connection's descriptor stays open for ever.
 */
final class ClosingTls {

    /**
     * Bytes of a record that leaves. Each connection keeps a buffer for its largest one as long as it is open; with the 16 KB of the JDK,
     * 1,900 clients that had fetched a script and waited took all memory.
     */
    private static final int RECORD = 4096;

    private ClosingTls() {}

    /** @param made told of each TLS socket and the socket below it */
    static Tls over(Tls tls, BiConsumer<Socket, SSLSocket> made) {
        SSLContext context = tls.sslContext();
        return Tls.builder()
                .sslContext(new SSLContext(new Spi(context, made), context.getProvider(), context.getProtocol()) {})
                .build();
    }

    /** The context as it is, with another factory for sockets. */
    private static final class Spi extends SSLContextSpi {

        private final SSLContext context;
        private final SSLSocketFactory factory;

        Spi(SSLContext context, BiConsumer<Socket, SSLSocket> made) {
            this.context = context;
            this.factory = new Factory(context.getSocketFactory(), made);
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("This context is initialized already");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return factory;
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            return context.createSSLEngine();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            return context.createSSLEngine(host, port);
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context.getClientSessionContext();
        }
    }

    private static final class Factory extends SSLSocketFactory {

        private final SSLSocketFactory factory;
        private final BiConsumer<Socket, SSLSocket> made;

        Factory(SSLSocketFactory factory, BiConsumer<Socket, SSLSocket> made) {
            this.factory = factory;
            this.made = made;
        }

        @Override
        public Socket createSocket(Socket below, String host, int port, boolean autoClose) throws IOException {
            return made(below, factory.createSocket(below, host, port, true));
        }

        @Override
        public Socket createSocket(Socket below, java.io.InputStream consumed, boolean autoClose) throws IOException {
            return made(below, factory.createSocket(below, consumed, true));
        }

        private Socket made(Socket below, Socket above) {
            SSLSocket socket = (SSLSocket) above;
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setMaximumPacketSize(RECORD);
            socket.setSSLParameters(parameters);
            made.accept(below, socket);
            return socket;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return factory.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return factory.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return factory.createSocket(host, port);
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException {
            return factory.createSocket(host, port, from, fromPort);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return factory.createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException {
            return factory.createSocket(host, port, from, fromPort);
        }
    }
}

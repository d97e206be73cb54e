package org.tlac.platform.identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** What one service shows another to prove who it is; its text is in no log and no message. */
public final class ServiceSecret {

    /** The header that names the service which presents its secret. */
    public static final String NAME_HEADER = "X-Tlac-Service";

    /** The header with the address of the client on whose behalf a service acts. */
    public static final String CLIENT_ADDRESS_HEADER = "X-Tlac-Client-Address";

    /** Shorter ones could be guessed; 256 random bits in Base64 are 43 characters. */
    static final int MIN_LENGTH = 32;

    private final byte[] secret;

    private ServiceSecret(byte[] secret) {
        this.secret = secret;
    }

    /** @throws IllegalArgumentException when the text is shorter than {@value #MIN_LENGTH} characters */
    public static ServiceSecret of(String text) {
        if (text.length() < MIN_LENGTH) {
            throw new IllegalArgumentException("A service secret has " + MIN_LENGTH + " characters or more");
        }
        return new ServiceSecret(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Reads it from a file; surrounding white space does not count. */
    public static ServiceSecret read(Path file) {
        try {
            return of(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the service secret from " + file, e);
        }
    }

    /** Whether {@code presented} is this secret, in a time that does not tell how much of it is. */
    public boolean matches(String presented) {
        return MessageDigest.isEqual(secret, presented.getBytes(StandardCharsets.UTF_8));
    }

    /** The value of the Authorization header that presents it. */
    public String bearer() {
        return "Bearer " + new String(secret, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "ServiceSecret[hidden]";
    }
}

package org.tlac.backup.dump;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file's size and checksum.
 *
 * @param sha256 in lower-case hexadecimal
 */
public record FileSum(long bytes, String sha256) {

    /** @param checkpoint called between pieces; throws to end the work */
    public static FileSum of(Path file, Runnable checkpoint) throws IOException {
        MessageDigest digest = sha256Digest();
        byte[] buffer = new byte[64 << 10];
        long bytes = 0;
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                checkpoint.run();
                digest.update(buffer, 0, read);
                bytes += read;
            }
        }
        return new FileSum(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static MessageDigest sha256Digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}

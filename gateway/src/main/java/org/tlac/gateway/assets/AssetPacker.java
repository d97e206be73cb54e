package org.tlac.gateway.assets;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Turns the pages' sources into what the gateway serves. All assets together have one version, the hash of all their bytes, and are
 * served below it, so that a browser may keep them for ever: references to {@code /core/...} in pages, scripts and styles are
 * rewritten to {@code /core/v/VERSION/...}; those relative to each other need no change. One version, not one a file: scripts that
 * import each other would have to be hashed in the order of their imports, and an update of the gateway is rare.
 *
 * <p>Beside each text lie its gzip and Brotli forms, where they are smaller. {@code index} names the version, then hash and path of
 * each file.
 */
public final class AssetPacker {

    static final String INDEX = "index";

    private static final String ASSETS = "core/";

    /** Another one when this class makes something else of the same sources. */
    private static final String FORM = "1";

    /** What the pages use of uPlot. */
    private static final List<String> UPLOT = List.of("uPlot.esm.js", "uPlot.min.css");

    /** A reference from the root, in quotes or in {@code url()}. */
    private static final Pattern REFERENCE = Pattern.compile("(?<=[\"'`(])/core/([A-Za-z0-9._/-]+)");

    private static final Pattern TEXT = Pattern.compile(".*\\.(html|css|js|svg|json|txt|md)");
    private static final Pattern REFERRING = Pattern.compile(".*\\.(html|css|js)");

    /** Below, compression gains less than a packet. */
    private static final int MIN_BYTES = 1024;

    private static final int BEST_BROTLI = 11;

    private final SortedMap<String, byte[]> files = new TreeMap<>();

    private AssetPacker() {}

    /** @param arguments the folder of the sources, the folder to fill, and where on the class path uPlot's files lie */
    public static void main(String[] arguments) throws IOException {
        Brotli4jLoader.ensureAvailability();
        AssetPacker packer = new AssetPacker();
        packer.read(Path.of(arguments[0]));
        for (String file : UPLOT) {
            packer.files.put(ASSETS + "vendor/uplot/" + file, resource(arguments[2] + "/" + file));
        }
        packer.write(Path.of(arguments[1]));
    }

    private void read(Path sources) throws IOException {
        try (Stream<Path> found = Files.walk(sources)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(sources.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = AssetPacker.class.getResourceAsStream(path)) {
            return Objects.requireNonNull(in, () -> "not on the class path: " + path)
                    .readAllBytes();
        }
    }

    private void write(Path target) throws IOException {
        clear(target);
        String version = version();
        StringBuilder index = new StringBuilder(version).append('\n');
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            byte[] bytes = rewritten(file.getKey(), file.getValue(), version);
            write(target.resolve(file.getKey()), bytes);
            index.append(hash(bytes)).append(' ').append(file.getKey()).append('\n');
        }
        Files.writeString(target.resolve(INDEX), index);
    }

    private static void clear(Path target) throws IOException {
        if (Files.exists(target)) {
            try (Stream<Path> found = Files.walk(target)) {
                for (Path old : found.filter(Files::isRegularFile).toList()) {
                    Files.delete(old);
                }
            }
        }
        Files.createDirectories(target);
    }

    /** Of the assets alone: a word changed on a page does not make browsers fetch them again. */
    private String version() {
        MessageDigest digest = sha256();
        digest.update(FORM.getBytes(StandardCharsets.UTF_8));
        files.tailMap(ASSETS).forEach((path, bytes) -> {
            if (path.startsWith(ASSETS)) {
                digest.update((path + "\n" + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(bytes);
            }
        });
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private byte[] rewritten(String path, byte[] bytes, String version) {
        if (!REFERRING.matcher(path).matches()) {
            return bytes;
        }
        Matcher reference = REFERENCE.matcher(new String(bytes, StandardCharsets.UTF_8));
        return reference
                .replaceAll(found -> {
                    if (!files.containsKey(ASSETS + found.group(1))) {
                        throw new IllegalStateException(path + " refers to " + found.group() + ", which is not there");
                    }
                    return "/core/v/" + version + "/" + Matcher.quoteReplacement(found.group(1));
                })
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        if (bytes.length >= MIN_BYTES && TEXT.matcher(file.toString()).matches()) {
            writeIfSmaller(file, ".gz", gzip(bytes), bytes.length);
            writeIfSmaller(
                    file,
                    ".br",
                    Encoder.compress(bytes, new Encoder.Parameters().setQuality(BEST_BROTLI)),
                    bytes.length);
        }
    }

    private static void writeIfSmaller(Path file, String ending, byte[] packed, int size) throws IOException {
        if (packed.length < size) {
            Files.write(file.resolveSibling(file.getFileName() + ending), packed);
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new Best(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static final class Best extends GZIPOutputStream {

        Best(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_COMPRESSION);
        }
    }

    private static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes), 0, 16);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}

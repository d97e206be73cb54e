package org.tlac.backup.dump;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.http.Json;

/**
 * What a backup holds, beside it as {@value #FILE}. It is written last, after the proof: a folder without one is no backup.
 *
 * @param format of this file
 * @param finishedAt when everything but the proof was done
 * @param verifiedAt when it had been restored and compared; never null in a file
 * @param serverMajor of the PostgreSQL it was dumped from
 * @param schemas newest migration by schema
 * @param rows row count by {@code schema.table}, of the same snapshot as the dump
 * @param data what the archive of files holds
 * @param files by name, all but this one
 */
public record Manifest(
        int format,
        Instant startedAt,
        Instant finishedAt,
        @Nullable Instant verifiedAt,
        int serverMajor,
        SortedMap<String, String> schemas,
        SortedMap<String, Long> rows,
        DataArchive.Content data,
        SortedMap<String, FileSum> files) {

    public static final int FORMAT = 1;
    public static final String FILE = "manifest.json";
    public static final String DATABASE = "database.dump";
    public static final String DATA = "data.zip";

    private static final long MAX_BYTES = 16 << 20;

    /** Bytes by kind, as metrics and admins see them. */
    public long databaseBytes() {
        return size(DATABASE);
    }

    public long dataBytes() {
        return size(DATA);
    }

    void write(Path folder) throws IOException {
        Files.write(folder.resolve(FILE), Json.write(this), StandardOpenOption.CREATE_NEW);
    }

    /** The same, proven at that moment. */
    public Manifest provenAt(Instant moment) {
        return new Manifest(format, startedAt, finishedAt, moment, serverMajor, schemas, rows, data, files);
    }

    /** @throws BackupFailure when there is none that can be read */
    public static Manifest read(Path folder) {
        Path file = folder.resolve(FILE);
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new BackupFailure("The manifest is too large to be one.");
            }
            Manifest manifest = Json.read(Files.readAllBytes(file), Manifest.class);
            if (manifest.format() != FORMAT) {
                throw new BackupFailure("The manifest is of another format: " + manifest.format() + ".");
            }
            return manifest;
        } catch (IOException e) {
            throw new BackupFailure("The manifest cannot be read.", e);
        } catch (ApiError e) {
            throw new BackupFailure("The manifest is damaged: " + e.detail(), e);
        }
    }

    private long size(String name) {
        FileSum sum = files.get(name);
        return sum == null ? 0 : sum.bytes();
    }
}

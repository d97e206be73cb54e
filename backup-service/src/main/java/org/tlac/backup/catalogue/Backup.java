package org.tlac.backup.catalogue;

import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One backup as the catalogue knows it.
 *
 * @param folder its name under backup.folder, or the name that it would have had
 * @param finishedAt null while it runs
 * @param databaseBytes size of the dump; null unless it succeeded once
 * @param dataBytes size of the archive of files
 * @param schemas newest migration by schema
 * @param verifyStartedAt set while it is being proven once more
 * @param verifiedAt when it was last restored and found whole; null when it never was, or was found broken since
 * @param error why it failed, or why it could not be proven
 */
public record Backup(
        long id,
        String folder,
        Status status,
        Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable Long databaseBytes,
        @Nullable Long dataBytes,
        Map<String, String> schemas,
        @Nullable Instant verifyStartedAt,
        @Nullable Instant verifiedAt,
        @Nullable String error) {

    public enum Status {
        RUNNING,
        SUCCESS,
        FAILED;

        /** The name in JSON and the database. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status of(String id) {
            return valueOf(id.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether it was restored once and nothing has been found wrong with it since. */
    public boolean proven() {
        return status == Status.SUCCESS && verifiedAt != null;
    }

    /** Size of everything; 0 when there are no files. */
    public long bytes() {
        return (databaseBytes == null ? 0 : databaseBytes) + (dataBytes == null ? 0 : dataBytes);
    }

    public boolean verifying() {
        return verifyStartedAt != null;
    }

    /** Whether there are files of it: a backup that failed while it was taken has none. */
    public boolean hasFolder() {
        return databaseBytes != null;
    }
}

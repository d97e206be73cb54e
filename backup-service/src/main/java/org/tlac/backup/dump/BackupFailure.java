package org.tlac.backup.dump;

import org.jspecify.annotations.Nullable;

/** Why a backup, or its proof, could not be made. The message is shown to admins: whole sentences, no secrets. */
public final class BackupFailure extends RuntimeException {

    public BackupFailure(String message) {
        this(message, null);
    }

    public BackupFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** What to tell an admin about it. */
    public String sentence() {
        return String.valueOf(getMessage());
    }
}

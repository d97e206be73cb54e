package org.tlac.backup.run;

import org.tlac.platform.metrics.Unavailable;

/** The database could not be asked outside the pool; answered 503 as every other sign of that. */
final class DatabaseAway extends RuntimeException implements Unavailable {

    DatabaseAway(String message, Throwable cause) {
        super(message, cause);
    }

    @Override
    public boolean unavailable() {
        return true;
    }
}

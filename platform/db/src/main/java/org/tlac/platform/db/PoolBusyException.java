package org.tlac.platform.db;

import java.sql.SQLTransientConnectionException;

/** The server answers, but no connection became free within the time that a caller may wait. */
final class PoolBusyException extends SQLTransientConnectionException {

    PoolBusyException(String message) {
        super(message);
    }
}

package org.tlac.platform.db;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Whether the server answers, asked on a connection beside the pool: a pool without a free connection looks the same whether all are at
 * work or the server is gone. However many callers want to know, one asks at a time, and its answer holds for half a second. So does a
 * statement that succeeded: then nobody has to ask.
 */
final class ServerProbe {

    private static final Duration FRESH = Duration.ofMillis(500);
    private static final String TOO_MANY_CONNECTIONS = "53300";

    private final String url;
    private final Properties properties = new Properties();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean answered;
    private long asked = System.nanoTime() - FRESH.toNanos();
    private volatile long worked = asked;

    ServerProbe(String url, String username, String password) {
        this.url = url;
        properties.setProperty("user", username);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "tlac-probe");
        // Of each step and of all: a machine that is busy with a hundred callers opens no connection within a second.
        List.of("connectTimeout", "socketTimeout", "loginTimeout").forEach(key -> properties.setProperty(key, "2"));
    }

    /** Says that it did answer, just now. */
    void worked() {
        worked = System.nanoTime();
    }

    /** Takes two seconds at most; a server that has no connection left does answer. */
    boolean answers() {
        return System.nanoTime() - worked < FRESH.toNanos() || answersNow();
    }

    /** As {@link #answers}, but whatever was heard of the server by way of statements. */
    boolean answersNow() {
        lock.lock();
        try {
            if (System.nanoTime() - asked >= FRESH.toNanos()) {
                answered = ask();
                asked = System.nanoTime();
            }
            return answered;
        } finally {
            lock.unlock();
        }
    }

    private boolean ask() {
        try {
            DriverManager.getConnection(url, properties).close();
            return true;
        } catch (SQLException e) {
            return TOO_MANY_CONNECTIONS.equals(e.getSQLState());
        }
    }
}

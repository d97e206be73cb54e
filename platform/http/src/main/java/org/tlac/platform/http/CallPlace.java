package org.tlac.platform.http;

import java.time.Duration;

/** One of a listener's places for calls that are answered at the same time. Not for several threads at once. */
final class CallPlace implements AutoCloseable {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final Connections connections;
    private boolean taken;

    CallPlace(Connections connections) {
        this.connections = connections;
    }

    /** Does nothing when it is taken. @throws ApiError 503 when there is none; the connection ends with it */
    void take(Call call) {
        if (!taken && !begin()) {
            call.endConnection();
            throw overload();
        }
        taken = true;
    }

    private boolean begin() {
        try {
            return connections.beginCall();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static ApiError overload() {
        return ApiError.busy("Too many people are here at once. Please try again shortly.", RETRY_AFTER);
    }

    /** Gives it back; calling it again does nothing. */
    @Override
    public void close() {
        if (taken) {
            taken = false;
            connections.endCall();
        }
    }
}

package org.tlac.launcher.home;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** What is better said before anything is started. */
public final class Preflight {

    /** For the server's programs, an empty database, and some time until somebody notices. */
    public static final long MIN_FREE_BYTES = 500L << 20;

    private Preflight() {}

    /** @throws UserError when there is not so much room on the disk that holds our folder */
    public static void requireRoom(Home home, long bytes) {
        long free = Disk.free(home.folder());
        if (free < bytes) {
            throw new UserError(
                    "The disk is nearly full: %d MB are free for %s, %d MB are needed. Make room, or set TLAC_HOME."
                            .formatted(free >> 20, home.folder(), bytes >> 20));
        }
    }

    /** @throws UserError when somebody listens there already */
    public static void requireFree(String name, int port) {
        requireFree(name, port, "Stop the program that has it, or let TLAC use others: TLAC_PORT_OFFSET=100 ./tlac up");
    }

    /** @param advice what to do about it: sentences */
    public static void requireFree(String name, int port, String advice) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            throw new UserError("Port %d (%s) cannot be used: %s. %s".formatted(port, name, e.getMessage(), advice), e);
        }
    }
}

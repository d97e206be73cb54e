package org.tlac.launcher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.List;

/** What is better said before anything is started. */
final class Preflight {

    /** For the server's programs, an empty database, and some time until somebody notices. */
    static final long MIN_FREE_BYTES = 500L << 20;

    private Preflight() {}

    /** @throws UserError when a service is not built */
    static void requireBuilt(List<ServiceSpec> table) {
        List<String> missing = table.stream()
                .filter(spec -> !Files.exists(spec.jar()))
                .map(ServiceSpec::name)
                .toList();
        if (!missing.isEmpty()) {
            throw new UserError("Not built yet: " + String.join(", ", missing) + ". Run ./tlac up.");
        }
    }

    /** @throws UserError when there is not so much room on the disk that holds our folder */
    static void requireRoom(Home home, long bytes) {
        long free = Disk.free(home.folder());
        if (free < bytes) {
            throw new UserError(
                    "The disk is nearly full: %d MB are free for %s, %d MB are needed. Make room, or set TLAC_HOME."
                            .formatted(free >> 20, home.folder(), bytes >> 20));
        }
    }

    /** @throws UserError when somebody listens there already */
    static void requireFree(String name, int port) {
        requireFree(name, port, "Stop the program that has it, or let TLAC use others: TLAC_PORT_OFFSET=100 ./tlac up");
    }

    /** @param advice what to do about it: sentences */
    static void requireFree(String name, int port, String advice) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(port));
        } catch (IOException e) {
            throw new UserError("Port %d (%s) cannot be used: %s. %s".formatted(port, name, e.getMessage(), advice), e);
        }
    }
}

package org.tlac.launcher;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.tlac.launcher.home.Preflight;
import org.tlac.launcher.home.Settings;
import org.tlac.launcher.home.UserError;

/** Ports for a TLAC of a test, so that it can run beside any other. */
public final class FreePorts {

    private static final List<Integer> STANDARD = List.of(
            3000, 8080, 8081, 8082, 8083, 8084, 8443, 9080, 9081, 9082, 9083, 9084, 9090, 9093, Settings.DATABASE_PORT);

    private FreePorts() {}

    /** An offset at which every port is free now, below those that the kernel gives to clients (32768 and up). */
    public static int offset() {
        for (int i = 0; i < 1000; i++) {
            int offset = ThreadLocalRandom.current().nextInt(2_000, 17_000);
            if (STANDARD.stream().allMatch(port -> isFree(port + offset))) {
                return offset;
            }
        }
        throw new AssertionError("no free ports");
    }

    private static boolean isFree(int port) {
        try {
            Preflight.requireFree("test", port);
            return true;
        } catch (UserError e) {
            return false;
        }
    }
}

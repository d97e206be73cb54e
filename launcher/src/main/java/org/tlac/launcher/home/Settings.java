package org.tlac.launcher.home;

import java.util.Map;

/**
 * What the environment may say.
 *
 * @param portOffset added to every port, so that two can run side by side ({@code TLAC_PORT_OFFSET}, default 0)
 * @param host the address the gateway listens on ({@code TLAC_HOST}, default all)
 */
public record Settings(int portOffset, String host) {

    /** Off the usual 5432, which a machine with a PostgreSQL of its own has in use. */
    public static final int DATABASE_PORT = 15432;

    static final int HTTPS_PORT = 8443;

    private static final int MAX_OFFSET = 40_000;

    public static Settings from(Map<String, String> environment) {
        String offset = environment.getOrDefault("TLAC_PORT_OFFSET", "0");
        if (!offset.matches("[0-9]{1,5}") || Integer.parseInt(offset) > MAX_OFFSET) {
            throw new UserError("TLAC_PORT_OFFSET must be a number from 0 to " + MAX_OFFSET + ", not " + offset + ".");
        }
        return new Settings(Integer.parseInt(offset), environment.getOrDefault("TLAC_HOST", "0.0.0.0"));
    }

    public int port(int standard) {
        return standard + portOffset;
    }

    public String url() {
        return "https://localhost:" + port(HTTPS_PORT);
    }
}

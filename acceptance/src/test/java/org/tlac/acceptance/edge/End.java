package org.tlac.acceptance.edge;

import java.io.IOException;
import java.util.regex.Pattern;

/**
 * A kind of connection, told apart by how it ends.
 *
 * @param share how many of these there are among all, as a weight
 * @param waits whether each lasts as long as the server has patience: such run in a lane of their own
 * @param expected what may come of one, as a whole; anything else counts against the server
 * @param act makes one such connection and ends it
 */
record End(String name, int share, boolean waits, Pattern expected, Act act) {

    /** What came of one connection in a word or two, as {@code 200} or {@code closed}. */
    @FunctionalInterface
    interface Act {
        String make() throws IOException;
    }

    static End quick(String name, int share, String expected, Act act) {
        return new End(name, share, false, Pattern.compile(expected), act);
    }

    static End waiting(String name, int share, String expected, Act act) {
        return new End(name, share, true, Pattern.compile(expected), act);
    }
}

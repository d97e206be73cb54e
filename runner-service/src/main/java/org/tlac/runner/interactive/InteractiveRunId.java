package org.tlac.runner.interactive;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;
import org.tlac.platform.http.ApiError;

/**
 * The id of an interactive run: the gateway's name of the replica that has it, a dot, and 192 random bits. By the first part a gateway
 * routes calls to this replica; only the second, which nobody can guess, gives access.
 */
final class InteractiveRunId {

    /** For calls that did not come through a gateway. */
    static final String UNNAMED = "0";

    private static final Pattern REPLICA = Pattern.compile("[a-z0-9]{1,16}");
    private static final int RANDOM_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    private InteractiveRunId() {}

    /** @throws ApiError 400 for a name that no gateway of ours gives */
    static String next(String replica) {
        if (!REPLICA.matcher(replica).matches()) {
            throw ApiError.badRequest("Malformed replica name.");
        }
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        return replica + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }
}

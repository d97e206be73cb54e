package org.tlac.platform.http;

import org.tlac.platform.identity.Identity;

/** Finds out who sends a call. */
@FunctionalInterface
public interface Authentication {

    /** For listeners that nobody signs in at. */
    Authentication NONE = call -> new Identity.Anonymous(call.peerAddress());

    /**
     * @return {@link Identity.Anonymous} when nothing was presented
     * @throws ApiError 401 when what was presented proves nothing, 503 when that cannot be known now
     */
    Identity identify(Call call);

    /** The address of the client, for the audit log; a listener that clients connect to need not know who they are for it. */
    default String clientAddress(Call call) {
        return call.identity().clientAddress();
    }
}

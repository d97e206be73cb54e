package org.tlac.platform.http;

/** Answers one call. Runs on a virtual thread of its own: blocking is fine. */
@FunctionalInterface
public interface Handler {

    /**
     * @throws ApiError to refuse; any other exception becomes a 500 that tells the client nothing
     */
    Reply handle(Call call) throws Exception;
}

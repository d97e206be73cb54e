package org.tlac.platform.http;

import java.util.Optional;

/** Another form of a refusal, for callers who would not read JSON: people with a browser. */
@FunctionalInterface
public interface RefusalPage {

    /** Everybody gets JSON. */
    RefusalPage NONE = (call, refusal) -> Optional.empty();

    /**
     * The answer in place of {@code {"detail": "..."}}, with the same status; empty to leave it.
     *
     * @param refusal what would be sent
     */
    Optional<Reply> instead(Call call, Reply refusal);
}

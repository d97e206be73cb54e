package org.tlac.platform.http;

/** A rule that every call must pass after it was matched and identified, before its handler runs. */
@FunctionalInterface
public interface Guard {

    /** @throws ApiError to refuse the call */
    void check(Call call, Route route);
}

package org.tlac.platform.identity;

import org.jspecify.annotations.Nullable;

/**
 * Where a call came from, for the audit log.
 *
 * @param username who is signed in; null when nobody is
 * @param clientAddress the client's address as the gateway saw it; empty when unknown
 * @param userAgent what the client calls itself
 */
public record Origin(@Nullable String username, String clientAddress, String userAgent) {}

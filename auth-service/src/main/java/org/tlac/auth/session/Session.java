package org.tlac.auth.session;

import java.time.Instant;
import org.tlac.auth.users.User;

/** A session that counts, and whose it is. */
public record Session(SessionToken token, User user, Instant expiresAt) {}

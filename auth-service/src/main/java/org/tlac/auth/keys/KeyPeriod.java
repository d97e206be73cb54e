package org.tlac.auth.keys;

import java.time.Instant;

/** When a key signs, and until when others must still be able to verify what it signed. */
record KeyPeriod(Instant signsFrom, Instant signsUntil, Instant publishedUntil) {}

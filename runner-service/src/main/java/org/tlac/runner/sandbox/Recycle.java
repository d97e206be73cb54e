package org.tlac.runner.sandbox;

import java.time.Instant;

/**
 * A zygote that was replaced, or could not be started.
 *
 * @param slot its number; those of conversations and judges come after those of runs
 * @param why for teachers and admins; no program writes there
 */
public record Recycle(Instant time, int slot, String why) {}

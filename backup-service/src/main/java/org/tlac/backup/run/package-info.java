/** Backups as they happen: one at a time over all replicas, in the background, and tidy after a crash. */
@NullMarked
package org.tlac.backup.run;

import org.jspecify.annotations.NullMarked;

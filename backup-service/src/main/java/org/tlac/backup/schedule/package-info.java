/** Backups that nobody has to think of. */
@NullMarked
package org.tlac.backup.schedule;

import org.jspecify.annotations.NullMarked;

/** The logs of child processes: one for each, rotated by size. */
@NullMarked
package org.tlac.launcher.logs;

import org.jspecify.annotations.NullMarked;

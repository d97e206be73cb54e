/** The proof of a backup: restored into a scratch database and compared with what was there when it was taken. */
@NullMarked
package org.tlac.backup.proof;

import org.jspecify.annotations.NullMarked;

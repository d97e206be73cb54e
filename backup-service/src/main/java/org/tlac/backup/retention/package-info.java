/** Which backups may go. */
@NullMarked
package org.tlac.backup.retention;

import org.jspecify.annotations.NullMarked;

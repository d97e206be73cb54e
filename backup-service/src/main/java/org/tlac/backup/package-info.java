/** Takes backups of the database and the school's files, and proves each by restoring it. */
@NullMarked
package org.tlac.backup;

import org.jspecify.annotations.NullMarked;

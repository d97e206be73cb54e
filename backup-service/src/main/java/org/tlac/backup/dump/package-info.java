/** What a backup is made of: PostgreSQL's own programs, the archive of files, the manifest, the folder. */
@NullMarked
package org.tlac.backup.dump;

import org.jspecify.annotations.NullMarked;

/** The durable list of backups. */
@NullMarked
package org.tlac.backup.catalogue;

import org.jspecify.annotations.NullMarked;

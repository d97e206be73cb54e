/** The embedded PostgreSQL server and the database in it. */
@NullMarked
package org.tlac.launcher.postgres;

import org.jspecify.annotations.NullMarked;

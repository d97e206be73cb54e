/** Everything on one machine: an embedded PostgreSQL and the services as processes, started in order, watched, stopped in order. */
@NullMarked
package org.tlac.launcher;

import org.jspecify.annotations.NullMarked;

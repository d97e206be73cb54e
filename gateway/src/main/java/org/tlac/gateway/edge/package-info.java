/** Who calls and whether they may: sessions, CSRF, limits, client addresses, security headers. */
@NullMarked
package org.tlac.gateway.edge;

import org.jspecify.annotations.NullMarked;

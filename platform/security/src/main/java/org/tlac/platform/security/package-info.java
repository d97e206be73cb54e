/** How the services behind the gateway know and check their callers, by helidon-security. The gateway's Helidon has none: it holds sessions. */
@NullMarked
package org.tlac.platform.security;

import org.jspecify.annotations.NullMarked;

/** The services behind the gateway: how to speak to them, and how not to ask them the same thing twice at once. */
@NullMarked
package org.tlac.gateway.upstream;

import org.jspecify.annotations.NullMarked;

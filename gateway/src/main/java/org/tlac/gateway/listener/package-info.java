/** Listening sockets that outlive a failed accept. */
@NullMarked
package org.tlac.gateway.listener;

import org.jspecify.annotations.NullMarked;

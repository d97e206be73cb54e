/** Which service answers which call, and how the call gets there. */
@NullMarked
package org.tlac.gateway.proxy;

import org.jspecify.annotations.NullMarked;

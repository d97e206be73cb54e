/** Sessions: the secret a browser holds, and what it is worth to the gateway. */
@NullMarked
package org.tlac.auth.session;

import org.jspecify.annotations.NullMarked;

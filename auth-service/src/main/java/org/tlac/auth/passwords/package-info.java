/** Password hashes, computed off the carrier threads and with a bound. */
@NullMarked
package org.tlac.auth.passwords;

import org.jspecify.annotations.NullMarked;

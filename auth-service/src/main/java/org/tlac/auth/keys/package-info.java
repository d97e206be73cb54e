/** The keys that sign internal tokens: made once for all replicas, rotated, published. */
@NullMarked
package org.tlac.auth.keys;

import org.jspecify.annotations.NullMarked;

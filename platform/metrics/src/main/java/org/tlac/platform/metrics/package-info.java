/** Every {@code tlac_*} metric as data ({@link org.tlac.platform.metrics.Catalogue}), and the one way to move and expose it. */
@NullMarked
package org.tlac.platform.metrics;

import org.jspecify.annotations.NullMarked;

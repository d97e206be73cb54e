/** How much there is, for the admin's figures. */
@NullMarked
package org.tlac.activity.counts;

import org.jspecify.annotations.NullMarked;

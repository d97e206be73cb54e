/** What text may be stored. */
@NullMarked
package org.tlac.activity.text;

import org.jspecify.annotations.NullMarked;

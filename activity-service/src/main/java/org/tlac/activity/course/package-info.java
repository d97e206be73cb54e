/** The course that the school mounted: which lessons and activities there are. */
@NullMarked
package org.tlac.activity.course;

import org.jspecify.annotations.NullMarked;

/** How far each user is with each activity: saves move it, teachers decide it. */
@NullMarked
package org.tlac.activity.marks;

import org.jspecify.annotations.NullMarked;

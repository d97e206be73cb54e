/** The state of each activity of each user, and every revision of it. */
@NullMarked
package org.tlac.activity.state;

import org.jspecify.annotations.NullMarked;

/** Whose work it is. */
@NullMarked
package org.tlac.activity.pupil;

import org.jspecify.annotations.NullMarked;

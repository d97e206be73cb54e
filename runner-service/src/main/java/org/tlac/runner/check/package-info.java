/** Checks of activities: what a pupil's program should do, told where the program cannot see it, judged where it does not run. */
@NullMarked
package org.tlac.runner.check;

import org.jspecify.annotations.NullMarked;

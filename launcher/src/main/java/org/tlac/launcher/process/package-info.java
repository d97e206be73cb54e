/** Child processes: started, supervised by a watchdog with back-off, ended, and found again after a launcher that was killed. */
@NullMarked
package org.tlac.launcher.process;

import org.jspecify.annotations.NullMarked;

/** Runs over HTTP: the request, admission control, the queue and the answer. */
@NullMarked
package org.tlac.runner.run;

import org.jspecify.annotations.NullMarked;

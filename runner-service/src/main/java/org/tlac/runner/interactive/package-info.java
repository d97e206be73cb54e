/** Interactive runs: started over HTTP, read as a stream of events, and given their input line by line. */
@NullMarked
package org.tlac.runner.interactive;

import org.jspecify.annotations.NullMarked;

/** Programs that are talked to: started over HTTP, read as a stream of events, fed line by line. */
@NullMarked
package org.tlac.runner.interactive;

import org.jspecify.annotations.NullMarked;

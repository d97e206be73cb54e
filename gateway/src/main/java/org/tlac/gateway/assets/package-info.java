/** Makes the pages ready to be served: run by the build, and by nothing else. */
@NullMarked
package org.tlac.gateway.assets;

import org.jspecify.annotations.NullMarked;

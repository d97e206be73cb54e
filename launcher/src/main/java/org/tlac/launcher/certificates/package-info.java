/** TLS certificates, signed by an authority of this machine's own. */
@NullMarked
package org.tlac.launcher.certificates;

import org.jspecify.annotations.NullMarked;

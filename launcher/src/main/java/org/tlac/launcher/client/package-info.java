/** Clients of the running system: its API, the check that users get through, the demo. */
@NullMarked
package org.tlac.launcher.client;

import org.jspecify.annotations.NullMarked;

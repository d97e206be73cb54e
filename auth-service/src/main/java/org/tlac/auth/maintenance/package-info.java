/** What must happen from time to time without anybody asking. */
@NullMarked
package org.tlac.auth.maintenance;

import org.jspecify.annotations.NullMarked;

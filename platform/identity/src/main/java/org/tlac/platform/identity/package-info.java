/** Who calls: roles, the signed-in {@link org.tlac.platform.identity.Caller}, and the proof of it that services pass on. */
@NullMarked
package org.tlac.platform.identity;

import org.jspecify.annotations.NullMarked;

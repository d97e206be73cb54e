/** Who may come in: accounts, sign-in, sessions and the keys that vouch for callers to the other services. */
@NullMarked
package org.tlac.auth;

import org.jspecify.annotations.NullMarked;

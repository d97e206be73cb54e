/** Signing in: passwords checked with a bound on guesses, and what a success begins. */
@NullMarked
package org.tlac.auth.login;

import org.jspecify.annotations.NullMarked;

/** Accounts: their rules, their table, and the routes that make and list them. */
@NullMarked
package org.tlac.auth.users;

import org.jspecify.annotations.NullMarked;

/** What tests of services stand on: a real PostgreSQL, callers with real tokens, scrapes that are compared, and raw bytes on a socket. */
@NullMarked
package org.tlac.platform.testing;

import org.jspecify.annotations.NullMarked;

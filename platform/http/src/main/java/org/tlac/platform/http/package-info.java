/**
 * The server that every service has: listeners, health, graceful stop, logs, the table of routes, strict JSON, errors in the
 * contract's form, and the client to other services.
 */
@NullMarked
package org.tlac.platform.http;

import org.jspecify.annotations.NullMarked;

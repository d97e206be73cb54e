/**
 * The server that every service has, on Helidon's WebServer. A request goes through {@code TrackedHttp1} (its connection),
 * {@code RequestFilters} (id, log, metrics, form), {@code RoutesFeature} (the row of {@link org.tlac.platform.http.Routes} and its rule of
 * access), the row's {@link org.tlac.platform.http.Handler} and {@code ReplyWriter}; failures through {@code ErrorRenderer}. The management
 * listener has {@code Health} and {@code MetricsEndpoint} as observers.
 */
@NullMarked
package org.tlac.platform.http;

import org.jspecify.annotations.NullMarked;

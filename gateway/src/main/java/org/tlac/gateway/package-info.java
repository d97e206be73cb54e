/** The edge: what browsers, scripts and Prometheus talk to. */
@NullMarked
package org.tlac.gateway;

import org.jspecify.annotations.NullMarked;

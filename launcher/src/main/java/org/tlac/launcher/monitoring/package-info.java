/** Prometheus, Alertmanager and Grafana beside TLAC on one machine. */
@NullMarked
package org.tlac.launcher.monitoring;

import org.jspecify.annotations.NullMarked;

/** activity-service: what pupils made, how it went, and what teachers say about it. */
@NullMarked
package org.tlac.activity;

import org.jspecify.annotations.NullMarked;

/** What is known of the whole system: health, metrics of every service and replica, the admin's numbers. */
@NullMarked
package org.tlac.gateway.status;

import org.jspecify.annotations.NullMarked;

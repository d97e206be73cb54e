/** Numbers about accounts, for metrics and for the admin's page. */
@NullMarked
package org.tlac.auth.counts;

import org.jspecify.annotations.NullMarked;

/** The table of the services of TLAC, and how each is run. */
@NullMarked
package org.tlac.launcher.services;

import org.jspecify.annotations.NullMarked;

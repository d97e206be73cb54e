/** The folder of one installation, {@code .tlac}: what it holds, who uses it, what may be set in it, and the machine it is on. */
@NullMarked
package org.tlac.launcher.home;

import org.jspecify.annotations.NullMarked;

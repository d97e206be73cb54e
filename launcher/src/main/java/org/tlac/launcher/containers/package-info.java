/** What is done once before services start in containers. */
@NullMarked
package org.tlac.launcher.containers;

import org.jspecify.annotations.NullMarked;

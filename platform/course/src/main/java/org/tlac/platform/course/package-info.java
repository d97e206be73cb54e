/** The course folder: which files it has, its manifest, and the ids of lessons and activities. */
@NullMarked
package org.tlac.platform.course;

import org.jspecify.annotations.NullMarked;

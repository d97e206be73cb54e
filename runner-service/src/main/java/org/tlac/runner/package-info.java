/** Pupils' Python, run where it can do no harm or not at all. */
@NullMarked
package org.tlac.runner;

import org.jspecify.annotations.NullMarked;

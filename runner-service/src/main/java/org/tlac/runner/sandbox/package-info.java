/** The sandbox: what it is made of, the proof that it holds, and one program's way through it. */
@NullMarked
package org.tlac.runner.sandbox;

import org.jspecify.annotations.NullMarked;

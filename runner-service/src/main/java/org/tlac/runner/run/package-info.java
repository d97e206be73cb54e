/** Running programs over HTTP: the contract's form, the queue, the answers. */
@NullMarked
package org.tlac.runner.run;

import org.jspecify.annotations.NullMarked;

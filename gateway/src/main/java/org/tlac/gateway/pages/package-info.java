/** HTML pages, their assets and the course's files. */
@NullMarked
package org.tlac.gateway.pages;

import org.jspecify.annotations.NullMarked;

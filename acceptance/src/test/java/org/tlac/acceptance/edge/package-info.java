/** What measures the gateway from outside: connections of every kind and end, what they leave behind, and faults behind it. */
@org.jspecify.annotations.NullMarked
package org.tlac.acceptance.edge;

package org.tlac.platform.http;

/**
 * What the calls of one listener have in common.
 *
 * @param connections that they come by
 * @param edge whether strangers connect here: their request ids are not believed, and they announce a body's length or send none
 * @param bodies what bounds their bodies
 */
record Listener(Connections connections, Authentication authentication, boolean edge, Call.Bodies bodies) {}

package org.tlac.platform.identity;

/** What is known of who sends a request. */
public sealed interface Identity {

    /** Where the request came from at the edge: an IP address, or empty when unknown. */
    String clientAddress();

    /** Nobody signed in. */
    record Anonymous(String clientAddress) implements Identity {}

    /** A signed-in user. */
    record User(Caller caller) implements Identity {
        @Override
        public String clientAddress() {
            return caller.clientAddress();
        }
    }

    /** Another service of ours, acting for itself. */
    record Service(String name, String clientAddress) implements Identity {}
}

package org.tlac.platform.identity;

/** What is known of who sends a request. */
public sealed interface Identity {

    /** Where the request came from at the edge: an IP address, or empty when unknown. */
    String clientAddress();

    /** The role that routes ask for: a user's, {@value #SERVICE_ROLE}, or empty for nobody. */
    String role();

    /** The role of another service of ours, which no user can have. */
    String SERVICE_ROLE = "service";

    /** Nobody signed in. */
    record Anonymous(String clientAddress) implements Identity {
        @Override
        public String role() {
            return "";
        }
    }

    /** A signed-in user. */
    record User(Caller caller) implements Identity {
        @Override
        public String clientAddress() {
            return caller.clientAddress();
        }

        @Override
        public String role() {
            return caller.role().id();
        }
    }

    /** Another service of ours, acting for itself. */
    record Service(String name, String clientAddress) implements Identity {
        @Override
        public String role() {
            return SERVICE_ROLE;
        }
    }
}

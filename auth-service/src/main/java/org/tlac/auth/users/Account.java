package org.tlac.auth.users;

/** A user with what signing in asks for. */
public record Account(User user, boolean active, String passwordHash) {

    @Override
    public String toString() {
        return "Account[" + user.username() + "]";
    }
}

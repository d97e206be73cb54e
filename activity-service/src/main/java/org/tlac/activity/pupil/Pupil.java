package org.tlac.activity.pupil;

import org.tlac.platform.identity.Caller;

/**
 * Whoever a piece of work belongs to: any signed-in user, in practice pupils.
 *
 * @param userId the user's key in auth-service's database
 */
public record Pupil(long userId, String username) {

    public static Pupil of(Caller caller) {
        return new Pupil(caller.id(), caller.username());
    }
}

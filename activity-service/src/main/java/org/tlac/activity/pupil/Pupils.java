package org.tlac.activity.pupil;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tlac.platform.db.Statements;
import org.tlac.platform.http.ApiError;
import org.tlac.platform.identity.Username;

/**
 * Finds pupils by username among those who saved something: this service has no access to the table of users, and there is nothing to
 * mark before a first save.
 */
public final class Pupils {

    private Pupils() {}

    /** @throws ApiError 400 when it is missing or no username, 404 when nobody of that name saved anything */
    public static Pupil find(Statements db, @Nullable String username) {
        String name = Username.parse(username)
                .orElseThrow(() -> ApiError.badRequest("username is missing or is no username."))
                .value();
        return db.queryOne(
                        "pupils.find", """
                        select user_id
                        from activity_states
                        where username = :username
                        order by user_id desc
                        limit 1
                        """, Map.of("username", name), row -> new Pupil(row.longValue("user_id"), name))
                .orElseThrow(() -> ApiError.notFound("Unknown pupil."));
    }
}

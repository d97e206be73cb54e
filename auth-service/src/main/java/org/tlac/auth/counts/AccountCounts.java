package org.tlac.auth.counts;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.tlac.platform.db.Row;
import org.tlac.platform.db.Statements;

/** Numbers about accounts, counted where they are. */
final class AccountCounts {

    /** What gauges show: sessions that count, and users who signed in within the last day, week and month. */
    record Gauges(long sessions, long day, long week, long month) {

        static final Gauges NONE = new Gauges(0, 0, 0, 0);
    }

    /** What admins see. */
    record Totals(
            UsersActive usersActive,
            long sessions,
            long auditLogs,
            long totalUsers,
            long activeUsers,
            long totalPupils,
            long totalTeachers,
            long totalAdmins,
            long activeSessions,

            @com.fasterxml.jackson.annotation.JsonProperty("recent_logins_7d")
            long recentLogins) {}

    /** Active users by role. */
    record UsersActive(long pupil, long teacher, long admin) {}

    Gauges gauges(Statements statements, Instant now) {
        return statements
                .queryOne(
                        "counts.gauges",
                        """
                        select
                          (select count(*) from sessions s join users u on u.id = s.user_id
                           where s.expires_at > :now and u.active) as sessions,
                          count(*) filter (where last_login_at > :day) as day,
                          count(*) filter (where last_login_at > :week) as week,
                          count(*) as month
                        from users where last_login_at > :month
                        """,
                        Map.of("now", now, "day", ago(now, 1), "week", ago(now, 7), "month", ago(now, 30)),
                        row -> new Gauges(
                                row.longValue("sessions"),
                                row.longValue("day"),
                                row.longValue("week"),
                                row.longValue("month")))
                .orElseThrow();
    }

    Totals totals(Statements statements, Instant now) {
        return statements
                .queryOne("counts.totals", """
                        select
                          (select count(*) from sessions s join users o on o.id = s.user_id
                           where s.expires_at > :now and o.active) as sessions,
                          (select count(*) from audit.audit_logs) as audit_logs,
                          (select count(*) from audit.audit_logs where action = 'login' and created_at > :week) as logins,
                          count(*) as users,
                          count(*) filter (where active) as active,
                          count(*) filter (where role = 'pupil') as pupils,
                          count(*) filter (where role = 'teacher') as teachers,
                          count(*) filter (where role = 'admin') as admins,
                          count(*) filter (where role = 'pupil' and active) as active_pupils,
                          count(*) filter (where role = 'teacher' and active) as active_teachers,
                          count(*) filter (where role = 'admin' and active) as active_admins
                        from users
                        """, Map.of("now", now, "week", ago(now, 7)), AccountCounts::totals)
                .orElseThrow();
    }

    private static Totals totals(Row row) {
        return new Totals(
                new UsersActive(
                        row.longValue("active_pupils"),
                        row.longValue("active_teachers"),
                        row.longValue("active_admins")),
                row.longValue("sessions"),
                row.longValue("audit_logs"),
                row.longValue("users"),
                row.longValue("active"),
                row.longValue("pupils"),
                row.longValue("teachers"),
                row.longValue("admins"),
                row.longValue("sessions"),
                row.longValue("logins"));
    }

    private static Instant ago(Instant now, int days) {
        return now.minus(Duration.ofDays(days));
    }
}

package org.tlac.backup.run;

import java.time.Duration;

/** Who is told how jobs end: the metrics. */
public interface RunOutcomes {

    /** What runs in the background, as {@code endpoint} of the errors counted. */
    enum Job {
        BACKUP("backup"),
        VERIFY("verify"),
        RETENTION("retention"),
        RECOVERY("recovery"),
        SCHEDULE("schedule");

        private final String id;

        Job(String id) {
            this.id = id;
        }

        public String id() {
            return id;
        }
    }

    /** A backup was taken and proven. */
    void taken(Duration elapsed);

    /** A backup could not be taken. */
    void notTaken();

    /** A backup was restored and compared. */
    void compared(boolean agrees);

    /** A job failed. */
    void failed(Job job);
}

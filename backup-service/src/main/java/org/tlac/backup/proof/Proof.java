package org.tlac.backup.proof;

import java.util.List;

/** What came of restoring a backup. That the restore could not be tried at all is no proof of anything, hence no case of this. */
public sealed interface Proof {

    /** Everything that was in the database and in the files is in the backup, and PostgreSQL can read it back. */
    record Agrees() implements Proof {}

    /** The backup cannot be relied on; each difference is a sentence. */
    record Disagrees(List<String> differences) implements Proof {

        private static final int SHOWN = 5;

        public Disagrees {
            differences = List.copyOf(differences);
        }

        /** For an admin to read; of many differences only the first. */
        public String sentence() {
            String shown = String.join(" ", differences.subList(0, Math.min(SHOWN, differences.size())));
            int more = differences.size() - SHOWN;
            return "The backup could not be proven. " + shown + (more > 0 ? " And " + more + " more." : "");
        }
    }

    static Proof of(List<String> differences) {
        return differences.isEmpty() ? new Agrees() : new Disagrees(differences);
    }
}

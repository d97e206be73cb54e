package org.tlac.backup.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Compares what a database held with what its backup gives back. */
final class RowCounts {

    private RowCounts() {}

    /** One sentence for each table whose rows are not the same on both sides; empty when all are. */
    static List<String> differences(Map<String, Long> taken, Map<String, Long> restored) {
        SortedSet<String> tables = new TreeSet<>(taken.keySet());
        tables.addAll(restored.keySet());
        List<String> differences = new ArrayList<>();
        for (String table : tables) {
            Long before = taken.get(table);
            Long after = restored.get(table);
            if (before == null) {
                differences.add("Table " + table + " came back but was not there.");
            } else if (after == null) {
                differences.add("Table " + table + " did not come back.");
            } else if (!before.equals(after)) {
                differences.add("Table " + table + " had " + before + " rows, " + after + " came back.");
            }
        }
        return differences;
    }
}

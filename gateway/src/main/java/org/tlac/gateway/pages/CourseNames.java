package org.tlac.gateway.pages;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Which names in a course folder are for nobody here, and which for teachers. Pure. */
final class CourseNames {

    /** In the name of every file with checks: {@code a1.checks.yaml}. */
    private static final String CHECKS = ".checks.";

    /** What editors and file synchronisers leave behind: a copy of something that may be for others. */
    private static final List<String> LEFTOVERS = List.of("~", ".swp", ".swo", ".bak", ".orig", ".tmp", ".part");

    private static final String README = "readme.md";
    private static final String TEACHERS = "teacher";

    private CourseNames() {}

    /** Checks, whatever is hidden, and leftovers: served to nobody, whoever asks. */
    static boolean isHidden(String path) {
        return names(path)
                .anyMatch(name -> name.startsWith(".")
                        || name.contains(CHECKS)
                        || (name.startsWith("#") && name.endsWith("#"))
                        || LEFTOVERS.stream().anyMatch(name::endsWith));
    }

    /** A word from whoever wrote the lesson to whoever teaches it; a pupil does not learn that it is there. */
    static boolean isReadme(String path) {
        return names(path).anyMatch(README::equals);
    }

    static boolean isTeachers(String path) {
        return Arrays.asList(path.split("/", -1)).contains(TEACHERS);
    }

    private static Stream<String> names(String path) {
        return Arrays.stream(path.toLowerCase(Locale.ROOT).split("/", -1));
    }
}

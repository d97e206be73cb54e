package org.tlac.runner.check;

import java.util.Optional;

/**
 * What the pupil reads about one check.
 *
 * @param hint of one that failed
 * @param output what the program printed for one that failed
 */
record Verdict(String name, boolean passed, Optional<String> hint, Optional<String> output) {}

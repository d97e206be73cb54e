package org.tlac.runner.check;

import io.helidon.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the school allows checks.
 *
 * @param course the folder with manifest.json, the activities, and their checks beside them
 * @param most checks of one activity
 * @param budget how long all checks of one program may take, waiting for slots included
 */
public record CheckRules(Path course, int most, Duration budget) {

    public CheckRules {
        if (most < 1) {
            throw new IllegalArgumentException("checks.most must be at least 1, not " + most);
        }
        if (budget.toMillis() < 1) {
            throw new IllegalArgumentException("checks.budget must be greater than 0, not " + budget);
        }
    }

    /** @throws IllegalArgumentException that names the key whose value cannot be used */
    public static CheckRules from(Config config) {
        return new CheckRules(
                Path.of(config.get("course.folder").asString().get()),
                config.get("checks.most").asInt().get(),
                config.get("checks.budget").as(Duration.class).get());
    }
}

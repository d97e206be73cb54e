package org.tlac.runner.sandbox;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Attempts that a sandbox must deny, made by a program inside before the first pupil's. A layer that is missing shows here, not in an
 * incident: with one attempt that succeeds, nothing is run at all.
 */
final class Canaries {

    private static final String DENIED = "denied: ";
    private static final String ALLOWED = "ALLOWED: ";

    private static final String ATTEMPTS = SandboxSpec.textResource("canaries.py");

    private Canaries() {}

    /**
     * Makes the attempts.
     *
     * @return whether each was denied, by name
     * @throws SandboxException when they could not be made
     */
    static Map<String, Boolean> run(Zygote zygote) {
        String level = "LEVEL = \"" + zygote.isolation().id() + "\"\n";
        Outcome outcome = zygote.run(new PythonProgram(level + ATTEMPTS, List.of(), ""));
        Map<String, Boolean> denied = new LinkedHashMap<>();
        outcome.stdout().lines().forEach(line -> {
            if (line.startsWith(DENIED)) {
                denied.put(line.substring(DENIED.length()), true);
            } else if (line.startsWith(ALLOWED)) {
                denied.put(line.substring(ALLOWED.length()), false);
            }
        });
        // When fewer come back, one of them broke something.
        if (!outcome.isSuccess() || !denied.keySet().equals(Layer.canaries(zygote.isolation()))) {
            throw new SandboxException("The canaries did not come back: " + outcome.end() + " " + outcome.exitCode()
                    + " " + outcome.stderr().strip());
        }
        return denied;
    }
}

package org.tlac.runner.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.tlac.platform.testing.TestCallers;
import org.tlac.runner.Descendants;
import org.tlac.runner.RunningRunner;

/**
 * What programs could leave behind.
 *
 * @param processes of the service's, that live
 * @param descriptors of the service's own, without connections, which clients may keep
 * @param mounts that the service sees
 * @param replacements why sandboxes were replaced
 */
public record Traces(long processes, long descriptors, long mounts, String replacements) {

    /** Class files and logs that are opened meanwhile. */
    private static final int SLACK = 4;

    /** What there is now. */
    public static Traces of(RunningRunner runner) {
        JsonNode told = RunningRunner.json(runner.send(runner.as(TestCallers.TEACHER, "/api/python/diagnostics")));
        return new Traces(
                Descendants.living().size(),
                openNow(),
                lines(),
                told.path("recent_replacements").toString());
    }

    /** Waits until every slot has the processes of its next programs. */
    public static void awaitIdle(RunningRunner runner) {
        RunningRunner.await("idle", () -> {
            var scrape = runner.scrape();
            return scrape.value("tlac_python_slots", "state", "busy")
                                    + scrape.value("tlac_python_slots", "state", "starting")
                            == 0
                    && Descendants.living().size() % Descendants.SANDBOX == 0;
        });
    }

    private static long openNow() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors
                    .filter(descriptor -> !leadsTo(descriptor).startsWith("socket:"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String leadsTo(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "socket: it was closed meanwhile";
        }
    }

    private static long lines() {
        try (Stream<String> mounts = Files.lines(Path.of("/proc/self/mountinfo"))) {
            return mounts.filter(mount -> mount.contains("tmpfs")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails when there is more of anything. */
    public void sameAs(Traces later) {
        assertThat(later.replacements).isEqualTo(replacements);
        assertThat(later.processes).isEqualTo(processes);
        assertThat(later.mounts).isEqualTo(mounts);
        assertThat(later.descriptors).isLessThanOrEqualTo(descriptors + SLACK);
    }
}

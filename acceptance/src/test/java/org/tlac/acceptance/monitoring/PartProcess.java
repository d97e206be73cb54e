package org.tlac.acceptance.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.tlac.launcher.School;

/** A part of a running school as the operating system knows it: what may be done to it from outside. */
record PartProcess(long pid) {

    static PartProcess of(School school, String name) {
        try {
            return new PartProcess(
                    Long.parseLong(Files.readString(school.pidFile(name)).strip()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it and all that it started; does nothing while it is between two lives. */
    static void kill(School school, String name) {
        if (Files.exists(school.pidFile(name))) {
            ProcessHandle.of(of(school, name).pid()).ifPresent(part -> {
                part.descendants().forEach(ProcessHandle::destroyForcibly);
                part.destroyForcibly();
            });
        }
    }

    /** @param signal as {@code kill} names it */
    void signal(String signal) throws IOException, InterruptedException {
        run("kill", "-" + signal, Long.toString(pid));
    }

    @FunctionalInterface
    interface Meanwhile {
        void run() throws Exception;
    }

    /** Takes away every descriptor that it does not hold already: what is open stays open, nothing new can be. */
    void withoutDescriptors(Meanwhile meanwhile) throws Exception {
        long open;
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            open = descriptors.count();
        }
        limit(Long.toString(open / 2));
        try {
            meanwhile.run();
        } finally {
            limit(hardLimit());
        }
    }

    private void limit(String descriptors) throws IOException, InterruptedException {
        run("prlimit", "--pid", Long.toString(pid), "--nofile=" + descriptors + ":");
    }

    private String hardLimit() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split("\\s+", -1)[4])
                .findFirst()
                .orElseThrow();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }
}

package org.tlac.launcher.home;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The programs of this machine.
 *
 * @param folders where they are looked for, in that order
 */
public record Installed(List<Path> folders) {

    /** What Grafana's packages bring beside the program: pages and defaults. */
    private static final Path GRAFANA_HOME = Path.of("/usr/share/grafana");

    public Installed {
        folders = List.copyOf(folders);
    }

    /** @param path as in the environment; the folders of system programs, which a user's path may lack, are searched too */
    public static Installed on(String path) {
        return new Installed(Stream.concat(
                        Arrays.stream(path.split(Pattern.quote(File.pathSeparator), -1))
                                .filter(folder -> !folder.isEmpty()),
                        Stream.of("/usr/sbin", "/usr/local/bin"))
                .map(Path::of)
                .toList());
    }

    /** The first of these names that there is. */
    public Optional<Path> program(String... names) {
        return Stream.of(names)
                .flatMap(name -> folders.stream().map(folder -> folder.resolve(name)))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    /** The command that starts Grafana: {@code grafana server} since version 9.4, before that a program of its own. */
    public Optional<List<String>> grafana() {
        return program("grafana")
                .map(program -> List.of(program.toString(), "server"))
                .or(() -> program("grafana-server").map(program -> List.of(program.toString())))
                .map(command -> Stream.concat(command.stream(), Stream.of("--homepath", GRAFANA_HOME.toString()))
                        .toList());
    }
}

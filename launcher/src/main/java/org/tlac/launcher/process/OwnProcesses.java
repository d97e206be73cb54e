package org.tlac.launcher.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tlac.launcher.home.Home;
import org.tlac.launcher.home.UserError;

/**
 * Which processes of this machine are ours. A number in a file may be anybody's by now, and anybody may stand in our folders: a process is
 * ours only when it carries our mark, and a PostgreSQL server when it is our program, at work on our data, with our mark in its command.
 */
public final class OwnProcesses {

    /** A variable of the environment that every child gets: whose part it is. */
    static final String MARK = "TLAC_PART";

    private static final String SERVER = "postgres";
    private static final String TITLE = "postgres: ";

    private final Home home;

    public OwnProcesses(Home home) {
        this.home = home;
    }

    static String mark(Home home, String name) {
        return name + "@" + home.folder();
    }

    /** PostgreSQL writes over its environment; a setting of no meaning to it stays in its command. */
    public static String serverMark(Home home) {
        return "tlac.home=" + home.folder();
    }

    /** Those of an earlier launcher, or of ours, that run: by the files that hold their numbers, and their marks. */
    List<ProcessHandle> children() {
        List<ProcessHandle> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(home.run(), "*.pid")) {
            for (Path file : files) {
                String name = file.getFileName().toString().replaceFirst("[.]pid$", "");
                child(name).ifPresent(found::add);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UserError("Cannot read " + home.run(), e);
        }
        return found;
    }

    /** The process of that part, when it runs. */
    public Optional<ProcessHandle> child(String name) {
        try {
            String text = Files.readString(home.pid(name)).strip();
            return text.matches("[0-9]{1,18}")
                    ? ProcessHandle.of(Long.parseLong(text)).filter(process -> isMarked(process, name))
                    : Optional.empty();
        } catch (IOException e) {
            // None was started, or it is being replaced.
            return Optional.empty();
        }
    }

    private boolean isMarked(ProcessHandle process, String name) {
        return words(process, "environ").contains(MARK + "=" + mark(home, name));
    }

    /** Postmaster and backends, in this order, of the server that we started on our data. */
    public List<ProcessHandle> servers() {
        List<ProcessHandle> found = new ArrayList<>();
        for (ProcessHandle each : onOurData()) {
            if (isPostmaster(each)) {
                found.addFirst(each);
            } else if (isBackend(each)) {
                found.add(each);
            }
        }
        return found;
    }

    /** Servers on our data that we did not start: they are not ours to stop, and no other may run beside them. */
    List<ProcessHandle> foreignServers() {
        return onOurData().stream()
                .filter(process -> isServer(process) && !isPostmaster(process) && !isBackend(process))
                .toList();
    }

    private List<ProcessHandle> onOurData() {
        return ProcessHandle.allProcesses()
                .filter(process -> real(home.postgresData()).equals(link(process, "cwd")))
                .toList();
    }

    private static boolean isServer(ProcessHandle process) {
        return link(process, "exe").map(exe -> exe.endsWith(SERVER)).orElse(false);
    }

    private boolean isOurProgram(ProcessHandle process) {
        return link(process, "exe")
                .filter(exe -> exe.endsWith(SERVER))
                .flatMap(exe -> real(home.postgresPrograms()).map(exe::startsWith))
                .orElse(false);
    }

    /** A backend looks the same until it has taken on a title. */
    private boolean isPostmaster(ProcessHandle process) {
        return isOurProgram(process) && words(process, "cmdline").contains(serverMark(home));
    }

    /** Of our postmaster, or of one that died: of another server it is that server's. */
    private boolean isBackend(ProcessHandle process) {
        return isOurProgram(process)
                && String.join(" ", words(process, "cmdline")).startsWith(TITLE)
                && process.parent()
                        .filter(OwnProcesses::isServer)
                        .map(this::isPostmaster)
                        .orElse(true);
    }

    /** Those that run in that session, which has the number of the process that began it. */
    static List<ProcessHandle> session(long leader) {
        return ProcessHandle.allProcesses()
                .filter(process -> isInSession(process, leader))
                .toList();
    }

    private static boolean isInSession(ProcessHandle process, long leader) {
        try {
            String stat = Files.readString(proc(process, "stat"));
            // After the program's name, which may hold anything: state, parent, group, session.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 5);
            return !fields[0].equals("Z") && fields[3].equals(Long.toString(leader));
        } catch (IOException e) {
            // It ended.
            return false;
        }
    }

    private static List<String> words(ProcessHandle process, String file) {
        try {
            byte[] bytes = Files.readAllBytes(proc(process, file));
            return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0", -1));
        } catch (IOException e) {
            // It ended, or is another user's.
            return List.of();
        }
    }

    private static Optional<Path> link(ProcessHandle process, String file) {
        try {
            return Optional.of(Files.readSymbolicLink(proc(process, file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Path> real(Path folder) {
        try {
            return Optional.of(folder.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}

package org.tlac.launcher.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Where things are.
 *
 * @param root the repository: jars and the course
 * @param folder what TLAC keeps between runs, by default {@code .tlac}
 */
public record Home(Path root, Path folder) {

    static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final int SECRET_BYTES = 32;

    public Path postgresData() {
        return folder.resolve("data/postgres");
    }

    /** PostgreSQL's own programs, a folder for each version. */
    public Path postgresPrograms() {
        return folder.resolve("postgres");
    }

    public Path backups() {
        return folder.resolve("data/backups");
    }

    public Path logs() {
        return folder.resolve("logs");
    }

    public Path run() {
        return folder.resolve("run");
    }

    public Path cache() {
        return folder.resolve("cache");
    }

    /** What the monitoring beside TLAC keeps: a home of its own, with a lock, process numbers and logs of its own. */
    public Home monitoring() {
        return new Home(root, folder.resolve("monitoring"));
    }

    public Path tls() {
        return folder.resolve("tls");
    }

    public Path secrets() {
        return folder.resolve("secrets");
    }

    Path lock() {
        return folder.resolve("lock");
    }

    /** The number of that process, as long as it runs. */
    public Path pid(String name) {
        return run().resolve(name + ".pid");
    }

    /** What the launcher knows of a part that runs. */
    public Path state(String name) {
        return run().resolve(name + ".state");
    }

    /** What a school sets for one of its services, or for the launcher: lines of {@code KEY=value}. */
    public Path overrides(String service) {
        return folder.resolve("config").resolve(service + ".env");
    }

    /** Makes the folders of whatever runs here: for its processes and their logs. */
    void createForProcesses() {
        create(folder, logs(), run());
        restrict(logs(), "rwxr-x---");
    }

    /** Makes TLAC's folders; those with secrets are their owner's alone. */
    public void create() {
        createForProcesses();
        create(cache(), folder.resolve("data"), backups());
        createForSecrets();
        restrict(backups(), "rwx------");
    }

    /** Sets who may do what with it. */
    void restrict(Path file, String mode) {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        } catch (IOException e) {
            throw new UserError("Cannot create " + folder + ": is the disk full, or the folder not yours?", e);
        }
    }

    /** Makes no more than what secrets and certificates need. */
    public void createForSecrets() {
        try {
            Files.createDirectories(tls());
            Files.createDirectories(secrets());
            Files.setPosixFilePermissions(secrets(), PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw new UserError("Cannot create " + secrets() + ": is the disk full, or the folder not yours?", e);
        }
    }

    private void create(Path... folders) {
        try {
            for (Path each : folders) {
                Files.createDirectories(each);
            }
        } catch (IOException e) {
            throw new UserError("Cannot create " + folder + ": is the disk full, or the folder not yours?", e);
        }
    }

    /** The file of a secret, made of 256 random bits when it is not there yet. */
    public Path secret(String name) {
        Path file = secrets().resolve(name);
        if (!Files.exists(file)) {
            byte[] bytes = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(bytes);
            writePrivate(file, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes) + "\n");
        }
        return file;
    }

    public String secretText(String name) {
        try {
            return Files.readString(secret(name)).strip();
        } catch (IOException e) {
            throw new UserError("Cannot read the secret " + name, e);
        }
    }

    /** Writes a file that only its owner may read, whole or not at all. */
    public static void writePrivate(Path file, String text) {
        try {
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            Files.deleteIfExists(partial);
            Files.createFile(partial, OWNER_ONLY);
            Files.writeString(partial, text);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UserError("Cannot write " + file, e);
        }
    }

    public static void writePublic(Path file, String text) {
        writePrivate(file, text);
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (IOException e) {
            throw new UserError("Cannot make " + file + " readable", e);
        }
    }
}

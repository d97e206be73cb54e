package org.tlac.backup.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataArchiveTest {

    private static void goOn() {}

    @TempDir
    private Path root;

    @Test
    void filesAndFolders_areArchived_butNoLinksAndNotTheBackups() throws IOException {
        Path data = Files.createDirectories(root.resolve("data"));
        Path backups = Files.createDirectories(data.resolve("backups"));
        Files.writeString(backups.resolve("old.dump"), "old");
        Files.writeString(data.resolve("größe.txt"), "12345");
        Files.createDirectories(data.resolve("empty"));
        Path secret = Files.writeString(root.resolve("secret"), "secret");
        Files.createSymbolicLink(data.resolve("link"), secret);
        Files.createSymbolicLink(data.resolve("loop"), data);
        Path archive = root.resolve("data.zip");

        DataArchive.Content written = DataArchive.write(data, backups, archive, DataArchiveTest::goOn);

        assertThat(written).isEqualTo(new DataArchive.Content(1, 5));
        assertThat(DataArchive.read(archive, DataArchiveTest::goOn)).isEqualTo(written);
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName)).containsExactlyInAnyOrder("größe.txt", "empty/");
        }
    }

    @Test
    void damagedArchive_cannotBeReadToItsEnd() throws IOException {
        Path data = Files.createDirectories(root.resolve("data"));
        Files.writeString(data.resolve("a"), "0123456789".repeat(1000));
        Path archive = root.resolve("data.zip");
        DataArchive.write(data, root.resolve("none"), archive, DataArchiveTest::goOn);
        try (RandomAccessFile bytes = new RandomAccessFile(archive.toFile(), "rw")) {
            // Within the only entry's data, behind its header.
            bytes.seek(45);
            int old = bytes.read();
            bytes.seek(45);
            bytes.write(old ^ 0xff);
        }
        assertThatThrownBy(() -> DataArchive.read(archive, DataArchiveTest::goOn))
                .isInstanceOf(IOException.class);
    }

    @Test
    void checkpoint_endsTheWork() throws IOException {
        Path data = Files.createDirectories(root.resolve("data"));
        Files.writeString(data.resolve("a"), "a");
        assertThatThrownBy(() -> DataArchive.write(data, root.resolve("none"), root.resolve("data.zip"), () -> {
                    throw new BackupFailure("Stopped.");
                }))
                .hasMessage("Stopped.");
    }
}

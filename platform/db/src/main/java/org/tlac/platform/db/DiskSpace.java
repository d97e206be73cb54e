package org.tlac.platform.db;

import io.helidon.config.Config;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tlac.platform.metrics.Catalogue;
import org.tlac.platform.metrics.Metrics;

/**
 * Watches how much of a disk is free, and says no to what would fill it before PostgreSQL must: a server that cannot write its log stops,
 * and then nobody reads either. It is looked at from a thread of its own, since a disk over a network may not answer.
 */
public final class DiskSpace implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

    private final Settings settings;
    private final Thread watch;
    private volatile boolean closed;
    private volatile boolean known = true;
    private volatile double free = Double.NaN;
    private volatile double size = Double.NaN;

    /**
     * Which disk, under the key {@code disk}.
     *
     * @param path a file or folder on it; empty where the machine's own monitoring watches its disks
     * @param reserveBytes below so much free space, changes are refused. Bytes and not a share: it is what the server may need between two
     *     looks, and to start again after a crash, which has nothing to do with the disk's size
     * @param poll how often to look
     */
    public record Settings(Optional<Path> path, long reserveBytes, Duration poll) {

        public Settings {
            if (reserveBytes < 0) {
                throw new IllegalArgumentException("disk.reservebytes must be at least 0, not " + reserveBytes);
            }
            if (poll.toMillis() < 1) {
                throw new IllegalArgumentException("disk.poll must be at least a millisecond, not " + poll);
            }
        }

        /** @throws IllegalArgumentException that names the key whose value cannot be used */
        public static Settings from(Config config) {
            Config disk = config.get("disk");
            return new Settings(
                    disk.get("data")
                            .asString()
                            .map(String::strip)
                            .filter(path -> !path.isEmpty())
                            .map(Path::of),
                    disk.get("reservebytes").asLong().orElse(256L << 20),
                    disk.get("poll").as(Duration.class).orElse(Duration.ofSeconds(2)));
        }
    }

    /**
     * Begins to watch.
     *
     * @param volume what it is called in the metrics
     */
    public DiskSpace(Settings settings, String volume, Metrics metrics) {
        this.settings = settings;
        Optional<Path> path = settings.path();
        if (path.isEmpty()) {
            watch = Thread.ofVirtual().unstarted(() -> {});
            return;
        }
        look(path.get());
        metrics.gauge(Catalogue.DISK_FREE, () -> free, volume);
        metrics.gauge(Catalogue.DISK_SIZE, () -> size, volume);
        metrics.gauge(Catalogue.DISK_RESERVE, settings::reserveBytes, volume);
        watch = Thread.ofVirtual().name("disk-" + volume).start(() -> watch(path.get()));
    }

    /** Whether less than the reserve is free; a disk that cannot be looked at is not full. */
    public boolean full() {
        return free < settings.reserveBytes();
    }

    /** Before something is stored. @throws DatabaseException when the disk is full */
    public void requireSpace() {
        if (full()) {
            throw DatabaseException.diskFull();
        }
    }

    private void watch(Path path) {
        try {
            while (!closed) {
                Thread.sleep(settings.poll());
                look(path);
            }
        } catch (InterruptedException e) {
            LOG.debug("The watch of {} ends", path);
        }
    }

    private void look(Path path) {
        boolean wasFull = full();
        try {
            FileStore store = Files.getFileStore(path);
            size = store.getTotalSpace();
            free = store.getUsableSpace();
            known = true;
        } catch (IOException e) {
            free = Double.NaN;
            if (known) {
                known = false;
                LOG.warn("The disk of {} cannot be looked at", path, e);
            }
        }
        if (full() != wasFull) {
            LOG.warn(
                    "{} bytes are free on the disk of {}: changes are {}",
                    (long) free,
                    path,
                    wasFull ? "taken again" : "refused");
        }
    }

    @Override
    public void close() {
        closed = true;
        watch.interrupt();
    }
}

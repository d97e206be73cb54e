package org.tlac.platform.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, written in blocks: a system call a line is a seventh of what a small request costs. A line waits for others for {@value
 * #FLUSH_MILLIS} ms at most, warnings and errors not at all.
 */
public final class BufferedStdout extends ConsoleAppender<ILoggingEvent> {

    private static final long FLUSH_MILLIS = 100;
    private static final int BUFFER = 16 << 10;

    private @Nullable Future<?> flushing;

    public BufferedStdout() {
        setImmediateFlush(false);
    }

    @Override
    public void setOutputStream(OutputStream stdout) {
        super.setOutputStream(new BufferedOutputStream(stdout, BUFFER));
    }

    @Override
    public void start() {
        super.start();
        flushing = getContext()
                .getScheduledExecutorService()
                .scheduleWithFixedDelay(this::flush, FLUSH_MILLIS, FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        if (flushing != null) {
            flushing.cancel(false);
        }
        flush();
        super.stop();
    }

    @Override
    protected void subAppend(ILoggingEvent event) {
        super.subAppend(event);
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            flush();
        }
    }

    private void flush() {
        streamWriteLock.lock();
        try {
            OutputStream stream = getOutputStream();
            if (stream != null) {
                stream.flush();
            }
        } catch (IOException e) {
            addError("Could not write the log", e);
        } finally {
            streamWriteLock.unlock();
        }
    }
}

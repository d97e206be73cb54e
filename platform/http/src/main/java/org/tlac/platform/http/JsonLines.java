package org.tlac.platform.http;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.slf4j.event.KeyValuePair;

/**
 * One JSON object a line, with what somebody who searches a log asks for and nothing else: {@code timestamp}, {@code level},
 * {@code logger}, {@code request_id}, {@code message}, and {@code error} with the stack trace; of a call its keys alone. Logback's own
 * encoder takes four times the space.
 */
public final class JsonLines extends EncoderBase<ILoggingEvent> {

    /** The logger of calls. */
    static final String ACCESS = "access";

    private static final byte[] NOTHING = {};

    /** Frames of one stack trace; what is below them is the web server's. */
    private static final int MAX_FRAMES = 40;

    private static final int MAX_CAUSES = 5;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    @Override
    public byte[] encode(ILoggingEvent event) {
        StringBuilder line = new StringBuilder(256);
        line.append("{\"timestamp\":\"")
                .append(Instant.ofEpochMilli(event.getTimeStamp()))
                .append('"');
        String logger = event.getLoggerName();
        boolean access = logger.equals(ACCESS);
        if (!access) {
            text(line, "level", event.getLevel().toString());
            text(line, "logger", logger.substring(logger.lastIndexOf('.') + 1));
        }
        event.getMDCPropertyMap().forEach((name, value) -> text(line, name, value));
        if (!access) {
            text(line, "message", event.getFormattedMessage());
        }
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs().forEach(pair -> pair(line, pair));
        }
        if (event.getThrowableProxy() != null) {
            text(line, "error", trace(event.getThrowableProxy()));
        }
        return line.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void pair(StringBuilder line, KeyValuePair pair) {
        if (pair.value instanceof Number number) {
            line.append(",\"").append(pair.key).append("\":").append(number);
        } else {
            text(line, pair.key, String.valueOf(pair.value));
        }
    }

    private static String trace(IThrowableProxy thrown) {
        StringBuilder trace = new StringBuilder(512);
        IThrowableProxy cause = thrown;
        for (int i = 0; cause != null && i < MAX_CAUSES; i++) {
            trace.append(i == 0 ? "" : "\nCaused by: ").append(cause.getClassName());
            trace.append(": ").append(cause.getMessage());
            StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
            for (int frame = 0; frame < Math.min(frames.length, MAX_FRAMES); frame++) {
                trace.append("\n  ").append(frames[frame].getSTEAsString());
            }
            cause = cause.getCause();
        }
        return trace.toString();
    }

    private static void text(StringBuilder line, String key, String value) {
        line.append(",\"");
        escape(line, key);
        line.append("\":\"");
        escape(line, value);
        line.append('"');
    }

    private static void escape(StringBuilder line, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                default -> {
                    // Control characters, what ends a line elsewhere, and halves of characters that are no text alone.
                    if (c < 0x20 || c == 0x7f || c == 0x85 || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                        line.append("\\u").append(HEX[c >> 12]).append(HEX[(c >> 8) & 15]);
                        line.append(HEX[(c >> 4) & 15]).append(HEX[c & 15]);
                    } else {
                        line.append(c);
                    }
                }
            }
        }
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}

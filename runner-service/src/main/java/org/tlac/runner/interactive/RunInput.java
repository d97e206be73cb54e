package org.tlac.runner.interactive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.tlac.runner.sandbox.Conversation.Line;

/** What is typed to one interactive run. Text that comes before the program runs is buffered; the total is bounded. Thread-safe. */
final class RunInput {

    private final RunState state;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    private @Nullable Line line;
    private int bytesLeft;
    private boolean ended;

    /** What became of typed text. */
    enum Typed {
        TAKEN,
        TOO_MUCH,
        /** The program has ended, or its input has. */
        TOO_LATE
    }

    /** @param maxBytes all that may be typed */
    RunInput(RunState state, int maxBytes) {
        this.state = state;
        this.bytesLeft = maxBytes;
    }

    /** From now on text goes to the program, first what was typed before. */
    synchronized void connect(Line to) {
        line = to;
        if (buffer.size() > 0 || ended) {
            to.type(buffer.toByteArray(), ended);
            buffer.reset();
        }
    }

    /** @param last whether the input ends with this text */
    synchronized Typed type(String text, boolean last) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (ended || !state.isOpen()) {
            return Typed.TOO_LATE;
        }
        if (bytes.length > bytesLeft) {
            return Typed.TOO_MUCH;
        }
        bytesLeft -= bytes.length;
        ended = last;
        // Before the program gets the text: after that it may say that it waits again.
        state.resumed();
        if (line == null) {
            buffer.writeBytes(bytes);
        } else {
            line.type(bytes, last);
        }
        return Typed.TAKEN;
    }

    synchronized void close() {
        ended = true;
        line = null;
    }
}

package org.tlac.launcher.home;

import java.io.PrintStream;
import java.util.Locale;

/** What the person who started it sees: one line a step, with the seconds since the start. */
public final class Console {

    private final PrintStream out;
    private final long start = System.nanoTime();

    public Console(PrintStream out) {
        this.out = out;
    }

    public void step(String text) {
        say(String.format(Locale.ROOT, "%5.1fs  %s", (System.nanoTime() - start) / 1e9, text));
    }

    /** One call for text and line end: several threads speak. */
    public void say(String text) {
        out.print(text + "\n");
        out.flush();
    }
}

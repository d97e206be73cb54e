package org.tlac.launcher;

import java.io.PrintStream;

/** What the person who started it sees: one line a step, with the seconds since the start. */
final class Console {

    private final PrintStream out;
    private final long start = System.nanoTime();

    Console(PrintStream out) {
        this.out = out;
    }

    void step(String text) {
        out.printf("%5.1fs  %s%n", (System.nanoTime() - start) / 1e9, text);
    }

    void ready(String name) {
        step(name + " is ready");
    }

    void say(String text) {
        out.println(text);
    }
}

package org.tlac.acceptance.edge;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** A pupil at work: saves another text each time and reads it again, until told to stop, and notes what came of each call. */
final class Desk implements Runnable {

    private static final String WORK = "/api/activity/state/lesson-1/a1";

    /** Longer than any call may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int PAUSE_MILLIS = 600;
    private static final int OK = 200;

    private final Account pupil;
    private final String name;
    private final Queue<Sample> samples;
    private final Set<String> acknowledged;
    private volatile boolean done;

    /**
     * What came of one call.
     *
     * @param outcome a status, {@code broken} without one, {@code wrong} when the answer was not the right one
     * @param began by {@link System#nanoTime}
     */
    record Sample(String call, String outcome, long began, long ended) {
        boolean isRight() {
            return outcome.equals("200");
        }
    }

    Desk(Account pupil, String name, Queue<Sample> samples, Set<String> acknowledged) {
        this.pupil = pupil;
        this.name = name;
        this.samples = samples;
        this.acknowledged = acknowledged;
    }

    void stop() {
        done = true;
    }

    @Override
    public void run() {
        try {
            String last = "";
            for (int turn = 0; !done; turn++) {
                String text = name + " " + turn;
                if (save(text)) {
                    last = text;
                    acknowledged.add(text);
                }
                read(last, turn);
                Thread.sleep(PAUSE_MILLIS / 2 + ThreadLocalRandom.current().nextInt(PAUSE_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean save(String text) throws InterruptedException {
        long began = System.nanoTime();
        try {
            int status = pupil.post(WORK, Map.of("state", Map.of("code", text)), PATIENCE)
                    .status();
            note("save", Integer.toString(status), began);
            return status == OK;
        } catch (IOException e) {
            note("save", "broken", began);
            return false;
        }
    }

    /** The right answer is the last text that was acknowledged, or a later one whose acknowledgement got lost. */
    private void read(String last, int turn) throws InterruptedException {
        long began = System.nanoTime();
        try {
            Account.Answer answer = pupil.get(WORK, PATIENCE);
            boolean right = answer.status() != OK || isBetween(answer.body(), last, turn);
            note("read", right ? Integer.toString(answer.status()) : "wrong", began);
        } catch (IOException e) {
            note("read", "broken", began);
        }
    }

    private static boolean isBetween(JsonNode body, String last, int turn) {
        if (last.isEmpty()) {
            return true;
        }
        int found = number(body.path("state").path("code").asText("none 0"));
        return found >= number(last) && found <= turn;
    }

    private static int number(String text) {
        return Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    }

    private void note(String call, String outcome, long began) {
        samples.add(new Sample(call, outcome, began, System.nanoTime()));
    }
}

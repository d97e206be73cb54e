/**
 * Runs pupils' Python in a sandbox that contains it, or not at all.
 *
 * <p>The way of a run ({@code POST /api/python/run}), each hop with its class:
 *
 * <ol>
 *   <li>request: {@link org.tlac.runner.run.RunRoutes} reads the body; {@link org.tlac.runner.run.RunRequest} checks it and makes a
 *       {@link org.tlac.runner.sandbox.PythonProgram} of it
 *   <li>admission: {@link org.tlac.runner.run.RunAdmission} demands the isolation and enters the program into the queue
 *   <li>queue: {@link org.tlac.runner.run.RunQueue}, first in, first out, bounded in all and for each user; the request waits on its ticket
 *   <li>slot: {@code sandbox.Slot}, a thread that takes the next ticket and replaces its zygote when needed
 *   <li>sandbox: {@code sandbox.Zygote} sends the program to {@code supervisor.py}; {@code sandbox.Watchdog} ends what exceeds its limits
 *   <li>output: {@code sandbox.Frames} bounds what comes back, {@code sandbox.Output} decodes it; together an
 *       {@link org.tlac.runner.sandbox.Outcome}
 *   <li>answer: {@link org.tlac.runner.run.RunAnswer} puts the outcome into the form of the API
 * </ol>
 *
 * <p>A check ({@code check.CheckRoutes}, {@code check.Checker}) takes the same way from the admission on. An interactive run
 * ({@code interactive.InteractiveRoutes}, {@code interactive.InteractiveRuns}) asks the admission for the isolation only; its slot comes from
 * {@link org.tlac.runner.sandbox.SlotsOnDemand}, and its answer is a stream of events ({@code interactive.EventStream}). The sandbox does
 * not know about HTTP.
 */
@NullMarked
package org.tlac.runner;

import org.jspecify.annotations.NullMarked;

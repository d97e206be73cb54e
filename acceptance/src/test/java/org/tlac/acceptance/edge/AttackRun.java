package org.tlac.acceptance.edge;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Attacks, one after the other: what pupils see before, during and after, and what the gateway holds. */
public final class AttackRun {

    private static final Duration BEFORE = Duration.ofSeconds(8);
    private static final int MEBIBYTE = 1 << 20;

    private final Target target;
    private final List<Account> pupils;
    private final Map<String, Attacks.Attack> attacks;
    private final Duration duration;
    private volatile Runnable connected = () -> {};

    /**
     * @param scale of every number of clients: 1 is what the issue names
     * @param duration of the attacks that last
     */
    public AttackRun(
            Target target,
            List<Account> pupils,
            String username,
            String password,
            String file,
            double scale,
            Duration duration) {
        this.target = target;
        this.pupils = List.copyOf(pupils);
        this.attacks =
                new Attacks(target, scale, () -> connected.run()).all(pupils.getFirst(), username, password, file);
        this.duration = duration;
    }

    public List<String> names() {
        return List.copyOf(attacks.keySet());
    }

    /**
     * What came of one.
     *
     * @param alive whether the gateway is still the same process
     */
    public record Outcome(
            String name,
            String before,
            String connecting,
            String during,
            String after,
            String gateway,
            String came,
            boolean alive) {

        public static String header() {
            return """
                    | attack | pupils before | while clients connect | during | after | gateway: PSS, heap MiB before, most, after | came to |
                    |---|---|---|---|---|---|---|
                    """;
        }

        public String markdown() {
            return "| %s | %s | %s | %s | %s | %s | %s%s |\n"
                    .formatted(
                            name, before, connecting, during, after, gateway, came, alive ? "" : " **gateway ended**");
        }
    }

    public Outcome run(String name) throws IOException, InterruptedException {
        long pid = target.pid(Target.GATEWAY);
        Vitals first = Vitals.of(pid);
        AtomicLong most = new AtomicLong();
        Thread sampler = Thread.ofPlatform().daemon().start(() -> sample(pid, most));
        try (Bystanders bystanders = new Bystanders(pupils)) {
            bystanders.watch(Duration.ofSeconds(1));
            Bystanders.Seen before = bystanders.watch(BEFORE);
            bystanders.look();
            AtomicReference<String> connecting = new AtomicReference<>("");
            connected = () -> connecting.set(bystanders.look().toString());
            String came = attempt(name);
            Bystanders.Seen during = bystanders.look();
            Bystanders.Seen after = bystanders.watch(BEFORE);
            sampler.interrupt();
            boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            String memory = "PSS %d, %d, %s; heap %d, %s"
                    .formatted(
                            first.pssBytes() / MEBIBYTE,
                            most.get() / MEBIBYTE,
                            alive ? Vitals.pss(pid) / MEBIBYTE : "–",
                            first.heapBytes() / MEBIBYTE,
                            alive ? Vitals.of(pid).heapBytes() / MEBIBYTE : "–");
            return new Outcome(
                    name,
                    before.toString(),
                    connecting.get(),
                    during.toString(),
                    after.toString(),
                    memory,
                    came,
                    alive);
        }
    }

    private String attempt(String name) throws InterruptedException {
        try {
            return attacks.get(name).run(duration);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void sample(long pid, AtomicLong most) {
        try {
            while (true) {
                most.accumulateAndGet(Vitals.pss(pid), Math::max);
                Thread.sleep(250);
            }
        } catch (InterruptedException | RuntimeException e) {
            // Nobody asks any more, or the process ended.
        }
    }
}

package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.zeroipc.benchmarks.pair.Peer.PeerException;
import io.zeroipc.benchmarks.pair.Place.Side;
import io.zeroipc.wait.WaitStrategy;

/** What waiting costs: processor time while nothing arrives, and how long a wake-up takes, for each strategy. */
final class Waiting {

    private static final String BASELINE = "nobody waits";
    private static final List<Integer> RATES = List.of(1, 100, 10_000);
    /** As fast as both sides still fall asleep each time. */
    private static final int WARM_UP_RATE = 2_000;
    /** One waiter has a processor of its own there, so more say nothing else. */
    private static final List<String> BUSY = List.of(WaitStrategy.YIELD, WaitStrategy.SPIN);
    /** In the short mode: more threads that look again and again keep the processors busy for longer than it has. */
    private static final int MOST_LOOKING = 50;
    private static final List<String> STRATEGIES = List.of(WaitStrategy.BLOCK, WaitStrategy.BACKOFF, WaitStrategy.PARK,
            WaitStrategy.YIELD, WaitStrategy.SPIN);

    private final Options options;
    private final Path scratch;
    private final Notes notes;
    /** By strategy and number of waiters: percent of a processor. */
    private final Map<String, Map<Integer, Double>> idle = new LinkedHashMap<>();
    /** By strategy and rate. */
    private final Map<String, Map<Integer, Outcome>> wakeups = new LinkedHashMap<>();

    Waiting(Options options, Path scratch, Notes notes) {
        this.options = options;
        this.scratch = scratch;
        this.notes = notes;
    }

    void run() throws InterruptedException {
        idle(WaitStrategy.BLOCK, 0);
        for (int count : options.waiters) {
            idle(WaitingSide.LISTENERS, count);
            idle(WaitingSide.POLLED, count);
        }
        for (String strategy : STRATEGIES) {
            for (int count : options.waiters) {
                if (count == 1 || strategy.equals(WaitStrategy.BLOCK)
                        || (!BUSY.contains(strategy) && (count <= MOST_LOOKING || !options.quick))) {
                    idle(strategy, count);
                }
            }
        }
        try (Peer active = peer("active", options.cpus.get(0)); Peer passive = peer("passive", options.cpus.get(1))) {
            List<String> ways = new ArrayList<>(STRATEGIES);
            if (RawFutex.isKnown()) {
                ways.add(Wakeups.FUTEX);
            } else {
                notes.add("raw futex: not known on this system");
            }
            for (String strategy : ways) {
                wake(active, passive, strategy);
            }
        } catch (PeerException e) {
            notes.add("wake-ups ended early: " + e.reason());
        }
    }

    private Peer peer(String name, String processors) {
        return new Peer(name, processors, Worker.class, scratch, options.out.resolve("waiting-" + name + ".log"));
    }

    /** In a JVM of its own, on both processors. */
    private void idle(String strategy, int count) throws InterruptedException {
        System.err.printf("%d waiting, %s%n", count, strategy);
        try (Peer peer = peer("idle", String.join(",", options.cpus))) {
            peer.ask("wait " + strategy + " " + count);
            TimeUnit.SECONDS.sleep(options.quick ? 1 : 6);
            long cpu = Processors.time(peer.handle());
            long start = System.nanoTime();
            TimeUnit.SECONDS.sleep(options.idleSeconds);
            double percent = 100.0 * (Processors.time(peer.handle()) - cpu) / (System.nanoTime() - start);
            idle.computeIfAbsent(count == 0 ? BASELINE : strategy, _ -> new TreeMap<>()).put(count, percent);
        } catch (PeerException e) {
            notes.add(count + " waiting, " + strategy + ": " + e.reason());
        }
    }

    private void wake(Peer active, Peer passive, String strategy) throws PeerException, InterruptedException {
        System.err.printf("wake-ups, %s%n", strategy);
        active.ask("wake-open " + Side.ACTIVE + " " + strategy);
        passive.ask("wake-open " + Side.PASSIVE + " " + strategy);
        // At 100 Hz the compiler would see too little of it; and in the first second nobody relies on being woken.
        wake(active, passive, WARM_UP_RATE, options.warmUpNanos);
        for (int rate : RATES) {
            // At least a few at the lowest rate.
            int seconds = Math.max(options.wakeSeconds, rate == 1 ? 3 : 1);
            Outcome outcome = wake(active, passive, rate, TimeUnit.SECONDS.toNanos(seconds));
            wakeups.computeIfAbsent(strategy, _ -> new TreeMap<>()).put(rate, outcome);
            if (outcome.wrong() > 0) {
                notes.add("WRONG: " + outcome.wrong() + " answers at " + rate + " Hz, " + strategy);
            }
        }
        passive.ask("wake-close");
        active.ask("wake-close");
    }

    private static Outcome wake(Peer active, Peer passive, int rate, long nanos)
            throws PeerException, InterruptedException {
        passive.tell("wake-echo");
        Outcome outcome = Outcome.parse(active.ask("wake " + rate + " " + nanos));
        passive.answer();
        return outcome;
    }

    /** Percent of a processor, by strategy and number of waiters. */
    Map<String, Map<Integer, Double>> idle() {
        return idle;
    }

    List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add("");
        lines.add("## Waiting");
        lines.add("");
        lines.add(
                "Percent of one processor of a JVM in which so many threads wait at a queue each and nothing arrives, over "
                        + options.idleSeconds + " s; " + BASELINE + ": "
                        + percent(idle.getOrDefault(BASELINE, Map.of()).get(0))
                        + ". And how long a number takes there and back, which is two wake-ups, while both sides wait so:"
                        + " p50 / p99 in microseconds, of how many.");
        lines.add("");
        StringBuilder head = new StringBuilder("| strategy |");
        options.waiters.forEach(count -> head.append(" ").append(count).append(" waiting |"));
        RATES.forEach(rate -> head.append(" ").append(rate).append(" Hz |"));
        lines.add(head.toString());
        lines.add("|---".repeat(1 + options.waiters.size() + RATES.size()) + "|");
        Set<String> rows = new LinkedHashSet<>(idle.keySet());
        rows.addAll(wakeups.keySet());
        rows.remove(BASELINE);
        for (String strategy : rows) {
            StringBuilder row = new StringBuilder("| " + strategy + " |");
            for (int count : options.waiters) {
                row.append(" ").append(percent(idle.getOrDefault(strategy, Map.of()).get(count))).append(" |");
            }
            for (int rate : RATES) {
                Outcome outcome = wakeups.getOrDefault(strategy, Map.of()).get(rate);
                row.append(" ").append(outcome == null ? "-" : micros(outcome)).append(" |");
            }
            lines.add(row.toString());
        }
        lines.add("");
        lines.add("`-`: with `yield` and `spin` each waiter takes a processor, so one is all there is to say"
                + (options.quick ? ", and the short mode leaves out " + MOST_LOOKING + " and more that look" : "")
                + "; `listeners` are containers of the Spring layer with the default strategy, which is `block`, and `"
                + WaitingSide.POLLED + "` the same with two poller threads; the futex is"
                + " the kernel's part alone, without anything of ours.");
        return lines;
    }

    private static String percent(@Nullable Double value) {
        return value == null ? "-" : Report.number(value) + " %";
    }

    private static String micros(Outcome outcome) {
        return Report.number(outcome.times().getValueAtPercentile(50) / 1e3) + " / "
                + Report.number(outcome.times().getValueAtPercentile(99) / 1e3) + " of "
                + Report.count(outcome.messages());
    }

    void writeCsv(Report report) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("what,strategy,waiters_or_hz,percent_of_processor,samples,p50_ns,p99_ns,max_ns");
        idle.forEach((strategy, counts) -> counts
                .forEach((count, percent) -> lines.add(Report.csv("idle", strategy, count, percent, "", "", "", ""))));
        wakeups.forEach((strategy, rates) -> rates.forEach((rate, outcome) -> lines.add(Report.csv("there-and-back",
                strategy, rate, "", outcome.messages(), outcome.times().getValueAtPercentile(50),
                outcome.times().getValueAtPercentile(99), outcome.times().getMaxValue()))));
        report.writeCsv("waiting.csv", lines);
    }
}

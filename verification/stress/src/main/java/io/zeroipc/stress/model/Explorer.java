package io.zeroipc.stress.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Looks at all states of a scenario, the nearest ones first; then finds those from which a drained queue is not reachable. For one
 * thread.
 *
 * <p>
 * Edges are not kept, steps are made anew instead. A state is good when it is drained or one draining step leads to a good one.
 * Most are found by going from each into the depth until a good one is met; for the rest edges are kept after all.
 */
final class Explorer {

    private final Scenario scenario;
    private final Layout layout;
    private final Protocol protocol;
    private final Encoding encoding;
    private final StateTable table;
    private final boolean traced;
    private final int limit;
    private final int[] state;
    private final long[] words;
    private final BitSet good = new BitSet();
    private final BitSet seen = new BitSet();
    private final Numbers successors = new Numbers();
    /** The state before each, when the way is to be told. */
    private int[] parents = {};
    private int current;
    private boolean found;
    private @Nullable Violation violation;
    private List<String> trace = List.of();

    private Explorer(Scenario scenario, int limit, boolean traced) {
        this.scenario = scenario;
        this.layout = new Layout(scenario);
        this.protocol = new Protocol(scenario, layout);
        this.encoding = new Encoding(scenario, layout);
        this.table = new StateTable(encoding.words());
        this.state = new int[layout.length];
        this.words = new long[encoding.words()];
        this.traced = traced;
        this.limit = limit;
    }

    /**
     * Explores a scenario.
     *
     * @param limit so many states at most
     * @param traced whether to tell the way to a violation or wedged state; that takes more memory
     */
    static Verdict explore(Scenario scenario, int limit, boolean traced) {
        return new Explorer(scenario, limit, traced).explore();
    }

    private Verdict explore() {
        long began = System.nanoTime();
        protocol.begin(state);
        encoding.pack(state, words);
        table.add(words);
        for (current = 0; current < table.size() && table.size() < limit && violation == null; current++) {
            read(current);
            if (protocol.isDrained(state)) {
                good.set(current);
            }
            protocol.expand(state, this::reached);
        }
        boolean complete = current == table.size() && violation == null;
        int wedged = complete ? wedged() : 0;
        return new Verdict(scenario, table.size(), wedged, violation, complete, System.nanoTime() - began, trace);
    }

    private void read(int number) {
        table.get(number, words);
        encoding.unpack(words, state);
    }

    private void reached(int[] next, int actor, Step step, boolean drains, @Nullable Violation broken) {
        if (violation != null) {
            return;
        }
        if (broken != null) {
            violation = broken;
            if (traced) {
                trace = way(current);
                trace.add(describe(next, actor, step));
            }
            return;
        }
        encoding.pack(next, words);
        if (table.add(words) && traced) {
            int number = table.size() - 1;
            if (number >= parents.length) {
                parents = Arrays.copyOf(parents, Math.max(1024, 2 * number));
            }
            parents[number] = current;
        }
    }

    private int wedged() {
        for (int number = 0; number < table.size(); number++) {
            descend(number);
        }
        spread();
        int wedged = 0;
        for (int number = good.nextClearBit(0); number < table.size(); number = good.nextClearBit(number + 1)) {
            read(number);
            if (protocol.hasLiveConsumer(state)) {
                if (wedged == 0 && traced) {
                    trace = way(number);
                }
                wedged++;
            }
        }
        return wedged;
    }

    /** Goes from a state into the depth, through states that were not seen yet, until a good one makes all of the way good. */
    private void descend(int from) {
        Numbers path = new Numbers();
        Numbers ends = new Numbers();
        successors.clear();
        int number = from;
        while (true) {
            if (!seen.get(number) && !good.get(number)) {
                seen.set(number);
                path.push(number);
                ends.push(successors.size());
                if (leadsToGood(number)) {
                    while (!path.isEmpty()) {
                        good.set(path.pop());
                    }
                    return;
                }
            }
            while (!path.isEmpty() && successors.size() == ends.last()) {
                path.pop();
                ends.pop();
            }
            if (path.isEmpty()) {
                return;
            }
            number = successors.pop();
        }
    }

    /** Finds the good ones among those that are left: here the steps between them are kept, and gone back from the good ones. */
    private void spread() {
        int[] left = IntStream.range(0, table.size()).filter(number -> !good.get(number)).toArray();
        int[] starts = new int[left.length + 2];
        Numbers from = new Numbers();
        Numbers to = new Numbers();
        Numbers fresh = new Numbers();
        for (int i = 0; i < left.length; i++) {
            successors.clear();
            if (leadsToGood(left[i])) {
                fresh.push(i);
                continue;
            }
            while (!successors.isEmpty()) {
                int target = Arrays.binarySearch(left, successors.pop());
                starts[target + 2]++;
                from.push(i);
                to.push(target);
            }
        }
        for (int i = 2; i < starts.length; i++) {
            starts[i] += starts[i - 1];
        }
        int[] predecessors = new int[from.size()];
        while (!from.isEmpty()) {
            predecessors[starts[to.pop() + 1]++] = from.pop();
        }
        while (!fresh.isEmpty()) {
            int target = fresh.pop();
            for (int i = starts[target]; i < starts[target + 1]; i++) {
                if (!good.get(left[predecessors[i]])) {
                    good.set(left[predecessors[i]]);
                    fresh.push(predecessors[i]);
                }
            }
        }
    }

    /** Whether a draining step leads to a good state, which makes it good; if not, those that such steps lead to are pushed. */
    private boolean leadsToGood(int number) {
        read(number);
        found = false;
        protocol.expand(state, this::follow);
        if (found) {
            good.set(number);
        }
        return found;
    }

    private void follow(int[] next, int actor, Step step, boolean drains, @Nullable Violation broken) {
        if (drains && !found) {
            encoding.pack(next, words);
            int number = table.find(words);
            found = good.get(number);
            successors.push(number);
        }
    }

    // telling

    /** The steps to a state. In their order actors of a kind may have changed places, since equal states are one. */
    private List<String> way(int number) {
        List<Integer> numbers = new ArrayList<>();
        for (int n = number; n != 0; n = parents[n]) {
            numbers.add(n);
        }
        Collections.reverse(numbers);
        List<String> steps = new ArrayList<>();
        int from = 0;
        for (int to : numbers) {
            long[] target = new long[encoding.words()];
            table.get(to, target);
            int[] before = new int[layout.length];
            table.get(from, words);
            encoding.unpack(words, before);
            int sizeBefore = steps.size();
            new Protocol(scenario, layout).expand(before, (next, actor, step, _, _) -> {
                encoding.pack(next, words);
                if (steps.size() == sizeBefore && Arrays.equals(words, target)) {
                    steps.add(describe(next, actor, step));
                }
            });
            from = to;
        }
        return steps;
    }

    private String describe(int[] next, int actor, Step step) {
        String who = actor < 0 ? "recoverer" : (layout.isProducer(actor) ? "producer " : "consumer ") + actor;
        StringBuilder line = new StringBuilder(who).append(": ")
                .append(step.describe(layout.isProducer(actor)))
                .append("; head=")
                .append(next[Layout.HEAD])
                .append(", tail=")
                .append(next[Layout.TAIL])
                .append(", sequences=")
                .append(Arrays.toString(Arrays.copyOfRange(next, Layout.SEQUENCES, Layout.SEQUENCES + layout.capacity)))
                .append(", cells=");
        for (int a = 0; a < layout.actors; a++) {
            int at = layout.actor(a);
            line.append(next[at + Layout.PC] >= Protocol.DEAD ? " dead " : " ")
                    .append(List.of("NONE", "INTENT", "OWNED", "ABANDONED").get(next[at + Layout.CELL]));
            if (next[at + Layout.CELL] != Protocol.NONE) {
                line.append('(')
                        .append(next[at + Layout.CELL_POSITION])
                        .append(',')
                        .append(next[at + Layout.CELL_COUNT])
                        .append(')');
            }
        }
        return line.toString();
    }
}

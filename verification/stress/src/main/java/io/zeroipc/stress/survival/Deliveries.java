package io.zeroipc.stress.survival;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.zeroipc.stress.survival.Findings.Promise;

/**
 * Whether what producers offered and what consumers got fit together. Elements go by their {@linkplain Cargo#token() token}. Makes
 * no difference between structures but for their rule.
 */
final class Deliveries {

    /**
     * A thread that offered elements 0, 1, 2 and so on.
     *
     * @param acknowledged that many of them were accepted for certain
     * @param announced and that many at most
     */
    record Producer(long id, String name, long acknowledged, long announced) {}

    /**
     * A thread that got elements.
     *
     * @param tokens in the order in which it got them
     * @param pending it was killed when it might have got so many more; 0 when it has ended by itself, or between operations
     */
    @SuppressWarnings("ArrayRecordComponent") // millions of them, and nobody compares
    record Consumer(String name, long[] tokens, long pending) {}

    /** What a structure promises. */
    enum Rule {
        /** Each element once, and what a dead consumer may have had is gone. */
        UNORDERED,
        /** As well, and one consumer gets what one producer offered in order. */
        ORDERED,
        /** In order, and what a dead consumer may have had comes once more. */
        AT_LEAST_ONCE
    }

    /**
     * What it came to.
     *
     * @param missing accepted elements that nobody got, as killed consumers may have taken them
     * @param allowed how many there may have been of these
     */
    record Sum(long delivered, long missing, long allowed) {}

    private final Rule rule;
    private final Findings findings;
    private final Map<Long, Producer> producers = new HashMap<>();
    /** By producer: who got the element of that number, as an index, plus 1. */
    private final Map<Long, int[]> receivers = new HashMap<>();
    private final List<Consumer> consumers = new ArrayList<>();

    Deliveries(Rule rule, Findings findings) {
        this.rule = rule;
        this.findings = findings;
    }

    /** Checks everything. */
    Sum check(List<Producer> offering, List<Consumer> receiving) {
        for (Producer producer : offering) {
            producers.put(producer.id(), producer);
            receivers.put(producer.id(), new int[Math.toIntExact(producer.announced())]);
        }
        long delivered = 0;
        long allowed = 0;
        for (Consumer consumer : receiving) {
            consumers.add(consumer);
            receive(consumer, consumers.size());
            delivered += consumer.tokens().length;
            allowed += consumer.pending();
        }
        return new Sum(delivered, missing(allowed), allowed);
    }

    private void receive(Consumer consumer, int index) {
        Map<Long, Long> last = new HashMap<>();
        for (int i = 0; i < consumer.tokens().length; i++) {
            long token = consumer.tokens()[i];
            long id = Cargo.producer(token);
            int number = (int) Cargo.number(token);
            int[] seen = receivers.get(id);
            if (seen == null || number >= seen.length) {
                findings.add(Promise.INVENTED, consumer.name() + " got " + Cargo.describe(token) + " as its " + i
                        + "th, which nobody has offered: producer=" + producers.get(id));
                continue;
            }
            if (seen[number] != 0 && !mayRepeat(consumers.get(seen[number] - 1))) {
                findings.add(Promise.DUPLICATE, consumer.name() + " got " + Cargo.describe(token) + " as its " + i
                        + "th, which " + consumers.get(seen[number] - 1).name() + " got as well: producer="
                        + producers.get(id));
            }
            seen[number] = index;
            Long before = last.put(id, (long) number);
            if (rule != Rule.UNORDERED && before != null && before >= number) {
                findings.add(Promise.ORDER, consumer.name() + " got " + Cargo.describe(token) + " as its " + i
                        + "th, behind number " + before + " of the same producer: " + producers.get(id));
            }
        }
    }

    private boolean mayRepeat(Consumer before) {
        return rule == Rule.AT_LEAST_ONCE && before.pending() > 0;
    }

    private long missing(long pending) {
        long allowed = rule == Rule.AT_LEAST_ONCE ? 0 : pending;
        List<String> evidence = new ArrayList<>();
        long missing = 0;
        for (Producer producer : producers.values()) {
            int[] seen = receivers.get(producer.id());
            for (int number = 0; seen != null && number < producer.acknowledged(); number++) {
                if (seen[number] == 0) {
                    missing++;
                    if (evidence.size() < 10) {
                        evidence.add(Cargo.describe(Cargo.token(producer.id(), number)) + " of " + producer);
                    }
                }
            }
        }
        if (missing > allowed) {
            findings.add(Promise.LOST, missing + " accepted elements reached nobody, and killed consumers can have had "
                    + allowed + " of them: " + String.join(", ", evidence) + "; killed consumers: "
                    + consumers.stream()
                            .filter(each -> each.pending() > 0)
                            .map(each -> each.name() + " pending="
                                    + each.pending())
                            .toList());
        }
        return missing;
    }
}

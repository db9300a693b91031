package io.zeroipc.stress.model;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who takes part, and what may happen. The recoverer is always there: there are as many as needed, one after the other.
 *
 * @param name for reports
 * @param expectation what the checker must find
 * @param capacity of the queue; a power of two
 * @param producers registered ones
 * @param consumers registered ones
 * @param foreignProducers unregistered ones
 * @param foreignConsumers unregistered ones
 * @param batch how many positions are claimed at once at most, 1 or 2
 * @param items how many elements each producer claims positions for, its successors included; 0 for any number
 * @param kills how many processes die at most; a recoverer's deaths are not counted, and not limited
 * @param options what else may happen
 * @param deviations which rules are broken
 */
record Scenario(String name, Expectation expectation, int capacity, int producers, int consumers, int foreignProducers,
        int foreignConsumers, int batch, int items, int kills, Set<Option> options, Set<Deviation> deviations) {

    /** One producer, one consumer, two slots, nobody dies, and all is well. */
    static Scenario named(String name) {
        return new Scenario(name, Expectation.SOUND, 2, 1, 1, 0, 0, 1, 0, 0, Set.of(), Set.of());
    }

    Scenario capacity(int slots) {
        return new Scenario(name, expectation, slots, producers, consumers, foreignProducers, foreignConsumers, batch,
                items,
                kills, options, deviations);
    }

    Scenario registered(int producing, int consuming) {
        return new Scenario(name, expectation, capacity, producing, consuming, foreignProducers, foreignConsumers,
                batch, items,
                kills, options, deviations);
    }

    Scenario foreign(int producing, int consuming) {
        return new Scenario(name, expectation, capacity, producers, consumers, producing, consuming, batch, items,
                kills,
                options, deviations);
    }

    Scenario batches(int most) {
        return new Scenario(name, expectation, capacity, producers, consumers, foreignProducers, foreignConsumers, most,
                items,
                kills, options, deviations);
    }

    Scenario items(int each) {
        return new Scenario(name, expectation, capacity, producers, consumers, foreignProducers, foreignConsumers,
                batch, each,
                kills, options, deviations);
    }

    Scenario kills(int most) {
        return new Scenario(name, expectation, capacity, producers, consumers, foreignProducers, foreignConsumers,
                batch, items,
                most, options, deviations);
    }

    Scenario with(Option... more) {
        Set<Option> all = EnumSet.noneOf(Option.class);
        all.addAll(options);
        all.addAll(Set.of(more));
        return new Scenario(name, expectation, capacity, producers, consumers, foreignProducers, foreignConsumers,
                batch, items,
                kills, all, deviations);
    }

    Scenario breaking(Deviation... rules) {
        Set<Deviation> all = EnumSet.noneOf(Deviation.class);
        all.addAll(deviations);
        all.addAll(Set.of(rules));
        return new Scenario(name, expectation, capacity, producers, consumers, foreignProducers, foreignConsumers,
                batch, items,
                kills, options, all);
    }

    Scenario expecting(Expectation found) {
        return new Scenario(name, found, capacity, producers, consumers, foreignProducers, foreignConsumers, batch,
                items, kills,
                options, deviations);
    }

    boolean has(Option option) {
        return options.contains(option);
    }

    boolean breaks(Deviation rule) {
        return deviations.contains(rule);
    }

    /** All who have steps of their own, the recoverer not counted. */
    int actors() {
        return producers + foreignProducers + consumers + foreignConsumers;
    }

    /** Who takes part, and what happens: {@code 2x1+1x0} are two producers and one consumer beside a foreign producer. */
    @Override
    public String toString() {
        String foreign = foreignProducers + foreignConsumers == 0
                ? ""
                : "+" + foreignProducers + "x" + foreignConsumers;
        String broken = deviations.stream().map(Deviation::name).collect(Collectors.joining(" with "));
        return producers + "x" + consumers + foreign + " " + name + broken;
    }
}

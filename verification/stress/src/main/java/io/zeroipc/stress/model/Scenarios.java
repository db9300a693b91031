package io.zeroipc.stress.model;

import java.util.List;

/**
 * What is checked. Unless a name says something else: two slots, any number of elements, successors of the dead with the same
 * cell, recoverers that die whenever they like, and elements of dead consumers dropped.
 */
final class Scenarios {

    private Scenarios() {
    }

    /** The protocol as it is, as far as that is checked in seconds. */
    static List<Scenario> small() {
        return List.of(
                Scenario.named("nobody dies, give up, batches").registered(2, 1).batches(2).with(Option.GIVE_UP),
                Scenario.named("1 kill").registered(2, 2).kills(1),
                Scenario.named("2 kills, batches, give up").registered(1, 1).batches(2).kills(2).with(Option.GIVE_UP),
                Scenario.named("1 kill, batches, give up").registered(2, 1).batches(2).kills(1).with(Option.GIVE_UP),
                Scenario.named("2 kills, batches").registered(1, 2).batches(2).kills(2),
                Scenario.named("2 kills, no successors").registered(2, 1).kills(2).with(Option.NO_SUCCESSORS),
                Scenario.named("2 kills, batches, redelivery")
                        .registered(1, 2)
                        .batches(2)
                        .kills(2)
                        .with(Option.REDELIVER),
                Scenario.named("1 kill, batches, 4 slots")
                        .registered(1, 1)
                        .capacity(4)
                        .batches(2)
                        .kills(1)
                        .with(Option.GIVE_UP),
                Scenario.named("1 kill, batches, positions run round")
                        .registered(1, 1)
                        .batches(2)
                        .kills(1)
                        .with(Option.GIVE_UP, Option.ABSOLUTE_POSITIONS),
                Scenario.named("1 kill, numbered elements")
                        .registered(2, 1)
                        .items(2)
                        .kills(1)
                        .with(Option.NUMBERED_ELEMENTS, Option.GIVE_UP),
                Scenario.named("1 kill, beside a foreign producer")
                        .registered(1, 1)
                        .foreign(1, 0)
                        .kills(1)
                        .with(Option.GIVE_UP)
                        .expecting(Expectation.SAFE),
                Scenario.named("1 kill of a confirmed one, beside a foreign producer")
                        .registered(1, 1)
                        .foreign(1, 0)
                        .kills(1)
                        .with(Option.GIVE_UP, Option.CONFIRMED_DEATHS_ONLY),
                Scenario.named("1 kill, beside a foreign consumer")
                        .registered(1, 1)
                        .foreign(0, 1)
                        .kills(1)
                        .expecting(Expectation.SAFE),
                Scenario.named("1 kill of a confirmed one, beside a foreign consumer")
                        .registered(1, 1)
                        .foreign(0, 1)
                        .kills(1)
                        .with(Option.CONFIRMED_DEATHS_ONLY),
                Scenario.named("1 kill, foreign ones as well")
                        .registered(1, 1)
                        .foreign(1, 1)
                        .kills(1)
                        .with(Option.FOREIGN_DEATHS)
                        .expecting(Expectation.SAFE));
    }

    /** The same, further. */
    static List<Scenario> large() {
        return List.of(
                Scenario.named("2 kills").registered(2, 2).kills(2),
                Scenario.named("3 kills").registered(2, 2).kills(3),
                Scenario.named("2 kills, batches").registered(2, 2).batches(2).kills(2),
                Scenario.named("2 kills, batches, give up").registered(2, 2).batches(2).kills(2).with(Option.GIVE_UP),
                Scenario.named("2 kills, redelivery").registered(2, 2).kills(2).with(Option.REDELIVER),
                Scenario.named("2 kills, batches, redelivery")
                        .registered(2, 2)
                        .batches(2)
                        .kills(2)
                        .with(Option.REDELIVER),
                Scenario.named("2 kills, batches, redelivery")
                        .registered(1, 3)
                        .batches(2)
                        .kills(2)
                        .with(Option.REDELIVER),
                Scenario.named("2 kills, batches, give up, no successors")
                        .registered(2, 2)
                        .batches(2)
                        .kills(2)
                        .with(Option.GIVE_UP, Option.NO_SUCCESSORS),
                Scenario.named("1 kill, batches, give up, 4 slots")
                        .registered(2, 1)
                        .capacity(4)
                        .batches(2)
                        .kills(1)
                        .with(Option.GIVE_UP),
                Scenario.named("1 kill, batches, 4 slots").registered(1, 2).capacity(4).batches(2).kills(1),
                Scenario.named("1 kill, positions run round").registered(2, 2).kills(1).with(Option.ABSOLUTE_POSITIONS),
                Scenario.named("2 kills, numbered elements")
                        .registered(2, 2)
                        .items(2)
                        .kills(2)
                        .with(Option.NUMBERED_ELEMENTS),
                Scenario.named("2 kills, give up, beside a foreign producer and consumer")
                        .registered(2, 1)
                        .foreign(1, 1)
                        .kills(2)
                        .with(Option.GIVE_UP)
                        .expecting(Expectation.SAFE),
                Scenario.named("2 kills of confirmed ones, give up, beside a foreign producer and consumer")
                        .registered(2, 1)
                        .foreign(1, 1)
                        .kills(2)
                        .with(Option.GIVE_UP, Option.CONFIRMED_DEATHS_ONLY),
                Scenario.named("1 kill of a confirmed one, beside a foreign producer and consumer")
                        .registered(2, 2)
                        .foreign(1, 1)
                        .kills(1)
                        .with(Option.CONFIRMED_DEATHS_ONLY),
                Scenario.named("2 kills of confirmed ones, batches, redelivery, beside a foreign consumer")
                        .registered(1, 2)
                        .foreign(0, 1)
                        .batches(2)
                        .kills(2)
                        .with(Option.REDELIVER, Option.CONFIRMED_DEATHS_ONLY),
                Scenario.named("2 kills, foreign ones as well")
                        .registered(1, 1)
                        .foreign(2, 1)
                        .kills(2)
                        .with(Option.FOREIGN_DEATHS)
                        .expecting(Expectation.SAFE));
    }

    /** Rules that are broken on purpose. */
    static List<Scenario> broken() {
        Scenario two = Scenario.named("").registered(2, 1).kills(1);
        Scenario announced = Scenario.named("1 kill of an announced one, ")
                .registered(2, 1)
                .kills(1)
                .with(Option.ANNOUNCED_DEATHS_ONLY);
        Scenario takeOver = Scenario.named("").registered(1, 3).kills(2).with(Option.REDELIVER);
        Scenario givingUp = two.with(Option.GIVE_UP);
        return List.of(
                broken(two.kills(0), Expectation.VIOLATION, Deviation.SKIP_WITHOUT_EVIDENCE),
                broken(two.registered(1, 1).foreign(1, 0), Expectation.VIOLATION, Deviation.TRUST_WEAK_EVIDENCE),
                broken(two.registered(1, 1).foreign(0, 1), Expectation.VIOLATION,
                        Deviation.TRUST_WEAK_EVIDENCE_OF_CONSUMERS),
                broken(two, Expectation.VIOLATION, Deviation.MOVE_TAIL_BACK),
                broken(announced, Expectation.VIOLATION, Deviation.MOVE_TAIL_BACK),
                broken(announced, Expectation.VIOLATION, Deviation.MOVE_TAIL_BACK,
                        Deviation.SECOND_LOOK_AT_TAIL),
                broken(two, Expectation.VIOLATION, Deviation.IGNORE_LIVE_PRODUCERS),
                broken(two.registered(1, 2), Expectation.VIOLATION, Deviation.IGNORE_LIVE_CONSUMERS),
                broken(two, Expectation.VIOLATION, Deviation.NO_SECOND_LOOK),
                broken(two, Expectation.WEDGED, Deviation.CLEAR_UNSETTLED_CELLS),
                broken(two, Expectation.WEDGED, Deviation.NO_HOLES_FILLED),
                broken(givingUp, Expectation.VIOLATION, Deviation.FILL_HOLES_BY_STORE),
                broken(two, Expectation.VIOLATION, Deviation.SEQUENCE_BEFORE_HEAD),
                broken(givingUp.kills(0), Expectation.VIOLATION, Deviation.SKIP_BY_STORE),
                broken(two, Expectation.VIOLATION, Deviation.CLEAR_BEFORE_PUBLISHING),
                broken(two.registered(1, 1), Expectation.WEDGED, Deviation.CLEAR_BEFORE_PUBLISHING),
                broken(two.registered(1, 2), Expectation.VIOLATION, Deviation.CLEAR_BEFORE_RELEASING),
                broken(two, Expectation.WEDGED, Deviation.KEEP_FAILED_ANNOUNCEMENT),
                broken(two.registered(1, 1), Expectation.WEDGED, Deviation.NO_ANNOUNCEMENT),
                broken(two.registered(1, 1).foreign(1, 0), Expectation.VIOLATION, Deviation.CONFIRM_BEFORE_CLAIM),
                broken(two.registered(1, 1).foreign(1, 0).with(Option.CONFIRMED_DEATHS_ONLY), Expectation.WEDGED,
                        Deviation.NO_CONFIRMATION),
                broken(two.registered(1, 1).batches(2), Expectation.WEDGED, Deviation.ANNOUNCE_FIRST_ONLY),
                broken(takeOver.kills(1), Expectation.VIOLATION, Deviation.TAKE_OVER_WITHOUT_LOCK),
                broken(takeOver, Expectation.WEDGED, Deviation.TAKE_OVER_CLEARING_FIRST),
                broken(takeOver.registered(1, 2).kills(1).batches(2), Expectation.WEDGED,
                        Deviation.TAKE_OVER_CLEARING_ALL),
                broken(takeOver.kills(1), Expectation.VIOLATION, Deviation.TAKE_OVER_IGNORING_LIVE),
                broken(takeOver.kills(1), Expectation.VIOLATION, Deviation.TAKE_OVER_WITHOUT_SECOND_LOOK),
                broken(two.registered(1, 1).with(Option.ABSOLUTE_POSITIONS), Expectation.WEDGED,
                        Deviation.COMPARE_UNSIGNED));
    }

    private static Scenario broken(Scenario scenario, Expectation found, Deviation... rules) {
        return scenario.breaking(rules).expecting(found);
    }
}

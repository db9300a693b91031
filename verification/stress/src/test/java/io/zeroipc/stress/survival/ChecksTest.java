package io.zeroipc.stress.survival;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import io.zeroipc.segment.TableEntry;
import io.zeroipc.stress.survival.Deliveries.Consumer;
import io.zeroipc.stress.survival.Deliveries.Producer;
import io.zeroipc.stress.survival.Deliveries.Rule;
import io.zeroipc.stress.survival.Findings.Promise;

import static org.assertj.core.api.Assertions.assertThat;

/** Each check finds what it is there for: a history without a fault is made faulty in one place. */
class ChecksTest {

    private static final long ONE = 4;
    private static final long OTHER = 8;
    private static final List<Producer> PRODUCERS = List.of(new Producer(ONE, "one", 5, 5),
            new Producer(OTHER, "other, killed", 3, 4));

    private final Findings findings = new Findings();
    private final List<Long> first = new ArrayList<>(List.of(token(ONE, 0), token(OTHER, 0), token(ONE, 3),
            token(OTHER, 2)));
    private final List<Long> second = new ArrayList<>(List.of(token(ONE, 1), token(ONE, 2), token(OTHER, 1),
            token(ONE, 4)));
    private long pending;

    @Test
    void shouldFindNothingWhenEverythingIsDelivered() {
        check();
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
    }

    @Test
    void shouldFindNothingWhenTheLastAnnouncedElementComesAsWell() {
        second.add(token(OTHER, 3));
        check();
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
    }

    @Test
    void shouldFindALostElementWhenNobodyGotIt() {
        first.remove(2);
        check();
        assertOnly(Promise.LOST, "4#3");
    }

    @Test
    void shouldFindNothingWhenAKilledConsumerMayHaveHadTheMissingElement() {
        first.remove(2);
        pending = 1;
        check();
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
    }

    @Test
    void shouldFindALostElementWhenMoreAreMissingThanKilledConsumersMayHaveHad() {
        first.remove(2);
        second.removeLast();
        pending = 1;
        check();
        assertOnly(Promise.LOST, "2 accepted elements");
    }

    @Test
    void shouldFindADuplicateWhenTwoGotTheSame() {
        second.add(3, token(OTHER, 2));
        check();
        assertOnly(Promise.DUPLICATE, "8#2");
    }

    @Test
    void shouldFindWrongOrderWhenOneConsumerGotALaterElementFirst() {
        first.set(0, token(ONE, 3));
        first.set(2, token(ONE, 0));
        check();
        assertOnly(Promise.ORDER, "4#0");
    }

    @Test
    void shouldFindNothingWhenAnUnorderedStructureTurnsElementsRound() {
        first.set(0, token(ONE, 3));
        first.set(2, token(ONE, 0));
        check(Rule.UNORDERED);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
    }

    @Test
    void shouldFindAnInventionWhenNobodyOfferedThatMuch() {
        second.add(token(OTHER, 4));
        check();
        assertOnly(Promise.INVENTED, "8#4");
    }

    @Test
    void shouldFindAnInventionWhenNobodyIsThatProducer() {
        second.add(token(12, 0));
        check();
        assertOnly(Promise.INVENTED, "12#0");
    }

    @Test
    void shouldAllowARepetitionWhenADeadReaderHadTheElement() {
        first.add(token(OTHER, 3));
        second.addFirst(token(OTHER, 3));
        pending = 1;
        // The second one, who may have died with it in hand, got it first.
        new Deliveries(Rule.AT_LEAST_ONCE, findings).check(PRODUCERS,
                List.of(consumer("second", List.of(token(OTHER, 3)), 1),
                        consumer("first", Stream.concat(first.stream(), second.stream().skip(1))
                                .distinct()
                                .sorted()
                                .toList(), 0)));
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
    }

    @Test
    void shouldFindALostElementWhenADeadReaderShouldHaveLeftIt() {
        first.remove(2);
        pending = 1;
        check(Rule.AT_LEAST_ONCE);
        assertOnly(Promise.LOST, "4#3");
    }

    @Test
    void shouldFindADuplicateWhenALivingReaderHadTheElement() {
        second.add(3, token(OTHER, 2));
        check(Rule.AT_LEAST_ONCE);
        assertOnly(Promise.DUPLICATE, "8#2");
    }

    @Test
    void shouldFindTasksThatWereRunTooOftenOrNever() {
        OnceWorkload.check(0, 1, 0, false, findings);
        OnceWorkload.check(1, 2, 1, false, findings);
        OnceWorkload.check(2, 0, 1, true, findings);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
        OnceWorkload.check(3, 2, 0, false, findings);
        OnceWorkload.check(4, 0, 1, false, findings);
        OnceWorkload.check(5, 1, 0, true, findings);
        assertThat(findings.found()).containsOnlyKeys(Promise.DUPLICATE, Promise.LOST, Promise.INVENTED);
    }

    @Test
    void shouldFindRowsThatOverlapOrAreNotWhole() {
        TableEntry one = new TableEntry("one", 64, 64, true);
        TableEntry other = new TableEntry("other", 128, 64, true);
        TableWorkload.checkLayout(List.of(other, one), 192, findings);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
        TableWorkload.checkLayout(List.of(one, other), 191, findings);
        TableWorkload.checkLayout(List.of(one, new TableEntry("other", 127, 64, true)), 192, findings);
        TableWorkload.checkLayout(List.of(one, new TableEntry("one", 128, 64, true)), 192, findings);
        TableWorkload.checkLayout(List.of(new TableEntry("", 64, 64, true)), 192, findings);
        TableWorkload.checkLayout(List.of(new TableEntry("one", 64, 64, false)), 192, findings);
        TableWorkload.checkLayout(List.of(new TableEntry("one", 64, 0, true)), 192, findings);
        assertThat(findings.count(Promise.TABLE)).isEqualTo(6);
    }

    @Test
    void shouldNotTakeACargoForWholeWhenOneOfItsWordsIsAnothers() {
        Cargo cargo = Cargo.of(ONE, 7);
        Cargo another = Cargo.of(OTHER, 9);
        assertThat(cargo.isWhole()).isTrue();
        assertThat(Cargo.CODEC.fromBytes(Cargo.CODEC.toBytes(cargo))).isEqualTo(cargo);
        assertThat(List.of(
                new Cargo(another.producer(), cargo.number(), cargo.sum(), cargo.inverse()),
                new Cargo(cargo.producer(), another.number(), cargo.sum(), cargo.inverse()),
                new Cargo(cargo.producer(), cargo.number(), another.sum(), cargo.inverse()),
                new Cargo(cargo.producer(), cargo.number(), cargo.sum(), another.inverse()),
                new Cargo(0, 0, 0, 0))).noneMatch(Cargo::isWhole);
    }

    @Test
    void shouldFindTornWordsWhenNobodyWasTold() {
        LockWorkload.check(10, 9, 10, 0, findings);
        assertOnly(Promise.TORN, "10 and 9");
    }

    @Test
    void shouldFindLostAndDoubledCountsWhenTheyGoBeyondTheKilled() {
        LockWorkload.check(10, 10, 9, 1, findings);
        LockWorkload.check(10, 10, 10, 1, findings);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
        LockWorkload.check(10, 10, 11, 1, findings);
        LockWorkload.check(10, 10, 8, 1, findings);
        assertThat(findings.count(Promise.EXCLUSION)).isEqualTo(2);
    }

    @Test
    void shouldFindMissingNodesWhenNoKilledThreadCanHaveThem() {
        PoolWorkload.check(PoolWorkload.capacity() - 1, 1, findings);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
        PoolWorkload.check(PoolWorkload.capacity() - 2, 1, findings);
        PoolWorkload.check(PoolWorkload.capacity() + 1, 0, findings);
        assertThat(findings.count(Promise.LEAK)).isEqualTo(2);
    }

    @Test
    void shouldFindMissingAndAdditionalPermits() {
        SemaphoreWorkload.check(SemaphoreWorkload.PERMITS, findings);
        assertThat(findings.isEmpty()).as("%s", findings).isTrue();
        SemaphoreWorkload.check(SemaphoreWorkload.PERMITS - 1, findings);
        SemaphoreWorkload.check(SemaphoreWorkload.PERMITS + 1, findings);
        assertThat(findings.found()).containsOnlyKeys(Promise.LEAK, Promise.EXCLUSION);
    }

    @Test
    void shouldNotTakeAValueForThatOfAnotherKey() {
        long value = KeyWorkload.value(3, 17);
        assertThat(KeyWorkload.fits(3, value)).isTrue();
        assertThat(KeyWorkload.fits(4, value)).isFalse();
        assertThat(KeyWorkload.fits(3, value ^ 1L << 40)).isFalse();
        assertThat(KeyWorkload.fits(3, value ^ 1)).isFalse();
    }

    private void check() {
        check(Rule.ORDERED);
    }

    private void check(Rule rule) {
        new Deliveries(rule, findings).check(PRODUCERS,
                List.of(consumer("first", first, 0), consumer("second", second, pending)));
    }

    private void assertOnly(Promise promise, String evidence) {
        assertThat(findings.found()).containsOnlyKeys(promise);
        assertThat(findings.count(promise)).isEqualTo(1);
        assertThat(findings.toString()).contains(evidence);
    }

    private static Consumer consumer(String name, List<Long> tokens, long pending) {
        return new Consumer(name, tokens.stream().mapToLong(Long::longValue).toArray(), pending);
    }

    private static long token(long producer, long number) {
        return Cargo.token(producer, number);
    }
}

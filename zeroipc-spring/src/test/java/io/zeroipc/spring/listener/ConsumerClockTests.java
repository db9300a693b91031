package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.zeroipc.spring.core.ChannelOperations;

import static org.assertj.core.api.Assertions.assertThat;

class ConsumerClockTests {

    private static final long QUICK = 100;
    private static final long SLOW = 20_000;

    private final ChannelStatistics statistics = new ChannelStatistics(new ChannelOperations());
    private final List<Long> timed = new ArrayList<>();
    private final List<@Nullable Throwable> thrown = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5;
    private final ConsumerClock clock = new ConsumerClock(statistics, () -> now);

    private void observe() {
        statistics.observeCalls((nanos, error) -> {
            timed.add(nanos);
            thrown.add(error);
        });
    }

    private void call(long nanos) {
        long began = clock.began();
        now += nanos;
        clock.ended(began, null);
        clock.active();
    }

    private void call(int times, long nanos) {
        for (int i = 0; i < times; i++) {
            call(nanos);
        }
    }

    @Test
    void callsWhenNobodyWantsToKnowAreNotTimed() {
        call(QUICK);
        observe();
        assertThat(timed).isEmpty();
        call(QUICK);
        assertThat(timed).containsExactly(QUICK);
    }

    @Test
    void callsWhenTheyAreSlowAreTimedEach() {
        observe();
        call(20, SLOW);
        assertThat(timed).hasSize(20).containsOnly(SLOW);
    }

    @Test
    void callsWhenTheyAreQuickAreTimedOneInSixteen() {
        observe();
        call(1, QUICK);
        call(16 * 100, QUICK);
        // The first one cannot know.
        assertThat(timed).hasSize(1 + 100).containsOnly(QUICK);
    }

    @Test
    void callsWhenTheyArriveSlowlyAreTimedEachHoweverQuickTheyAre() {
        observe();
        for (int i = 0; i < 20; i++) {
            call(QUICK);
            now += SLOW;
        }
        assertThat(timed).hasSize(20).containsOnly(QUICK);
    }

    @Test
    void callsWhenTheyBecomeSlowAreTimedEachAfterFifteenAtMost() {
        observe();
        call(2, QUICK);
        timed.clear();
        call(15, SLOW);
        assertThat(timed).isEmpty();
        call(10, SLOW);
        assertThat(timed).hasSize(10);
    }

    /** One of a mixture is as likely as another: the mean is that of all. */
    @Test
    void callsWhenSomeOfManyQuickOnesAreSlowerAreNoReasonToTimeTheNext() {
        observe();
        call(2, QUICK);
        timed.clear();
        for (int i = 0; i < 1600; i++) {
            call(i % 5 == 0 ? 5 * QUICK : QUICK);
        }
        assertThat(timed).hasSize(100);
        assertThat(timed.stream().filter(nanos -> nanos == 5 * QUICK)).hasSize(20);
    }

    @Test
    void callsAfterAPauseWhenTheyWereQuickAreTimedAgain() {
        observe();
        call(2, QUICK);
        for (int i = 0; i < 256; i++) {
            clock.inactive();
        }
        call(QUICK);
        assertThat(timed).hasSize(3);
    }

    @Test
    void callsWhenSixteenOfThemAreQuickTogetherAreTimedOneInSixteen() {
        observe();
        call(1 + 160, 5_000);
        assertThat(timed).hasSize(1 + 10);
    }

    @Test
    void callsAfterAPauseWhenTheyFollowSlowlyAreTimedEach() {
        observe();
        call(2, QUICK);
        for (int i = 0; i < 256; i++) {
            clock.inactive();
        }
        now += SLOW;
        call(2, QUICK);
        assertThat(timed).hasSize(4);
    }

    @Test
    void callsBetweenShortPausesAreStillQuick() {
        observe();
        call(2, QUICK);
        for (int i = 0; i < 2 * 200; i++) {
            clock.inactive();
            if (i == 200) {
                call(QUICK);
            }
        }
        call(QUICK);
        assertThat(timed).hasSize(2);
    }

    @Test
    void activityAfterNothingWasThereIsSaidAtOnce() {
        for (int i = 0; i < 100; i++) {
            clock.active();
        }
        clock.inactive();
        long last = clock.lastActivityMillis();
        while (System.currentTimeMillis() == last) {
            Thread.onSpinWait();
        }
        clock.active();
        assertThat(clock.lastActivityMillis()).isGreaterThan(last);
    }

    @Test
    void observerWhenItFailsDisturbsNobody() {
        statistics.observeCalls((_, _) -> {
            throw new IllegalStateException("for the test's sake");
        });
        observe();
        IllegalArgumentException error = new IllegalArgumentException();
        clock.ended(clock.began(), error);
        assertThat(thrown).containsExactly(error);
    }
}

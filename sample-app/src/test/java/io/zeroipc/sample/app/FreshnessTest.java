package io.zeroipc.sample.app;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FreshnessTest {

    private final AtomicLong clock = new AtomicLong(-50);
    private final Freshness freshness = new Freshness(Duration.ofNanos(100), clock::get);

    @Test
    void valueThatWasThereBeforeIsStaleUntilItChanges() {
        freshness.observe(1000);
        assertThat(freshness.isStale()).isTrue();

        clock.addAndGet(10);
        freshness.observe(1000);
        assertThat(freshness.isStale()).isTrue();

        freshness.observe(1001);
        assertThat(freshness.isStale()).isFalse();
        assertThat(freshness.age()).isZero();
    }

    @Test
    void valueThatStopsChangingBecomesStaleAfterTheLimit() {
        freshness.observe(0);
        freshness.observe(1);

        clock.addAndGet(100);
        freshness.observe(1);
        assertThat(freshness.isStale()).isFalse();

        clock.addAndGet(1);
        assertThat(freshness.isStale()).isTrue();
        assertThat(freshness.age()).isEqualTo(Duration.ofNanos(101));
    }

    @Test
    void versionThatFallsIsAChangeAsWell() {
        freshness.observe(1000);
        freshness.observe(1001);
        clock.addAndGet(500);

        freshness.observe(1);

        assertThat(freshness.isStale()).isFalse();
    }

    @Test
    void firstValueInAnEmptySegmentIsFresh() {
        freshness.observe(0);
        assertThat(freshness.isStale()).isTrue();

        freshness.observe(1);
        assertThat(freshness.isStale()).isFalse();
    }

    @Test
    void emptySegmentInPlaceOfAnotherIsStale() {
        freshness.observe(1000);
        freshness.observe(1001);

        freshness.observe(0);
        assertThat(freshness.isStale()).isTrue();

        freshness.observe(1);
        assertThat(freshness.isStale()).isFalse();
    }
}

package io.zeroipc.benchmarks.pair;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ScheduleTest {

    @Test
    void shouldIntendMessagesAtEvenDistancesWhenTheRateDividesASecond() {
        Schedule schedule = new Schedule(5_000, 1_000_000);
        assertThat(schedule.intended(0)).isEqualTo(5_000);
        assertThat(schedule.intended(1)).isEqualTo(6_000);
        assertThat(schedule.intended(1_000_000)).isEqualTo(1_000_005_000);
    }

    @Test
    void shouldNotDriftWhenTheRateDoesNotDivideASecond() {
        Schedule schedule = new Schedule(0, 3);
        assertThat(schedule.intended(1)).isEqualTo(333_333_333);
        assertThat(schedule.intended(3_000_000)).isEqualTo(1_000_000L * 1_000_000_000L);
    }

    @Test
    void shouldIntendAsManyAsTheRateSaysWhenTimeIsLimited() {
        assertThat(new Schedule(0, 10_000).within(300_000_000)).isEqualTo(3_000);
        assertThat(new Schedule(0, 1_000_000).within(3_600_000_000_000L)).isEqualTo(3_600_000_000L);
        assertThat(new Schedule(0, 1).within(10)).isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenThereIsNoRate() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Schedule(0, 0)).withMessageContaining("perSecond=0");
    }
}

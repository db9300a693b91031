package io.zeroipc.sample.host;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

class CpuTimesTest {

    private static final List<String> EARLIER = """
            cpu  42664 0 5022 271505 290 0 49 13 0 0
            cpu0 21302 0 2262 136159 27 0 15 5 0 0
            cpu1 21361 0 2759 135346 263 0 33 7 0 0
            intr 502862 0 0 0
            ctxt 1539809
            btime 1763670000
            softirq 123 0 1
            """.lines().toList();

    @Test
    void parseWhenCapturedTextSumsBusyAndTotalTicks() {
        CpuTimes times = CpuTimes.parse(EARLIER);

        // busy is user + nice + system + irq + softirq + steal; guest time is part of user time already
        assertThat(times.all()).isEqualTo(new CpuTimes.Ticks(47_748, 319_543));
        assertThat(times.cores()).containsExactly(new CpuTimes.Ticks(23_584, 159_770),
                new CpuTimes.Ticks(24_160, 159_769));
    }

    @Test
    void shareWhenTimeHasPassedIsToldForEachCore() {
        CpuTimes earlier = CpuTimes.parse(EARLIER);
        CpuTimes later = CpuTimes.parse("""
                cpu  42714 0 5072 271595 300 0 49 13 0 0
                cpu0 21352 0 2312 136159 27 0 15 5 0 0
                cpu1 21361 0 2759 135436 273 0 33 7 0 0
                """.lines().toList());

        assertThat(later.all().shareSince(earlier.all())).isCloseTo(0.5, within(1e-9));
        assertThat(later.sharesSince(earlier)).containsExactly(1.0, 0.0);
    }

    @Test
    void shareWhenNoTickHasPassedIsUnknown() {
        CpuTimes times = CpuTimes.parse(EARLIER);

        assertThat(times.all().shareSince(times.all())).isNaN();
    }

    @Test
    void shareWhenTheKernelCorrectsIdleTimeDownwardsStaysBetweenZeroAndOne() {
        CpuTimes.Ticks earlier = new CpuTimes.Ticks(100, 200);

        assertThat(new CpuTimes.Ticks(110, 205).shareSince(earlier)).isEqualTo(1.0);
        assertThat(new CpuTimes.Ticks(95, 205).shareSince(earlier)).isEqualTo(0.0);
    }

    @Test
    void sharesWhenACoreIsSwitchedOffLeaveAGap() {
        CpuTimes earlier = CpuTimes.parse(List.of("cpu 3 0 0 3", "cpu0 1 0 0 1", "cpu2 2 0 0 2"));
        CpuTimes later = CpuTimes.parse(List.of("cpu 5 0 0 3", "cpu0 2 0 0 1", "cpu2 3 0 0 2", "cpu3 1 0 0 1"));

        assertThat(later.sharesSince(earlier)).containsExactly(1.0, Double.NaN, 1.0, Double.NaN);
    }

    @Test
    void parseWhenTheKernelHasOnlyTheOldestFieldsReadsThem() {
        assertThat(CpuTimes.parse(List.of("cpu  1 2 3 4")).all()).isEqualTo(new CpuTimes.Ticks(6, 10));
    }
}

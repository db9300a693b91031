package io.zeroipc.sample.host;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.zeroipc.sample.Telemetry.Traffic;

import static org.assertj.core.api.Assertions.assertThat;

class CountersTest {

    @Test
    void parseNetworkWhenCapturedTextSumsAllInterfacesButTheLoopback() {
        List<String> text = """
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop
                    lo:    3497      33    0    0    0     0          0         0     3497      33    0    0    0
                  ifb0:       0       0    0    0    0     0          0         0        0       0    0    0    0
                  eth0: 94756287    3854    0    0    0     0          0         0   565254    3344    0    0    0
                wlp2s0:1000       1    0    0    0     0          0         0   2000    1    0    0    0     0
                """.lines().toList();

        assertThat(Counters.parseNetwork(text)).isEqualTo(new Counters(94_757_287, 567_254));
    }

    @Test
    void parseDisksWhenPartitionsAndStackedDevicesAreListedCountsWholeDisksOnce() {
        List<String> text = """
                   7       0 loop0 9 9 9 9 9 9 9 9 0 0 0
                   8       0 sda 100 0 2000 18195 50 0 400 2649 0 5748 21203 4808 33 72392 357 4 0
                   8       1 sda1 90 0 1900 18195 50 0 400 2649 0 5748 21203
                   8      16 sdaa 1 0 8 1 1 0 16 1 0 1 1
                 259       0 nvme0n1 10 0 30 5 10 0 50 5 0 5 5
                 259       1 nvme0n1p1 10 0 30 5 10 0 50 5 0 5 5
                 253       0 dm-0 10 0 30 5 10 0 50 5 0 5 5
                   9     127 md127 10 0 30 5 10 0 50 5 0 5 5
                 252       0 zram0 10 0 30 5 10 0 50 5 0 5 5
                """.lines().toList();

        assertThat(Counters.parseDisks(text))
                .isEqualTo(new Counters((2000 + 8 + 30) * 512L, (400 + 16 + 50) * 512L));
    }

    @Test
    void parseDisksWhenTheDiskOfAPartitionIsNotListedCountsThePartition() {
        assertThat(Counters.parseDisks(List.of("202 1 xvda1 1 0 2 1 1 0 3 1 0 1 1")))
                .isEqualTo(new Counters(1024, 1536));
    }

    @Test
    void rateWhenTimeHasPassedIsBytesPerSecond() {
        Counters earlier = new Counters(1000, 5000);

        assertThat(new Counters(2000, 5500).rateSince(earlier, 500_000_000)).isEqualTo(new Traffic(2000, 1000));
        assertThat(new Counters(0, 0).rateSince(earlier, 1)).isEqualTo(new Traffic(0, 0));
        assertThat(earlier.rateSince(earlier, 0)).isEqualTo(new Traffic(Double.NaN, Double.NaN));
    }
}

package io.zeroipc.sample.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.sample.Telemetry.Load;
import io.zeroipc.sample.Telemetry.Memory;
import io.zeroipc.sample.Telemetry.Traffic;

import static org.assertj.core.api.Assertions.assertThat;

class HostTest {

    private static final long TENTH = 100_000_000;

    @TempDir
    Path proc;

    @BeforeEach
    void writeACapturedProc() throws IOException {
        Files.writeString(proc.resolve("loadavg"), "2.09 1.43 0.69 5/145 15315\n");
        Files.writeString(proc.resolve("meminfo"), """
                MemTotal:       24684092 kB
                MemFree:        23758440 kB
                MemAvailable:   23992424 kB
                HugePages_Total:       0
                """);
        Files.createDirectory(proc.resolve("net"));
        writeCounters(0, 0, 0);
    }

    private void writeCounters(long busy, long idle, long bytes) throws IOException {
        Files.writeString(proc.resolve("stat"), """
                cpu  %d 0 0 %d 0 0 0 0 0 0
                cpu0 %d 0 0 %d 0 0 0 0 0 0
                """.formatted(busy, idle, busy, idle));
        Files.writeString(proc.resolve("net/dev"),
                "head\nhead\neth0: %d 0 0 0 0 0 0 0 %d 0 0 0 0 0 0 0\n".formatted(bytes, 2 * bytes));
        Files.writeString(proc.resolve("diskstats"), " 8 0 sda 0 0 %d 0 0 0 %d 0 0 0 0\n".formatted(bytes, bytes));
    }

    @Test
    void readWhenProcIsThereTellsAllFigures() throws IOException {
        AtomicLong clock = new AtomicLong();
        ProcHost host = new ProcHost(proc, clock::get);
        writeCounters(3, 1, 1000);
        clock.addAndGet(TENTH);

        assertThat(host.read()).isEqualTo(new Figures(0.75, List.of(0.75), new Load(2.09, 1.43, 0.69),
                new Memory(24_684_092L * 1024, 23_992_424L * 1024), new Traffic(10_000, 20_000),
                new Traffic(5_120_000, 5_120_000)));
    }

    @Test
    void readWhenCalledTenTimesASecondLooksBackOneSecond() throws IOException {
        AtomicLong clock = new AtomicLong();
        ProcHost host = new ProcHost(proc, clock::get);
        Figures figures = host.read();
        for (int tenth = 1; tenth <= 30; tenth++) {
            // idle for two seconds, then busy
            long busy = Math.max(0, tenth - 20) * 10L;
            writeCounters(busy, tenth * 10L - busy, tenth * 100L);
            clock.addAndGet(TENTH);
            figures = host.read();
        }

        assertThat(figures.cpu()).isEqualTo(1.0);
        assertThat(figures.network()).isEqualTo(new Traffic(1000, 2000));
    }

    @Test
    void readTwiceAtOnceAfterAPauseLooksBackBeforeThePause() throws IOException {
        AtomicLong clock = new AtomicLong();
        ProcHost host = new ProcHost(proc, clock::get);
        writeCounters(100, 300, 0);
        clock.addAndGet(40 * TENTH);
        host.read();

        assertThat(host.read().cpu()).isEqualTo(0.25);
    }

    @Test
    void readWhenFilesAreHiddenSaysNothingAboutThem() throws IOException {
        Files.delete(proc.resolve("net/dev"));
        Files.delete(proc.resolve("diskstats"));
        AtomicLong clock = new AtomicLong();
        ProcHost host = new ProcHost(proc, clock::get);
        clock.addAndGet(TENTH);

        Figures figures = host.read();

        assertThat(figures.network()).isEqualTo(new Traffic(Double.NaN, Double.NaN));
        assertThat(figures.disk()).isEqualTo(new Traffic(Double.NaN, Double.NaN));
        assertThat(figures.memory().used()).isEqualTo((24_684_092L - 23_992_424L) * 1024);
    }

    @Test
    void readWhenThereIsNoProcUsesTheJdkAndSaysSo() throws IOException {
        Host host = Host.at(proc.resolve("missing"));

        assertThat(host.describe()).startsWith("the JDK: there is no ").contains("missing");
        Figures figures = host.read();
        assertThat(figures.memory().total()).isPositive();
        assertThat(figures.memory().usedShare()).isBetween(0.0, 1.0);
        assertThat(figures.cores()).isEmpty();
        assertThat(figures.network().in()).isNaN();
    }

    @Test
    void readOfThisMachineTellsItsMemory() throws IOException {
        Figures figures = Host.here().read();

        assertThat(figures.memory().total()).isPositive();
        assertThat(figures.memory().usedShare()).isBetween(0.0, 1.0);
    }
}

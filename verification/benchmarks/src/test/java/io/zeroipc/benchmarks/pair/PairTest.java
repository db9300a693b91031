package io.zeroipc.benchmarks.pair;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class PairTest {

    @TempDir
    Path directory;

    @Test
    @Tag("process")
    void shouldWriteTablesAndRecordsWhenTwoProcessesHaveMeasured() throws Exception {
        Path out = directory.resolve("out");
        long wrong = Pair.run(new Options("--out", out.toString(), "--directory", directory.toString(), "--forks", "1",
                "--rounds", "1", "--slice", "20", "--sizes", "64", "--transports", "raw,ring,queue,agrona-one-to-one",
                "--bursts", "10", "--rates", "10000", "--modes", "fill", "--waiting", "no"));
        assertThat(wrong).isZero();
        List<String> slices = Files.readAllLines(out.resolve("slices.csv"));
        assertThat(slices.subList(0, 4)).allMatch(line -> line.startsWith("# "));
        assertThat(slices).filteredOn(line -> line.startsWith("1,1,queue,64,"))
                .extracting(line -> line.split(",")[4])
                .containsExactly("throughput", "throughput-2p2c", "round-trip", "burst-10", "open-loop-10000");
        assertThat(Files.readString(out.resolve("pair.md"))).contains("machine: ", "command: ", "| SharedRing | ",
                "it has no consumers that share its messages: raw cache lines (throughput-2p2c); SharedRing (throughput-2p2c)");
        assertThat(out.resolve("round-trip-fill.png")).isNotEmptyFile();
        assertThat(directory).isDirectoryNotContaining("glob:**/zeroipc-pair-*");
    }

    @Test
    void shouldSayWhatIsWrongWhenAnOptionIsNotKnown() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Options("--long", "1"))
                .withMessageContaining("--long");
        assertThatIllegalArgumentException().isThrownBy(() -> new Options("--out")).withMessageContaining("--out");
        assertThatIllegalArgumentException().isThrownBy(() -> new Options("--sizes", "12"))
                .withMessageContaining("size=12");
        assertThatIllegalArgumentException().isThrownBy(() -> new Options("--transports", "pigeon"))
                .withMessageContaining("pigeon");
    }

    @Test
    void shouldTakeThreeDigitsWhenANumberIsWritten() {
        assertThat(Report.number(0.012345)).isEqualTo("0.0123");
        assertThat(Report.number(1.2345)).isEqualTo("1.23");
        assertThat(Report.number(123.45)).isEqualTo("123");
        assertThat(Report.number(0.99999)).isEqualTo("1.00");
        assertThat(Report.number(12345.6)).isEqualTo("12346");
        assertThat(Report.number(Double.NaN)).isEqualTo("0");
    }
}

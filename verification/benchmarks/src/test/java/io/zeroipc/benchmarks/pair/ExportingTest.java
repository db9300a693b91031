package io.zeroipc.benchmarks.pair;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

class ExportingTest {

    /** Every element arrives, in order, or it throws. */
    @Test
    void shouldHaveARowForEachPairOfLanguages() throws Exception {
        Requirements.program("g++");
        List<String> lines = Exporting.run(1, 10);
        assertThat(lines).filteredOn(line -> line.matches("\\| (Java|C\\+\\+) to .*")).hasSize(8);
        assertThat(lines).noneMatch(line -> line.contains("| 0 "));
    }
}

package io.zeroipc.benchmarks.pair;

import java.util.EnumSet;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.zeroipc.benchmarks.pair.Listening.Way;

import static org.assertj.core.api.Assertions.assertThat;

class ListeningTest {

    /** Without Kafka, whose broker takes long to start. */
    @Test
    void shouldHaveARowForEachWayWhenAllHaveListened() throws Exception {
        List<Way> ways = List.copyOf(EnumSet.complementOf(EnumSet.of(Way.KAFKA, Way.STREAM_KAFKA)));
        List<String> lines = Listening.run(1, 10_000_000, ways);
        assertThat(lines).filteredOn(line -> line.startsWith("| ")).hasSize(1 + ways.size());
        assertThat(lines).noneMatch(line -> line.contains("| 0 "));
    }
}

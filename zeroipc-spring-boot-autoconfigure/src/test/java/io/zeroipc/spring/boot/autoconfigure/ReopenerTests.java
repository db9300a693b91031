package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ReopenerTests {

    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    private Path directory;

    @Test
    void getWhenFileIsThereOpensIt() {
        try (Segment existing = builder().create(); Segment opened = reopener(Duration.ZERO).get()) {
            assertThat(existing.isCreated()).isTrue();
            assertThat(opened.isCreated()).isFalse();
        }
    }

    @Test
    void getWhenFileIsMissingLeavesItToThePeer() {
        Reopener reopener = reopener(NEVER);
        for (int i = 0; i < 3; i++) {
            assertThatExceptionOfType(SegmentNotFoundException.class).isThrownBy(reopener::get);
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void getWhenFileIsMissingForLongCreatesIt() {
        try (Segment created = reopener(Duration.ZERO).get()) {
            assertThat(created.isCreated()).isTrue();
        }
    }

    private Reopener reopener(Duration grace) {
        return new Reopener(() -> builder().open(), () -> builder().openOrCreate(), grace);
    }

    private SegmentBuilder builder() {
        return Segment.at(directory.resolve("market")).size(1 << 16);
    }
}

package io.zeroipc.flow;

import java.time.Duration;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;

class SharedEventStreamTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedEventStream events;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        events = SharedEventStream.create(segment, "strv");
    }

    @Test
    void shouldLetWaitersGoWhenThereIsAnEvent() throws Exception {
        SharedEventStream there = SharedEventStream.open(segments.open(segment), "strv");
        try (Waiter<Long> waiter = Waiter.of(() -> there.awaitMore(0, Duration.ofMinutes(1)))) {
            assertThat(events.emit()).isTrue();
            assertThat(waiter.get()).isEqualTo(1);
        }
        assertThat(there.awaitMore(1, Duration.ZERO)).isEqualTo(1);
        assertThat(there.awaitMore(0, Duration.ZERO)).isEqualTo(1);
    }

    @Test
    void shouldLetWaitersGoWhenItIsClosed() throws Exception {
        try (Waiter<Long> waiter = Waiter.of(() -> events.awaitMore(0, Duration.ofMinutes(1)))) {
            events.close();
            assertThat(waiter.get()).isZero();
        }
        assertThat(events.emit()).isFalse();
        assertThat(events.isClosed()).isTrue();
    }

    @Test
    void shouldCountEveryEventWhenManyEmit() throws Exception {
        SharedEventStream there = SharedEventStream.open(segments.open(segment), "strv");
        try (Waiter<Boolean> one = Waiter.running(() -> emit(events));
                Waiter<Boolean> two = Waiter.running(() -> emit(there))) {
            assertThat(one.get() && two.get()).isTrue();
        }
        assertThat(events.count()).isEqualTo(20_000);
    }

    private static void emit(SharedEventStream events) {
        for (int i = 0; i < 10_000; i++) {
            assertThat(events.emit()).isTrue();
        }
    }

    @Test
    void shouldBeTheSameStreamWhenWrittenByCpp() {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        SharedEventStream theirs = SharedEventStream.open(golden, "strv");
        assertThat(theirs.count()).isEqualTo(2);
        assertThat(theirs.isClosed()).isTrue();

        events.emit();
        events.emit();
        events.close();
        assertThat(StructureContract.hex(segment, "strv")).isEqualTo(StructureContract.hex(golden, "strv"));
    }
}

package io.zeroipc.flow;

import java.lang.foreign.ValueLayout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Allocation;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

/** What is promised to allocate nothing. */
class StateAllocationTest {

    private static final int OPERATIONS = 10_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldAllocateNothingWhenPrimitivesAreSetAndRead() {
        SharedState<Long> state = SharedState.create(segments.create(1 << 16), "state", Codecs.int64());
        StateWriter<Long> writer = state.writer();
        long[] sum = new long[1];

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                writer.setLong(i);
                sum[0] += state.getLong(-1) + state.version();
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenSlotsAreUsed() {
        SharedState<Checked> state = SharedState.create(segments.create(1 << 16), "state", Checked.CODEC);
        StateWriter<Checked> writer = state.writer();
        StateSubscription<Checked> changes = state.subscribe(Start.EARLIEST);
        long[] sum = new long[1];
        SlotConsumer consumer = (memory, offset) -> sum[0] += memory.get(ValueLayout.JAVA_LONG, offset);

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                writer.memory().set(ValueLayout.JAVA_LONG, writer.claim(), i);
                writer.publish();
                state.read(consumer);
                changes.pollSlot(consumer);
            }
        });
    }
}

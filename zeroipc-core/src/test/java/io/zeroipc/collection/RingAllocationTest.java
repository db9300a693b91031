package io.zeroipc.collection;

import java.lang.foreign.ValueLayout;
import java.util.function.LongConsumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Allocation;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

/** What is promised to allocate nothing. */
class RingAllocationTest {

    private static final int OPERATIONS = 10_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldAllocateNothingWhenPrimitivesAreMoved() {
        SharedRing<Long> ring = SharedRing.create(segments.create(1 << 16), "ring", Codecs.int64(), 64);
        LongRing.Writer writer = ring.writer().asLongs();
        LongRing.Reader reader = ring.reader().asLongs();
        long[] batch = new long[24];
        long[] sum = new long[1];
        LongConsumer adder = element -> sum[0] += element;

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                writer.offer(i);
                sum[0] += reader.poll(-1);
                writer.offerAll(batch, 0, 24);
                reader.drainTo(batch, 0, 24);
                writer.offer(i);
                reader.drainTo(adder, 9);
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenSlotsAreUsedInPlace() {
        SharedRing<Checked> ring = SharedRing.create(segments.create(1 << 16), "ring", Checked.CODEC, 8);
        RingWriter<Checked> writer = ring.writer();
        RingReader<Checked> reader = ring.reader();
        long[] sum = new long[1];
        SlotConsumer consumer = (memory, offset) -> sum[0] += memory.get(ValueLayout.JAVA_LONG, offset);

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                long claim = writer.tryClaim();
                writer.memory().set(ValueLayout.JAVA_LONG, claim, i);
                writer.publish();
                reader.pollSlot(consumer);
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenACursorFollows() {
        SharedRing<Long> ring = segments.create(1 << 16).create("ring", SharedRing.spec(Codecs.int64(), 64, true));
        LongRing.Writer writer = ring.writer().asLongs();
        RingCursor<Long> cursor = ring.cursor(Start.LATEST);
        LongRing.Cursor longs = cursor.asLongs();
        long[] batch = new long[24];
        long[] sum = new long[1];
        SlotConsumer consumer = (memory, offset) -> sum[0] += memory.get(ValueLayout.JAVA_LONG, offset);

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                writer.offer(i);
                writer.offer(i);
                cursor.pollSlot(consumer);
                sum[0] += longs.poll(-1);
                writer.offerAll(batch, 0, 24);
                longs.drainTo(batch, 0, 24);
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenWordsOfAnArrayAreUsed() {
        SharedArray<Long> array = SharedArray.create(segments.create(1 << 16), "array", Codecs.int64(), 64);
        long[] batch = new long[24];

        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                array.setLongRelease(i & 63, array.getLongAcquire((i + 1) & 63) + 1);
                array.getAndAddLong(i & 63, 1);
                array.setDouble(3, array.getDouble(4));
                array.copyTo(0, batch, 0, 24);
                array.copyFrom(batch, 0, 24, 24);
            }
        });
    }
}

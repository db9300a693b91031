package io.zeroipc.format;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.memory.Atomics;

import static org.assertj.core.api.Assertions.assertThat;

class TopicDescriptorTest {

    private static final long[] WRONG = {0, 1, -1, 7, 8, 63, 64, 65, 4096, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE,
            Long.MIN_VALUE};

    /** Wherever the table puts the block. */
    @ParameterizedTest
    @CsvSource({"3104,3,128", "3112,1,64", "3160,5,4096", "8,1000,8192", "4096,7,192"})
    void shouldHaveRoomForAllAndAlignItWhenFormatted(long offset, int chunks, long chunkSize) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = formatted(arena, offset, chunks, chunkSize);
            Layout layout = TopicDescriptor.layout(block);
            assertThat(TopicDescriptor.check(block, layout)).isNull();
            assertWithin(block, layout);
            assertThat((offset + layout.tail()) % 64).isZero();
            assertThat((offset + layout.chunk(0)) % 64).isZero();
            assertThat((offset + layout.data(0)) % (chunkSize < 4096 ? 64 : 4096)).isZero();
        }
    }

    @Test
    void shouldComputeNothingBeyondTheBlockWhenTheHeaderIsWrong() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = formatted(arena, 3104, 6, 128);
            for (long field = 0; field < 56; field += 8) {
                long right = Atomics.getLong(block, field);
                for (long wrong : WRONG) {
                    for (long value : new long[] {wrong, right + wrong, right - wrong}) {
                        Atomics.putLong(block, field, value);
                        Layout layout = TopicDescriptor.layout(block);
                        if (TopicDescriptor.check(block, layout) == null) {
                            assertWithin(block, layout);
                        }
                    }
                }
                Atomics.putLong(block, field, right);
            }
            assertThat(TopicDescriptor.check(block, TopicDescriptor.layout(block))).isNull();
            MemorySegment cut = block.asSlice(0, block.byteSize() - 1);
            assertThat(TopicDescriptor.check(cut, TopicDescriptor.layout(cut))).isNotNull();
            MemorySegment tiny = block.asSlice(0, 32);
            assertThat(TopicDescriptor.check(tiny, TopicDescriptor.layout(tiny))).isNotNull();
        }
    }

    @Test
    void shouldKeepApartWhatStandsInOneWord() {
        long word = TopicDescriptor.loaned(-1L, 255);
        assertThat(TopicDescriptor.generation(word)).as("wraps").isZero();
        assertThat(TopicDescriptor.state(word)).isEqualTo(TopicDescriptor.LOANED);
        assertThat(TopicDescriptor.publisher(word)).isEqualTo(255);
        assertThat(TopicDescriptor.holders(word)).isZero();
        long held = TopicDescriptor.loaned(word, 3) | TopicDescriptor.bit(31) | TopicDescriptor.bit(0);
        long sent = TopicDescriptor.sent(held);
        assertThat(TopicDescriptor.generation(sent)).isEqualTo(1);
        assertThat(TopicDescriptor.state(sent)).isEqualTo(TopicDescriptor.SENT);
        assertThat(TopicDescriptor.publisher(sent)).isZero();
        assertThat(TopicDescriptor.holders(sent)).isEqualTo(0x8000_0001);
        long freed = TopicDescriptor.freed(sent);
        assertThat(TopicDescriptor.state(freed)).isEqualTo(TopicDescriptor.FREE);
        assertThat(TopicDescriptor.generation(freed)).isEqualTo(1);
        assertThat(TopicDescriptor.holders(freed)).isZero();
        long owner = TopicDescriptor.foreignOwner(4711);
        assertThat(TopicDescriptor.isForeign(owner)).isTrue();
        assertThat(TopicDescriptor.pidOf(owner)).isEqualTo(4711);
        assertThat(TopicDescriptor.isForeign(ParticipantsDescriptor.owner(1023, -1, 0))).isFalse();
    }

    private static MemorySegment formatted(Arena arena, long offset, int chunks, long chunkSize) {
        MemorySegment block = arena.allocate(TopicDescriptor.byteSize(chunks, chunkSize), 8);
        TopicDescriptor.format(block, offset, chunks, chunkSize);
        return block;
    }

    private static void assertWithin(MemorySegment block, Layout layout) {
        int last = (int) layout.chunks() - 1;
        assertThat(layout.tail()).isGreaterThanOrEqualTo(64);
        assertThat(layout.subscriber(TopicDescriptor.SUBSCRIBERS - 1)).isLessThan(layout.publisher(0));
        assertThat(layout.publisher(TopicDescriptor.PUBLISHERS - 1)).isLessThan(layout.slot(0));
        assertThat(layout.slot(layout.slots() - 1)).isLessThan(layout.chunk(0));
        assertThat(layout.slot(-1)).isEqualTo(layout.slot(layout.slots() - 1));
        assertThat(layout.chunk(last) + 64).isLessThanOrEqualTo(layout.data(0));
        assertThat(layout.data(last) + layout.chunkSize()).isLessThanOrEqualTo(block.byteSize());
    }
}

package io.zeroipc.format;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.memory.Atomics;

import static org.assertj.core.api.Assertions.assertThat;

class ChannelDescriptorTest {

    /** As {@code sizeof} and {@code offsetof} of a C++ compiler have it: size and alignment, slot and data. */
    @ParameterizedTest
    @CsvSource({"4, 4, 8, 4", "8, 8, 16, 8", "5, 1, 7, 2", "16, 8, 24, 8", "1, 1, 3, 2", "2, 2, 4, 2", "12, 4, 16, 4"})
    void shouldHaveTheSlotOfCppWhenComputed(int elementSize, int alignment, long slot, long data) {
        assertThat(ChannelDescriptor.slotSize(elementSize, alignment)).isEqualTo(slot);
        assertThat(ChannelDescriptor.dataOffset(alignment)).isEqualTo(data);
        assertThat(ChannelDescriptor.reservedSlotSize(elementSize, alignment)).isEqualTo(Math.max(4, slot));
    }

    @Test
    void shouldSayWhatIsWrongWhenAHeaderIsNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocate(ChannelDescriptor.HEADER_SIZE, 8);
            assertThat(check(header)).isNull();
            ChannelDescriptor.format(header, 8);
            assertThat(check(header)).isNull();
            assertThat(ChannelDescriptor.capacity(header)).isEqualTo(8);

            assertThat(check(header.asSlice(0, 24))).contains("bytes=24").contains("32");
            Atomics.putByte(header, ChannelDescriptor.CLOSED_OFFSET, (byte) 2);
            assertThat(check(header)).contains("closed=2");
            ChannelDescriptor.format(header, -1);
            assertThat(check(header)).contains("capacity=4294967295");
        }
    }

    private static String check(MemorySegment header) {
        return ChannelDescriptor.check(header, ChannelDescriptor.capacity(header));
    }
}

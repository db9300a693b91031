package io.zeroipc.format;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class QueueDescriptorTest {

    /** The sizes that the C++ implementation records. */
    @ParameterizedTest
    @CsvSource({"8, 4, 48, 80", "4, 5, 40, 56", "2, 1, 24, 32", "4, 16, 80, 96",
            "1073741824, 8, 8589934608, 12884901904",
            "1073741824, 2147483647, 2305843008139952144, 2305843012434919440"})
    void shouldHaveTheSizeOfTheFormatWhenComputed(int capacity, int elementSize, long sequences, long bytes) {
        assertThat(QueueDescriptor.sequencesOffset(capacity, elementSize)).isEqualTo(sequences);
        assertThat(QueueDescriptor.byteSize(capacity, elementSize)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "4, 5", "8, 4", "64, 24", "256, 3"})
    void shouldBeRightWhenFormatted(int capacity, int elementSize) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(QueueDescriptor.byteSize(capacity, elementSize), 8);
            assertThat(check(block, elementSize)).isNull();
            assertThat(QueueDescriptor.isReady(block, QueueDescriptor.capacity(block), elementSize)).isFalse();
            assertThat(QueueDescriptor.isQueue(block)).isFalse();

            QueueDescriptor.format(block, capacity, elementSize);
            assertThat(check(block, elementSize)).isNull();
            assertThat(QueueDescriptor.isReady(block, QueueDescriptor.capacity(block), elementSize)).isTrue();
            assertThat(QueueDescriptor.isQueue(block)).isTrue();
            assertThat(check(block, elementSize + 1)).contains("element size differs");
            assertThat(check(block.asSlice(0, block.byteSize() - 1), elementSize)).isNotNull();
        }
    }

    @Test
    void shouldBeNoQueueWhenTheBlockIsTooSmall() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(QueueDescriptor.BYTE_SIZE_MIN - 1, 8);
            assertThat(check(block, 1)).contains("too small");
            assertThat(QueueDescriptor.isQueue(block)).isFalse();
        }
    }

    private static String check(MemorySegment block, int elementSize) {
        return QueueDescriptor.check(block, QueueDescriptor.capacity(block), elementSize);
    }
}

package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RingDescriptorTest {

    @Test
    void shouldAcceptWhatItFormats() {
        MemorySegment block = block(24 + 16);
        assertThat(RingDescriptor.isUnfinished(block)).isTrue();
        RingDescriptor.format(block, 16, 4);

        assertThat(RingDescriptor.isUnfinished(block)).isFalse();
        assertThat(RingDescriptor.check(block, 4)).isNull();
        assertThat(RingDescriptor.check(block, 0)).isNull();
        assertThat(RingDescriptor.check(block, 8)).contains("element size=4 (expected: 8)");
        assertThat(RingDescriptor.capacityBytes(block)).isEqualTo(16);
        assertThat(RingDescriptor.elementSize(block)).isEqualTo(4);
    }

    @Test
    void shouldBeUnfinishedWhenOneSizeIsMissing() {
        MemorySegment block = block(24 + 16);
        block.set(ValueLayout.JAVA_INT, RingDescriptor.CAPACITY_OFFSET, 16);
        assertThat(RingDescriptor.isUnfinished(block)).isTrue();
        block.set(ValueLayout.JAVA_INT, RingDescriptor.CAPACITY_OFFSET, 0);
        block.set(ValueLayout.JAVA_INT, RingDescriptor.ELEM_SIZE_OFFSET, 4);
        assertThat(RingDescriptor.isUnfinished(block)).isTrue();
    }

    /** The offsets are those that C++ computes with uint64_t. */
    @ParameterizedTest
    @CsvSource({"0, 24", "8, 32", "12, 24", "9223372036854775800, 24", "9223372036854775804, 28",
            "-9223372036854775808, 32", "-16, 24", "-4, 24"})
    void shouldTakePositionsForUnsignedWhenASlotIsLookedUp(long position, long offset) {
        assertThat(RingDescriptor.slotOffset(position, 12)).isEqualTo(offset);
    }

    @Test
    void shouldClampWhatIsUsedWhenPositionsAreNonsense() {
        MemorySegment block = block(24 + 16);
        RingDescriptor.format(block, 16, 4);
        block.set(ValueLayout.JAVA_LONG, RingDescriptor.WRITE_POS_OFFSET, 100);
        assertThat(RingDescriptor.usedBytes(block, 16)).isEqualTo(16);
        block.set(ValueLayout.JAVA_LONG, RingDescriptor.READ_POS_OFFSET, 104);
        assertThat(RingDescriptor.usedBytes(block, 16)).isZero();
        assertThat(RingDescriptor.check(block, 4)).contains("write_pos=100, read_pos=104");
    }

    @Test
    void shouldLimitTheCapacityToThirtyTwoBits() {
        assertThat(RingDescriptor.capacityMax(1)).isEqualTo(4294967295L);
        assertThat(RingDescriptor.capacityMax(8)).isEqualTo(536870911L);
        assertThat(RingDescriptor.byteSize(RingDescriptor.CAPACITY_BYTES_MAX)).isEqualTo(4294967319L);
    }

    private static MemorySegment block(int bytes) {
        return MemorySegment.ofArray(new long[(bytes + 7) / 8]).asSlice(0, bytes);
    }
}

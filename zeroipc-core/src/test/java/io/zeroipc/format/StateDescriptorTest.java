package io.zeroipc.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StateDescriptorTest {

    @Test
    void shouldAcceptWhatItFormats() {
        MemorySegment block = block(StateDescriptor.byteSize(100, 8));
        assertThat(StateDescriptor.isUnfinished(block)).isTrue();
        StateDescriptor.format(block, 100, 8);

        assertThat(block.byteSize()).isEqualTo(64 + 8 * 128);
        assertThat(StateDescriptor.isUnfinished(block)).isFalse();
        assertThat(StateDescriptor.check(block, StateDescriptor.slotCount(block), 100)).isNull();
        assertThat(StateDescriptor.check(block, StateDescriptor.slotCount(block), 0)).isNull();
        assertThat(StateDescriptor.check(block, StateDescriptor.slotCount(block), 4))
                .contains("payload_size=100 (expected: 4)");
        assertThat(StateDescriptor.slotCount(block)).isEqualTo(8);
        assertThat(StateDescriptor.slotStride(block)).isEqualTo(128);
    }

    @Test
    void shouldBeginWithALegibleWord() {
        MemorySegment block = block(StateDescriptor.byteSize(8, 4));
        StateDescriptor.format(block, 8, 4);

        byte[] first = Arrays.copyOf(block.toArray(ValueLayout.JAVA_BYTE), 8);
        assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("ZIPCSTAT");
    }

    @Test
    void shouldKeepSlotsALineApartWhenValuesAreSmall() {
        assertThat(StateDescriptor.slotStride(1)).isEqualTo(64);
        assertThat(StateDescriptor.slotStride(40)).isEqualTo(64);
        assertThat(StateDescriptor.slotStride(41)).isEqualTo(128);
        assertThat(StateDescriptor.slotOffset(1, 4, 64)).isEqualTo(128);
        assertThat(StateDescriptor.slotOffset(4, 4, 64)).isEqualTo(64);
        assertThat(StateDescriptor.slotOffset((1L << 40) + 3, 4, 64)).isEqualTo(64 + 3 * 64);
    }

    @Test
    void shouldTellVersionsApartWhenASlotIsUsedAgain() {
        assertThat(StateDescriptor.writing(1)).isEqualTo(1);
        assertThat(StateDescriptor.complete(1)).isEqualTo(2);
        assertThat(StateDescriptor.writing(5)).isEqualTo(9);
        assertThat(StateDescriptor.complete(5)).isEqualTo(10);
    }

    private static MemorySegment block(long bytes) {
        return MemorySegment.ofArray(new long[(int) ((bytes + 7) / 8)]).asSlice(0, bytes);
    }
}

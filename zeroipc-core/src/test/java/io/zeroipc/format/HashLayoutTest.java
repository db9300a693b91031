package io.zeroipc.format;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.format.MapDescriptor.EntryLayout;

import static org.assertj.core.api.Assertions.assertThat;

/** Sizes and offsets of C++ structs, as g++ lays them out. */
class HashLayoutTest {

    @ParameterizedTest(name = "element of {0} bytes, aligned to {1}")
    @CsvSource({"4, 4, 8, 4", "8, 8, 16, 8", "5, 1, 12, 4", "16, 8, 24, 8", "1, 1, 8, 4", "2, 2, 8, 4", "12, 4, 16, 4"})
    void shouldLayOutEntriesOfSetsAsCppWhenElementsAreSuch(int size, int alignment, long entrySize, long valueOffset) {
        assertThat(SetDescriptor.entrySize(size, alignment)).isEqualTo(entrySize);
        assertThat(SetDescriptor.valueOffset(alignment)).isEqualTo(valueOffset);
    }

    @ParameterizedTest(name = "key {0}/{1}, value {2}/{3}")
    @CsvSource({"4, 4, 4, 4, 12, 4, 8", "4, 4, 8, 8, 16, 4, 8", "4, 4, 1, 1, 12, 4, 8", "8, 8, 8, 8, 24, 8, 16",
            "8, 8, 4, 4, 24, 8, 16", "8, 8, 1, 1, 24, 8, 16", "2, 2, 4, 4, 12, 4, 8", "1, 1, 1, 1, 8, 4, 5",
            "5, 1, 4, 4, 16, 4, 12", "16, 8, 4, 4, 32, 8, 24", "16, 8, 8, 8, 32, 8, 24"})
    void shouldLayOutEntriesOfMapsAsCppWhenKeysAndValuesAreSuch(int keySize, int keyAlignment, int valueSize,
            int valueAlignment, long entrySize, long keyOffset, long valueOffset) {
        EntryLayout entry = new EntryLayout(keySize, keyAlignment, valueSize, valueAlignment);
        assertThat(entry.size()).isEqualTo(entrySize);
        assertThat(entry.keyOffset()).isEqualTo(keyOffset);
        assertThat(entry.valueOffset()).isEqualTo(valueOffset);
    }

    @ParameterizedTest(name = "element of {0} bytes, aligned to {1}")
    @CsvSource({"4, 4, 8, 4", "8, 8, 16, 8", "5, 1, 12, 8", "16, 8, 24, 16", "1, 1, 8, 4", "2, 2, 8, 4",
            "12, 4, 16, 12"})
    void shouldLayOutNodesOfPoolsAsCppWhenElementsAreSuch(int size, int alignment, long nodeSize, long linkOffset) {
        assertThat(PoolDescriptor.nodeSize(size, alignment)).isEqualTo(nodeSize);
        assertThat(PoolDescriptor.linkOffset(size)).isEqualTo(linkOffset);
    }
}

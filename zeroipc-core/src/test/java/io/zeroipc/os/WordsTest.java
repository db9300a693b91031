package io.zeroipc.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

import org.junit.jupiter.api.Test;

import io.zeroipc.memory.Atomics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class WordsTest {

    @Test
    void shouldReachTheSameWordsAsAtomicsWhereverTheMemoryBegins() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(32, 8).asSlice(8, 16);
            Words words = new Words(memory);
            words.setIntRelease(0, 1);
            words.setIntRelease(12, -2);

            assertThat(Atomics.getInt(memory, 0)).isEqualTo(1);
            assertThat(Atomics.getInt(memory, 12)).isEqualTo(-2);
            assertThat(words.getIntOpaque(0)).isEqualTo(words.getIntAcquire(0)).isEqualTo(1);

            assertThat(words.compareAndSetInt(0, 2, 3)).isFalse();
            assertThat(words.compareAndSetInt(0, 1, 3)).isTrue();
            assertThat(words.getAndAddInt(0, 4)).isEqualTo(3);
            assertThat(Atomics.getInt(memory, 0)).isEqualTo(7);

            words.putLong(8, Long.MIN_VALUE);
            assertThat(Atomics.getLong(memory, 8)).isEqualTo(words.getLong(8)).isEqualTo(Long.MIN_VALUE);
            words.setLongRelease(8, 5);
            assertThat(words.compareAndSetLong(8, 6, 7)).isFalse();
            assertThat(words.compareAndSetLong(8, 5, 7)).isTrue();
            assertThat(Atomics.getLong(memory, 8)).isEqualTo(words.getLongAcquire(8)).isEqualTo(7);
        }
    }

    @Test
    void shouldSayThatAnOffsetIsWrongWhereAssertionsAreEnabled() {
        try (Arena arena = Arena.ofConfined()) {
            Words words = new Words(arena.allocate(16, 8));

            for (long wrong : new long[] {-8, 9, 16}) {
                assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> words.getLong(wrong));
            }
            for (long wrong : new long[] {-4, 2, 13, 16}) {
                assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> words.getIntAcquire(wrong));
            }
        }
    }
}

package io.zeroipc.sync;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SharedCounterTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void shouldDoAsAnAtomicLongDoesWhenChanged(int width) {
        SharedCounter counter = segment.create("c", SharedCounter.spec(width));

        assertThat(counter.width()).isEqualTo(width);
        assertThat(segment.blocks("c").require("").byteSize()).isEqualTo(width);
        assertThat(counter.incrementAndGet()).isEqualTo(1);
        assertThat(counter.addAndGet(10)).isEqualTo(11);
        assertThat(counter.getAndAdd(-20)).isEqualTo(11);
        assertThat(counter.decrementAndGet()).isEqualTo(-10);
        assertThat(counter.getAndSet(7)).isEqualTo(-10);
        assertThat(counter.compareAndSet(8, 9)).isFalse();
        assertThat(counter.compareAndSet(7, -9)).isTrue();
        assertThat(counter.maxAndGet(-12)).isEqualTo(-9);
        assertThat(counter.maxAndGet(12)).isEqualTo(12);
        assertThat(counter.get()).isEqualTo(12);
        assertThat(counter.occupancy().capacity()).isZero();
    }

    @Test
    void shouldWrapWhenTheEndOfTheWidthIsPassed() {
        SharedCounter narrow = segment.create("n", SharedCounter.spec(4));
        narrow.set(Integer.MAX_VALUE);
        assertThat(narrow.incrementAndGet()).isEqualTo(Integer.MIN_VALUE);
        assertThat(narrow.get()).isEqualTo(Integer.MIN_VALUE);
        narrow.set(-1);
        assertThat(narrow.incrementAndGet()).isZero();
        narrow.set(0);
        assertThat(narrow.addAndGet(1L << 32)).isZero();

        SharedCounter wide = SharedCounter.create(segment, "w");
        wide.set(0xFFFF_FFFFL);
        assertThat(wide.incrementAndGet()).isEqualTo(1L << 32);
        wide.set(Long.MAX_VALUE);
        assertThat(wide.incrementAndGet()).isEqualTo(Long.MIN_VALUE);
    }

    @Test
    void shouldRefuseWhatHasNoRoomWhenNarrow() {
        SharedCounter counter = segment.create("c", SharedCounter.spec(4));

        assertThatIllegalArgumentException().isThrownBy(() -> counter.set(1L << 31))
                .withMessageContaining("name=c, value=2147483648, width=4");
        assertThatIllegalArgumentException().isThrownBy(() -> counter.getAndSet(-1L << 32));
        assertThatIllegalArgumentException().isThrownBy(() -> counter.compareAndSet(0, 1L << 32));
        assertThat(counter.compareAndSet(1L << 32, 5)).isFalse();
        assertThat(counter.get()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> SharedCounter.spec(2)).withMessageContaining("width=2");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("c", SharedCounter.spec(8)))
                .withMessageContaining("stored=4, asked for=8");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void shouldLoseNothingWhenManyThreadsCount(int width) throws Exception {
        SharedCounter counter = segment.create("c", SharedCounter.spec(width));
        SharedCounter other = SharedCounter.open(segments.open(segment), "c");
        List<Waiter<Boolean>> threads = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                SharedCounter mine = i % 2 == 0 ? counter : other;
                threads.add(Waiter.running(() -> {
                    for (int round = 0; round < 10_000; round++) {
                        mine.incrementAndGet();
                    }
                }));
            }
            for (Waiter<Boolean> thread : threads) {
                assertThat(thread.get()).isTrue();
            }
        } finally {
            threads.forEach(Waiter::close);
        }
        assertThat(counter.get()).isEqualTo(40_000);
    }
}

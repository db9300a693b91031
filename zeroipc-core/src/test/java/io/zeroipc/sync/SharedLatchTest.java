package io.zeroipc.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SharedLatchTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
    }

    @Test
    void shouldOpenWhenCountedDown() throws Exception {
        SharedLatch latch = SharedLatch.create(segment, "l", 3);

        latch.countDown();
        assertThat(latch.getCount()).isEqualTo(2);
        assertThat(latch.isOpen()).isFalse();
        assertThat(latch.occupancy()).isEqualTo(new Occupancy(1, 3, "counts"));
        latch.countDown(7);
        assertThat(latch.getCount()).isZero();
        assertThat(latch.isOpen()).isTrue();
        latch.countDown();
        assertThat(latch.getCount()).isZero();
        assertThat(latch.await(Duration.ZERO)).isTrue();
        latch.await();
        latch.reset();
        assertThat(latch.getCount()).isEqualTo(3);
        assertThat(latch.await(Duration.ZERO)).isFalse();
    }

    @Test
    void shouldRefuseImpossibleNumbersWhenAsked() {
        assertThatIllegalArgumentException().isThrownBy(() -> SharedLatch.spec(-1)).withMessageContaining("count=-1");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedLatch.create(segment, "l", 0))
                .withMessageContaining("count=0 (expected: 1 or more");
        SharedLatch latch = SharedLatch.create(segment, "l", 1);
        assertThatIllegalArgumentException().isThrownBy(() -> latch.countDown(0)).withMessageContaining("times=0");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedLatch.openOrCreate(segment, "l", 2))
                .withMessageContaining("stored=1, asked for=2");
    }

    @Test
    void shouldLetAllGoAndSeeWhatWasDoneWhenTheLastCountComes() throws Exception {
        int workers = 4;
        SharedLatch latch = SharedLatch.create(segment, "l", workers);
        SharedArray<Long> array = SharedArray.create(segment, "a", Codecs.int64(), workers);
        SharedLatch other = SharedLatch.open(segments.open(segment), "l");
        List<Waiter<?>> threads = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                threads.add(Waiter.running(() -> {
                    latch.await();
                    for (int slot = 0; slot < workers; slot++) {
                        assertThat(array.get(slot)).isEqualTo(slot + 1);
                    }
                }));
            }
            for (int i = 0; i < workers; i++) {
                long slot = i;
                threads.add(Waiter.running(() -> {
                    array.set(slot, slot + 1);
                    other.countDown();
                }));
            }
            for (Waiter<?> thread : threads) {
                assertThat(thread.get()).isEqualTo(true);
            }
        } finally {
            threads.forEach(Waiter::close);
        }
        assertThat(latch.isOpen()).isTrue();
    }

    @Test
    void shouldStopWaitingWhenInterruptedOrClosed() throws Exception {
        SharedLatch latch = SharedLatch.create(segment, "l", 1);
        Segment closing = segments.open(segment);
        SharedLatch other = SharedLatch.open(closing, "l");

        assertThat(latch.await(Duration.ofMillis(3))).isFalse();
        try (Waiter<Boolean> interrupted = Waiter.running(latch::await);
                Waiter<Boolean> closed = Waiter.of(() -> other.await(Duration.ofDays(1)))) {
            interrupted.interrupt();
            assertThat(interrupted.failure()).isInstanceOf(InterruptedException.class);
            closing.close();
            assertThat(closed.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(latch.getCount()).isEqualTo(1);
    }

    @Test
    void shouldReachTheEndWhenCountsAreTheLargest() {
        SharedLatch latch = SharedLatch.create(segment, "largest", Integer.MAX_VALUE);
        latch.countDown(Integer.MAX_VALUE - 1);
        assertThat(latch.getCount()).isEqualTo(1);
        latch.countDown(Integer.MAX_VALUE);
        assertThat(latch.isOpen()).isTrue();
        latch.reset();
        assertThat(latch.getCount()).isEqualTo(Integer.MAX_VALUE);
        assertThat(latch.occupancy().used()).isZero();
    }
}

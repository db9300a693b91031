package io.zeroipc.collection;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What is promised to allocate nothing allocates nothing, once it is compiled. */
class QueueAllocationTest {

    private static final int OPERATIONS = 20_000;
    private static final int ROUNDS = 50;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private SharedQueue<Long> queue;

    @BeforeEach
    void createQueue() {
        queue = SharedQueue.create(segments.create(1 << 16), "queue", Codecs.int64(), 64);
    }

    @Test
    void shouldAllocateNothingWhenUsedWithoutBoxing() {
        LongQueueView view = queue.asLongs();
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                view.offer(i);
                view.poll(-1);
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenUsedInBatches() {
        LongQueueView view = queue.asLongs();
        long[] batch = new long[32];
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS / 10; i++) {
                view.offerAll(batch, 0, batch.length);
                view.drainTo(batch, 0, batch.length);
            }
        });
    }

    @Test
    void shouldAllocateNothingWhenUsedInPlace() {
        SlotConsumer consumer = (memory, offset) -> Atomics.putLong(memory, offset, 1);
        assertAllocatesNothing(() -> {
            for (int i = 0; i < OPERATIONS; i++) {
                long claim = queue.tryClaim();
                Atomics.putLong(queue.slots(), queue.slotOffset(claim), i);
                queue.publish(claim);
                queue.poll(consumer);
                queue.abort(queue.tryClaim());
            }
        });
    }

    /** Compilation happens at some time, and the compiler allocates elsewhere: one round without is enough. */
    private static void assertAllocatesNothing(Runnable operations) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS && least > 0; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            operations.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes allocated by %s operations", OPERATIONS).isZero();
    }
}

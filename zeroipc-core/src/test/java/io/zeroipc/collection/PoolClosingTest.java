package io.zeroipc.collection;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;

/** A node belongs to whoever allocated it, also after that segment was closed: here somebody else frees it. */
class PoolClosingTest extends ClosingContract {

    private static final int CAPACITY = 8;

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                new Scenario("allocate and free", keep -> new Nodes(keep, false)),
                new Scenario("nodes allocated by others", keep -> new Nodes(keep, true)));
    }

    private static final class Nodes implements Rounds {

        private final SharedPool<Long> pool;
        private final boolean foreign;
        /** The node that each thread has, plus 1. */
        private final AtomicIntegerArray owned = new AtomicIntegerArray(THREADS);

        Nodes(Segment keep, boolean foreign) {
            this.pool = SharedPool.create(keep, "pool", Codecs.int64(), CAPACITY);
            this.foreign = foreign;
        }

        @Override
        public Waiter.Action open(Segment closing, int thread) {
            SharedPool<Long> there = SharedPool.open(closing, "pool", Codecs.int64());
            return () -> {
                int node = there.allocate();
                owned.set(thread, node + 1);
                if (foreign) {
                    // Programs in other languages leave the link as it was.
                    Atomics.putInt(pool.memory(), pool.offset(node) + Long.BYTES, PoolDescriptor.NULL_INDEX);
                }
                there.set(node, (long) node);
                assertThat(there.get(node)).isEqualTo(node);
                there.free(node);
                owned.set(thread, 0);
            };
        }

        @Override
        public void check() {
            for (int i = 0; i < THREADS; i++) {
                if (owned.get(i) != 0) {
                    pool.free(owned.getAndSet(i, 0) - 1);
                }
            }
            assertThat(pool.allocated()).isZero();
            Set<Integer> all = new HashSet<>();
            for (int i = 0; i < CAPACITY; i++) {
                all.add(pool.allocate());
            }
            assertThat(all).hasSize(CAPACITY).doesNotContain(SharedPool.NO_HANDLE);
            assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
            all.forEach(pool::free);
            assertThat(pool.allocated()).isZero();
        }
    }
}

package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.PoolNodes.Stripes;
import io.zeroipc.format.PoolDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SharedPoolTest {

    private static final int CAPACITY = 4;
    private static final long NODE_SIZE = 16;
    private static final long LINK_OFFSET = PoolDescriptor.NODES_OFFSET + 8;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedPool<Long> pool;
    private MemorySegment block;

    @BeforeEach
    void createPool() {
        segment = segments.create(1 << 14);
        pool = SharedPool.create(segment, "pool", Codecs.int64(), CAPACITY);
        block = segment.blocks("pool").require("").memory();
    }

    @Test
    void shouldHandOutEachNodeOnceWhenAllocating() {
        Set<Integer> handles = allocateAll();

        assertThat(handles).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
        assertThat(pool.allocated()).isEqualTo(CAPACITY);
        pool.free(2);
        assertThat(pool.allocated()).isEqualTo(3);
        assertThat(pool.allocate()).isEqualTo(2);
        assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
    }

    @Test
    void shouldKeepElementsApartWhenNodesAreWritten() {
        for (int handle : allocateAll()) {
            pool.set(handle, -1L - handle);
        }
        for (int handle = 0; handle < CAPACITY; handle++) {
            assertThat(pool.get(handle)).isEqualTo(-1L - handle);
            assertThat(Atomics.getLong(pool.memory(), pool.offset(handle))).isEqualTo(-1L - handle);
            pool.free(handle);
        }
        assertThat(allocateAll()).hasSize(CAPACITY);
        assertThat(pool.get(1)).isEqualTo(-2);
    }

    @Test
    void shouldRefuseAndChangeNothingWhenANodeIsFreedTwice() {
        allocateAll();
        pool.free(1);
        pool.free(3);
        byte[] before = bytes();

        for (int handle : new int[] {1, 3}) {
            assertThatIllegalStateException().isThrownBy(() -> pool.free(handle))
                    .withMessageContaining("handle=" + handle)
                    .withMessageContaining("name=pool")
                    .withMessageContaining(segment.name());
        }
        assertThat(bytes()).isEqualTo(before);
        assertThat(allocateOne(1, 3)).isNotEqualTo(allocateOne(1, 3));
        assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
    }

    @Test
    void shouldRefuseWhenANodeWasNeverAllocated() {
        assertThatIllegalStateException().isThrownBy(() -> pool.free(0));
        assertThatIllegalStateException().isThrownBy(() -> pool.free(3));
        assertThat(pool.allocated()).isZero();
        assertThat(allocateAll()).hasSize(CAPACITY);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, CAPACITY, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldRefuseWhenAHandleIsNoNode(int handle) {
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pool.free(handle))
                .withMessageContaining("handle=" + handle)
                .withMessageContaining("0 to 3");
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pool.get(handle));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pool.set(handle, 1L));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pool.offset(handle));
    }

    @Test
    void shouldFreeANodeOnceWhenAnotherProgramAllocatedIt() {
        int first = allocateAsCpp();
        int second = allocateAsCpp();
        assertThat(pool.allocated()).isEqualTo(2);

        pool.free(first);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(first));
        pool.free(second);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(first));
        assertThat(pool.allocated()).isZero();
        assertThat(allocateAll()).hasSize(CAPACITY);
    }

    @Test
    void shouldFreeTheLastNodeWhenAnotherProgramAllocatedItFromAFullPool() {
        for (int i = 0; i < CAPACITY; i++) {
            allocateAsCpp();
        }
        pool.free(3);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(3));
        assertThat(pool.allocate()).isEqualTo(3);
    }

    @Test
    void shouldRefuseWhenAnotherProgramFreedTheNode() {
        int handle = pool.allocate();
        freeAsCpp(handle);

        assertThatIllegalStateException().isThrownBy(() -> pool.free(handle));
        assertThat(allocateAll()).hasSize(CAPACITY);
    }

    @Test
    void shouldReportDamageInsteadOfSpinningWhenTheListIsACircle() {
        int first = pool.allocate();
        freeAsCpp(first);
        freeAsCpp(first);

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(pool::allocate)
                .withMessageContaining("pool is damaged")
                .withMessageContaining("link=" + first);
        assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> pool.free(2))
                .withMessageContaining("damaged");
    }

    @ParameterizedTest
    @ValueSource(ints = {CAPACITY, -2, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldTouchNoForeignByteWhenALinkIsNonsense(int link) {
        Atomics.putInt(block, LINK_OFFSET, link);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(pool::allocate)
                .withMessageContaining("link=" + link);

        Atomics.putLong(block, PoolDescriptor.FREE_HEAD_OFFSET, Integer.toUnsignedLong(link));
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(pool::allocate)
                .withMessageContaining("first free=" + link);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> pool.free(1));
    }

    @Test
    void shouldFreeOneAfterTheOtherWhenThreadsDoItThroughMappingsOfTheirOwn() throws Exception {
        Segment mapping = segments.open(segment);
        SharedPool<Long> other = SharedPool.open(mapping, "pool", Codecs.int64());
        int node = pool.allocate();
        Blocks blocks = segment.blocks("pool");
        Stripes stripes = blocks.shared(Stripes.class, blocks.require(""), () -> {
            throw new AssertionError("the pool has none");
        });
        AtomicReference<Throwable> refused = new AtomicReference<>();
        Thread freeing = new Thread(() -> {
            try {
                other.free(node);
            } catch (IllegalStateException e) {
                refused.set(e);
            }
        });
        synchronized (stripes.of(node)) {
            freeing.start();
            await().until(() -> freeing.getState() == Thread.State.BLOCKED);
            // It is in our way, so we are not in its.
            pool.free(node);
        }
        freeing.join();
        assertThat(refused.get()).hasMessageStartingWith("node is free already");
        assertThat(pool.allocated()).isZero();
        assertThat(allocateAll()).hasSize(CAPACITY);
    }

    @Test
    void shouldFreeANodeOnceWhenThreadsDoItAtTheSameTime() throws Exception {
        int threads = 4;
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int round = 0; round < 500; round++) {
                int handle = round % 2 == 0 ? pool.allocate() : allocateAsCpp();
                CountDownLatch start = new CountDownLatch(threads);
                Set<Future<Boolean>> results = new HashSet<>();
                for (int i = 0; i < threads; i++) {
                    results.add(executor.submit(() -> {
                        start.countDown();
                        start.await();
                        try {
                            pool.free(handle);
                            return true;
                        } catch (IllegalStateException e) {
                            return false;
                        }
                    }));
                }
                int freed = 0;
                for (Future<Boolean> each : results) {
                    freed += each.get(1, TimeUnit.MINUTES) ? 1 : 0;
                }
                assertThat(freed).as("threads that freed node %s in round %s", handle, round).isEqualTo(1);
            }
        }
        assertThat(pool.allocated()).isZero();
        assertThat(allocateAll()).hasSize(CAPACITY);
    }

    @Test
    void shouldBeRefusedWhenTheAlignmentOrTheCapacityDiffers() {
        record Pair(int a, int b) {}
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedPool.open(segment, "pool", Codecs.record(Pair.class)))
                .withMessageContaining("alignment=4");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("pool", SharedPool.spec(Codecs.int64(), 5)))
                .withMessageContaining("asked for=5");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedPool.create(segment, "other", Codecs.int64(), 0))
                .withMessageContaining("capacity=0");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedPool.spec(Codecs.int64(), -1))
                .withMessageContaining("capacity=-1");
    }

    private Set<Integer> allocateAll() {
        Set<Integer> handles = new HashSet<>();
        for (int handle = pool.allocate(); handle != SharedPool.NO_HANDLE; handle = pool.allocate()) {
            assertThat(handles.add(handle)).as("handle %s is new", handle).isTrue();
        }
        return handles;
    }

    private int allocateOne(Integer... expected) {
        int handle = pool.allocate();
        assertThat(handle).isIn((Object[]) expected);
        return handle;
    }

    private byte[] bytes() {
        return block.toArray(ValueLayout.JAVA_BYTE);
    }

    /** What the C++ implementation does when nobody else is there: the link of the node stays as it is. */
    private int allocateAsCpp() {
        long head = Atomics.getLong(block, PoolDescriptor.FREE_HEAD_OFFSET);
        int index = PoolDescriptor.index(head);
        int next = Atomics.getInt(block, LINK_OFFSET + NODE_SIZE * index);
        Atomics.putLong(block, PoolDescriptor.FREE_HEAD_OFFSET, PoolDescriptor.next(head, next));
        Atomics.getAndAddInt(block, PoolDescriptor.ALLOCATED_OFFSET, 1);
        return index;
    }

    private void freeAsCpp(int index) {
        long head = Atomics.getLong(block, PoolDescriptor.FREE_HEAD_OFFSET);
        Atomics.putInt(block, LINK_OFFSET + NODE_SIZE * index, PoolDescriptor.index(head));
        Atomics.putLong(block, PoolDescriptor.FREE_HEAD_OFFSET, PoolDescriptor.next(head, index));
        Atomics.getAndAddInt(block, PoolDescriptor.ALLOCATED_OFFSET, -1);
    }
}

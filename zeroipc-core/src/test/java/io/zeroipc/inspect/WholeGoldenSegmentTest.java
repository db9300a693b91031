package io.zeroipc.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.segment.OnClose;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.GoldenSegment;

import static org.assertj.core.api.Assertions.assertThat;

/** One of each structure, made by the steps of the C++ program that wrote the golden segment. */
class WholeGoldenSegmentTest {

    /** Numbers that differ, and why; all other bytes are the same. {@code docs/compatibility.md} lists them. */
    private static final List<Difference> DIFFERENCES = List.of(
            new Difference("recorded size of sig_i_state: Python takes 8 + s and nothing else, C++ looks at none", 1512,
                    16, 12),
            new Difference("link of allocated node 1 of pool_d: itself, so that a second free is noticed", 7248 + 48, 2,
                    1),
            new Difference("link of allocated node 0 of pool_5: itself, so that a second free is noticed", 7320 + 32, 1,
                    0));
    private static final List<Integer> CLOCKS = List.of(7696 + 8, 7976 + 8);

    @TempDir
    Path directory;

    private record Difference(String reason, int offset, int cpp, int java) {}

    record S16(long a, long b) {}

    @Test
    void shouldWriteTheSameSegmentWhenTakingTheSameSteps() throws Exception {
        // The clock of futures may be finer than this one.
        Instant begin = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        Path path = directory.resolve("java");
        try (Segment segment = Segment.at(path)
                .size(GoldenSegment.SIZE)
                .maxEntries(GoldenSegment.MAX_ENTRIES)
                .catalogue(false)
                .onClose(OnClose.KEEP)
                .create()) {
            makeCollections(segment);
            makeSynchronisers(segment);
            makeFlows(segment);
        }
        Instant end = Instant.now().plusMillis(1);
        ByteBuffer written = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer golden = ByteBuffer.wrap(GoldenSegment.bytes()).order(ByteOrder.LITTLE_ENDIAN);

        for (Difference each : DIFFERENCES) {
            assertThat(golden.getInt(each.offset())).as("C++, " + each.reason()).isEqualTo(each.cpp());
            assertThat(written.getInt(each.offset())).as("Java, " + each.reason()).isEqualTo(each.java());
            written.putInt(each.offset(), each.cpp());
        }
        for (int clock : CLOCKS) {
            assertThat(Instant.EPOCH.plusNanos(written.getLong(clock))).as("clock at %s", clock).isBetween(begin, end);
            written.putLong(clock, golden.getLong(clock));
        }
        assertThat(written.array()).hasSameSizeAs(golden.array());
        assertThat(IntStream.range(0, golden.capacity())
                .filter(position -> written.get(position) != golden.get(position))
                .boxed()).as("offsets of bytes that differ").isEmpty();
    }

    private static void makeCollections(Segment segment) {
        SharedArray<Integer> array = SharedArray.create(segment, "arr", Codecs.int32(), 5);
        for (int i = 0; i < 5; i++) {
            array.set(i, i + 1);
        }
        SharedQueue<Integer> queue = SharedQueue.create(segment, "q", Codecs.int32(), 5);
        assertThat(queue.offer(11) && queue.offer(22) && queue.offer(33)).isTrue();
        assertThat(queue.poll()).isEqualTo(11);
        assertThat(SharedQueue.create(segment, "q5", Codecs.string(5), 3).offer("hello")).isTrue();
        SharedStack<Double> stack = SharedStack.create(segment, "stk", Codecs.float64(), 3);
        assertThat(stack.push(1.5) && stack.push(2.5)).isTrue();
        assertThat(stack.pop()).isEqualTo(2.5);
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        try (RingWriter<Integer> writer = ring.writer(); RingReader<Integer> reader = ring.reader()) {
            assertThat(writer.offer(7) && writer.offer(8)).isTrue();
            assertThat(reader.poll()).isEqualTo(7);
        }
        SharedMap<Integer, Integer> map = SharedMap.create(segment, "map_ii", Codecs.int32(), Codecs.int32(), 7);
        assertThat(map.put(1, 100) && map.put(-1, 200) && map.put(8, 300)).isTrue();
        assertThat(map.remove(8)).isEqualTo(300);
        SharedMap.create(segment, "map_id", Codecs.int32(), Codecs.float64(), 7).put(5, 2.5);
        SharedMap.create(segment, "map_ll", Codecs.int64(), Codecs.int64(), 7).put(-3L, 9L);
        SharedMap.create(segment, "map_si", Codecs.record(S16.class), Codecs.int32(), 7).put(new S16(1, 2), 77);
        SharedSet<Integer> set = SharedSet.create(segment, "set_i", Codecs.int32(), 5);
        assertThat(set.add(42) && set.add(43) && set.remove(43)).isTrue();
        SharedSet.create(segment, "set_d", Codecs.float64(), 5).add(1.25);
        SharedPool<Double> doubles = SharedPool.create(segment, "pool_d", Codecs.float64(), 3);
        int x = doubles.allocate();
        doubles.set(x, 6.5);
        doubles.set(doubles.allocate(), 7.5);
        doubles.free(x);
        SharedPool<String> texts = SharedPool.create(segment, "pool_5", Codecs.string(5), 3);
        texts.set(texts.allocate(), "hello");
    }

    private static void makeSynchronisers(Segment segment) throws InterruptedException {
        assertThat(segment.create("sem", SharedSemaphore.spec(3, 10)).tryAcquire()).isTrue();
        SharedMutex.create(segment, "mtx").lock();
        SharedRwLock.create(segment, "rw").readLock().lock();
        SharedMonitor.create(segment, "mon").lock();
        SharedBarrier.create(segment, "bar", 4);
        SharedLatch.create(segment, "lat", 9).countDown(2);
        assertThat(SharedOnce.create(segment, "once").run(() -> {})).isTrue();
        SharedEvent.create(segment, "ev_a", SharedEvent.Mode.AUTO).signal();
        SharedEvent.create(segment, "ev_m", SharedEvent.Mode.MANUAL).signal();
    }

    private static void makeFlows(Segment segment) throws InterruptedException {
        SharedSignal.create(segment, "sig_i", Codecs.int32(), 5).set(6);
        SharedSignal.create(segment, "sig_d", Codecs.float64(), 5.0).set(6.25);
        assertThat(SharedFuture.create(segment, "fut_i", Codecs.int32()).complete(99)).isTrue();
        assertThat(SharedFuture.create(segment, "fut_e", Codecs.float64()).completeExceptionally("boom")).isTrue();
        segment.create("lazy_i", SharedLazy.constant(Codecs.int32(), 321));
        segment.create("lazy_c", SharedLazy.constant(Codecs.float64(), 1.0));
        segment.create("lazy_c2", SharedLazy.constant(Codecs.float64(), 2.0));
        assertThat(segment.create("lazy_add", SharedLazy.sum(Codecs.float64(), 1.0, 2.0)).get()).isEqualTo(3.0);
        segment.create("lazy_b", SharedLazy.constant(Codecs.bool(), true));
        SharedStream<Integer> stream = SharedStream.create(segment, "str", Codecs.int32(), 4,
                SharedStream.Mode.COMPETING);
        assertThat(stream.emit(5) && stream.emit(6)).isTrue();
        SharedEventStream events = SharedEventStream.create(segment, "strv");
        assertThat(events.emit()).isTrue();
        assertThat(events.emit()).isTrue();
        events.close();
        assertThat(SharedChannel.create(segment, "chb", Codecs.int32(), 3).trySend(71)).isTrue();
        segment.create("chu", SharedChannel.unbuffered(Codecs.float64()));
    }
}

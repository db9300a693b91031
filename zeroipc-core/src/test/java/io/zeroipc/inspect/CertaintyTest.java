package io.zeroipc.inspect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What is said to be recognised is nothing else, and what is nothing else is recognised. */
class CertaintyTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment unknown() {
        return segments.create(builder -> builder.size(1 << 18).catalogue(false));
    }

    private StructureReport report(Segment segment, String name) {
        return Inspector.report(segments.openReadOnly(segment), name).orElseThrow();
    }

    /** Four numbers that are the header of a ring of 16 bytes, of which 8 are written. */
    @Test
    void shouldNotBeARingForCertainWhenTheBytesAreThoseOfAnArray() {
        Segment segment = unknown();
        SharedArray<Integer> array = SharedArray.create(segment, "a", Codecs.int32(), 8);
        array.set(2, 16);
        array.set(3, 8);
        assertThat(SharedRing.open(segment, "a", Codecs.int64()).capacity()).isEqualTo(2);

        StructureReport report = report(segment, "a");
        assertThat(report.trust()).isEqualTo(Trust.POSSIBLE);
        assertThat(report.candidates()).containsExactly("array", "ring");
        assertThat(report.views()).isEmpty();
    }

    /** An array has no mark: whatever it holds, it may be one. */
    @Test
    void shouldNeverBeCertainWhenItIsAnArrayOfWhatever() {
        Random random = Seeds.of(Seeds.next(), 0);
        Segment segment = unknown();
        List<String> names = List.of("x", "x_sem", "x_header", "x_buffer", "x_slot", "x_state", "x_mtx", "x_cond",
                "x_count", "x_rmtx", "x_wmtx");
        List<Integer> sizes = List.of(12, 16, 32, 40, 48, 56, 100, 280);
        for (int i = 0; i < names.size(); i++) {
            ForeignBlock.create(segment, names.get(i), sizes.get(i % sizes.size()), block -> {});
        }
        // Each name with each size: the rows are what composites would have, some of the time.
        Map<String, Integer> kinds = new TreeMap<>();
        Segment stranger = segments.openReadOnly(segment);
        for (int round = 0; round < 2_000; round++) {
            for (String name : names) {
                fillAsArray(segment.blocks(name).require("").memory(), random);
            }
            for (StructureReport report : Inspector.report(stranger).structures().values()) {
                assertThat(report.trust()).as("%s", report).isNotEqualTo(Trust.RECOGNISED);
                report.candidates().forEach(candidate -> kinds.merge(candidate, 1, Integer::sum));
            }
        }
        // Otherwise nothing was tried.
        assertThat(kinds).containsKeys("array", "ring", "event");
    }

    /** As an array of elements of a size that fits, whose numbers are those that headers have. */
    private static void fillAsArray(MemorySegment block, Random random) {
        long bytes = block.byteSize() - Long.BYTES;
        List<Long> capacities = new ArrayList<>();
        for (long capacity = 1; capacity <= bytes; capacity++) {
            if (bytes % capacity == 0) {
                capacities.add(capacity);
            }
        }
        int[] numbers = {0, 0, 0, 1, 2, 4, 8, 16, (int) block.byteSize() - 24, (int) block.byteSize() - 16};
        for (long at = 0; at + Integer.BYTES <= block.byteSize(); at += Integer.BYTES) {
            Atomics.putInt(block, at, numbers[random.nextInt(numbers.length)]);
        }
        Atomics.putLong(block, 0, capacities.get(random.nextInt(capacities.size())));
    }

    @Test
    void shouldNotBeAnEventForCertainWhenAnArrayHasASemaphoreBesideIt() {
        Segment segment = unknown();
        SharedArray.create(segment, "flag", Codecs.int32(), 1);
        segment.create("flag_sem", SharedSemaphore.spec(0));
        SharedEvent.create(segment, "event", SharedEvent.Mode.MANUAL);

        assertThat(report(segment, "flag").candidates()).containsExactly("event", "array");
        assertThat(report(segment, "event").trust()).isEqualTo(Trust.RECOGNISED);
    }

    /** {@code NAME_sync}: senders and receivers that wait, closed, capacity. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0, 8", "0, 0, 0, 0", "0, 1, 0, 0", "1, 0, 0, 0", "0, 0, 1, 2", "1, 1, 1, 1"})
    void shouldBeNoSemaphoreWhenItBelongsToAChannelOfPython(int senders, int receivers, int closed, int capacity) {
        Segment segment = unknown();
        SharedQueue.create(segment, "work", Codecs.int32(), Math.max(2, capacity)).offer(1);
        ForeignBlock.create(segment, "work_sync", 16, block -> {
            Atomics.putInt(block.memory(), 0, senders);
            Atomics.putInt(block.memory(), 4, receivers);
            Atomics.putInt(block.memory(), 8, closed);
            Atomics.putInt(block.memory(), 12, capacity);
        });
        segment.create("other_sync", SharedSemaphore.spec(3));

        StructureReport sync = report(segment, "work_sync");
        assertThat(sync.trust()).as("%s", sync).isEqualTo(Trust.OPAQUE);
        assertThat(sync.candidates()).isEmpty();
        assertThat(sync.details()).containsExactly(Map.entry("pythonChannel", "work"));
        assertThat(report(segment, "work").trust()).isEqualTo(Trust.RECOGNISED);
        assertThat(report(segment, "other_sync").candidates()).contains("semaphore");
    }

    @ParameterizedTest
    @CsvSource({"semaphore, 12", "mutex, 12", "barrier, 12", "latch, 8", "latch, 12"})
    void shouldNotFitWhenThePaddingIsInUse(String kind, long offset) {
        Segment segment = unknown();
        segment.create("it", Catalog.find(kind)
                .orElseThrow()
                .spec(new Declaration(null, kind.equals("mutex") ? 0 : 1, Map.of())));
        assertThat(fitting(segment, "it")).contains(kind);

        Atomics.putInt(segment.blocks("it").require("").memory(), offset, 1);
        assertThat(fitting(segment, "it")).doesNotContain(kind);
    }

    private List<String> fitting(Segment segment, String name) {
        StructureReport report = report(segment, name);
        return report.candidates().isEmpty() ? List.of(report.kind()) : report.candidates();
    }

    static List<Spec<?>> markedOnes() {
        List<Spec<?>> specs = new ArrayList<>();
        // Of sizes that futures and lazy values have as well, which have no mark, and of some that they have not.
        for (int capacity : List.of(2, 3, 7, 64, 1000)) {
            specs.add(SharedQueue.spec(Codecs.int32(), capacity));
            specs.add(SharedQueue.spec(Codecs.bytes(97), capacity));
            specs.add(SharedStack.spec(Codecs.float64(), capacity));
            specs.add(SharedStack.spec(Codecs.bytes(97), capacity));
            specs.add(SharedPool.spec(Codecs.int64(), capacity));
            specs.add(SharedPool.spec(Codecs.bytes(97), capacity));
            specs.add(SharedSet.spec(Codecs.int32(), capacity));
            specs.add(SharedMap.spec(Codecs.int32(), Codecs.float64(), capacity));
            if (capacity > 5) {
                // Up to that it is an operation of a lazy value as well.
                specs.add(SharedSet.spec(Codecs.bytes(97), capacity));
                specs.add(SharedMap.spec(Codecs.bytes(97), Codecs.int8(), capacity));
            }
            specs.add(SharedRing.spec(Codecs.int32(), capacity));
            specs.add(SharedRing.spec(Codecs.bytes(97), capacity));
            specs.add(SharedChannel.spec(Codecs.int32(), capacity));
            specs.add(SharedStream.spec(Codecs.int32(), capacity, SharedStream.Mode.BROADCAST));
        }
        specs.add(SharedChannel.unbuffered(Codecs.float64()));
        return specs;
    }

    @ParameterizedTest
    @MethodSource("markedOnes")
    void shouldBeRecognisedWhenItIsFresh(Spec<?> spec) {
        Segment segment = unknown();
        segment.create("it", spec);

        StructureReport report = report(segment, "it");
        assertThat(report.trust()).as("%s", report).isEqualTo(Trust.RECOGNISED);
        assertThat(report.kind()).isEqualTo(spec.kind().label());
    }

    @ParameterizedTest
    @CsvSource({"10", "16", "100", "1000"})
    void shouldBeRecognisedWhenAQueueIsUsed(int capacity) {
        Segment segment = unknown();
        SharedQueue<Long> queue = SharedQueue.create(segment, "it", Codecs.int64(), capacity);
        for (long i = 0; i < 40; i++) {
            queue.offer(i % 3);
            if (i % 4 != 0) {
                queue.poll();
            }
            assertThat(report(segment, "it").trust()).as("%s", i).isEqualTo(Trust.RECOGNISED);
        }
    }

    /** With each of its states, and each place that its text may begin at. */
    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8", "9", "300"})
    void shouldBePossibleWhenItIsAFutureOrALazyValue(int bytes) throws InterruptedException {
        Segment segment = unknown();
        List<String> names = List.of("pending", "ready", "failed", "wordless", "abandoned");
        for (String name : names) {
            SharedFuture<byte[]> future = SharedFuture.create(segment, name, Codecs.bytes(bytes));
            byte[] value = new byte[bytes];
            value[bytes - 1] = -1;
            switch (name) {
                case "ready" -> assertThat(future.complete(value)).isTrue();
                case "failed" -> assertThat(future.completeExceptionally("x".repeat(1000))).isTrue();
                case "wordless" -> assertThat(future.completeExceptionally("")).isTrue();
                case "abandoned" -> assertThat(future.tryClaim()).isNotNull();
                default -> assertThat(future.isDone()).isFalse();
            }
        }
        SharedLazy<byte[]> lazy = SharedLazy.create(segment, "lazy", Codecs.bytes(bytes));
        for (String name : names) {
            assertThat(fitting(segment, name)).as(name).contains("future");
        }
        assertThat(fitting(segment, "lazy")).contains("lazy");
        lazy.get(() -> {
            byte[] value = new byte[bytes];
            value[0] = 7;
            return value;
        });
        assertThat(fitting(segment, "lazy")).contains("lazy");
        assertThat(segment.blocks("lazy").require("").memory().get(ValueLayout.JAVA_INT, 0)).isEqualTo(2);
    }
}

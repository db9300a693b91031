package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.function.Executable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** What a reader hands out, what it gives back to the writer, and when. */
class RingReaderTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldConsumeOnlyTheElementWhenAConsumerThrows() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        writer.offerAll(List.of(1, 2, 3, 4, 5));

        assertThatIllegalStateException().isThrownBy(() -> reader.drainTo(element -> {
            if (element == 2) {
                throw new IllegalStateException("no twos");
            }
        }, 9)).withMessage("no twos");
        assertThatIllegalStateException().isThrownBy(() -> reader.pollSlot((memory, offset) -> {
            throw new IllegalStateException("no slots");
        })).withMessage("no slots");

        assertThat(ring.size()).isEqualTo(2);
        assertThat(drain(reader, 9)).containsExactly(4, 5);
    }

    @Test
    void shouldGoOnBehindAnElementWhenItCannotBeRead() {
        SharedRing<byte[]> ring = SharedRing.create(segments.create(1 << 14), "frames", Codecs.frame(8), 4);
        RingWriter<byte[]> writer = ring.writer();
        RingReader<byte[]> reader = ring.reader();
        writer.offer(new byte[] {1});
        long claim = writer.tryClaim();
        writer.memory().set(ValueLayout.JAVA_INT, claim, 77);
        writer.publish();
        writer.offer(new byte[] {3});

        assertThat(reader.poll()).containsExactly(1);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(reader::poll).withMessageContaining("77");
        assertThat(ring.size()).as("the writer has its slot back at once").isEqualTo(1);
        assertThat(reader.poll()).containsExactly(3);
    }

    @Test
    void shouldGiveTheSlotBackWhenTheOnlyElementCannotBeRead() throws InterruptedException {
        SharedRing<byte[]> ring = SharedRing.create(segments.create(1 << 14), "frames", Codecs.frame(8), 1);
        RingWriter<byte[]> writer = ring.writer();
        RingReader<byte[]> reader = ring.reader();
        List<Executable> ways = List.of(reader::poll, reader::take, () -> reader.poll(Duration.ofMinutes(5)),
                () -> reader.drainTo(_ -> {}, 1));
        for (Executable way : ways) {
            long claim = writer.tryClaim();
            writer.memory().set(ValueLayout.JAVA_INT, claim, 77);
            writer.publish();
            assertThat(writer.tryClaim()).isEqualTo(RingWriter.NO_CLAIM);

            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(way::execute).withMessageContaining("77");

            assertThat(writer.offer(new byte[] {4})).isTrue();
            assertThat(reader.poll()).containsExactly(4);
        }
    }

    /** As programs in Python do, whose {@code struct.pack_into} clears a word before it stores it. */
    @Test
    void shouldLookAgainWhenAnotherProgramClearsItsPositionBeforeItStoresIt() throws Exception {
        SharedRing<Integer> ring = ring(2);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        writer.offerAll(List.of(1, 2));
        assertThat(drain(reader, 9)).containsExactly(1, 2);
        whileItIsClearedAndStored(ring, RingDescriptor.WRITE_POS_OFFSET, () -> assertThat(reader.poll()).isNull());

        writer.offerAll(List.of(3, 4));
        whileItIsClearedAndStored(ring, RingDescriptor.READ_POS_OFFSET, () -> assertThat(writer.offer(5)).isFalse());
        assertThat(drain(reader, 9)).containsExactly(3, 4);
    }

    private static void whileItIsClearedAndStored(SharedRing<?> ring, long offset, Runnable looking) throws Exception {
        MemorySegment memory = ring.segment().blocks(ring.name()).require("").memory();
        long position = Atomics.getLongAcquire(memory, offset);
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 100_000; i++) {
                Atomics.setLongRelease(memory, offset, 0);
                Atomics.setLongRelease(memory, offset, position);
                Thread.onSpinWait();
            }
        });
        try {
            while (other.isAlive()) {
                looking.run();
            }
        } finally {
            other.join();
        }
    }

    @Test
    void shouldHandOutTheSlotItselfWhenAReaderAsksForIt() {
        SharedRing<Integer> ring = ring(2);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        writer.offer(41);
        List<Integer> seen = new ArrayList<>();

        assertThat(reader.pollSlot((memory, offset) -> {
            seen.add(memory.get(ValueLayout.JAVA_INT, offset));
            assertThat(ring.size()).as("the slot is not free before the consumer returns").isEqualTo(1);
        })).isTrue();

        assertThat(reader.pollSlot((memory, offset) -> seen.add(0))).isFalse();
        assertThat(seen).containsExactly(41);
        assertThat(ring.size()).isZero();
    }

    /** Whoever looks at a slot in advance must not look beyond it. */
    @Test
    void shouldReadElementsOfOneByteUpToTheEndOfTheRing() {
        SharedRing<Byte> ring = SharedRing.create(segments.create(4096), "bytes", Codecs.int8(), 3);
        RingWriter<Byte> writer = ring.writer();
        RingReader<Byte> reader = ring.reader();
        for (byte i = 0; i < 10; i++) {
            assertThat(reader.poll()).isNull();
            assertThat(writer.offer(i)).isTrue();
            assertThat(reader.poll()).isEqualTo(i);
        }
    }

    @Test
    void shouldHandOutTheSlotsThemselvesWhenABatchIsReadInPlace() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        List<Integer> seen = new ArrayList<>();
        List<Long> sizes = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            writer.offerAll(List.of(10, 11, 12, 13, 14));
            assertThat(reader.drain((memory, offset) -> {
                seen.add(memory.get(ValueLayout.JAVA_INT, offset));
                sizes.add(ring.size());
            }, 4)).isEqualTo(4);
            assertThatIllegalArgumentException().isThrownBy(() -> reader.drain((_, _) -> {
                throw new IllegalArgumentException();
            }, 4));
        }
        assertThat(seen).containsExactly(10, 11, 12, 13, 10, 11, 12, 13, 10, 11, 12, 13);
        // A quarter is given back at a time, behind what the consumer has returned from.
        assertThat(sizes.subList(0, 4)).containsExactly(5L, 5L, 3L, 3L);
        assertThat(reader.drain((_, _) -> {}, 4)).isZero();
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldCountPositionsWhenElementsAreConsumed() {
        SharedRing<Integer> ring = ring(4);
        RingWriter<Integer> writer = ring.writer();
        writer.offerAll(List.of(0, 1, 2));
        try (RingReader<Integer> first = ring.reader()) {
            assertThat(first.position()).isEqualTo(-1);
            first.poll();
            assertThat(first.position()).isZero();
        }
        try (RingReader<Integer> second = ring.reader()) {
            assertThat(second.position()).isEqualTo(-1);
            List<Long> positions = new ArrayList<>();
            second.drainTo(element -> positions.add(second.position() - element), 9);
            assertThat(positions).containsExactly(0L, 0L);
            assertThat(second.position()).isEqualTo(2);
            assertThat(second.lost()).isZero();
            assertThat(second.isExhausted()).isFalse();
        }
    }

    @Test
    void shouldKeepSlotsWhenTheReaderIsLazyUntilAQuarterIsReadOrNothingIsLeft() {
        SharedRing<Integer> ring = ring(16);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.lazyReader();
        writer.offerAll(IntStream.range(0, 16).boxed().toList());

        for (int i = 0; i < 3; i++) {
            assertThat(reader.poll()).isEqualTo(i);
            assertThat(ring.size()).isEqualTo(16);
        }
        assertThat(writer.offer(16)).isFalse();
        assertThat(reader.poll()).isEqualTo(3);
        assertThat(ring.size()).isEqualTo(12);
        assertThat(writer.offer(16)).isTrue();
        assertThat(drain(reader, 10)).hasSize(10);
        assertThat(reader.poll()).isEqualTo(14);
        assertThat(drain(reader, 10)).containsExactly(15, 16);
        assertThat(ring.size()).as("what was read since the last quarter").isEqualTo(1);
        assertThat(reader.poll()).isNull();
        assertThat(ring.size()).isZero();

        writer.offer(17);
        assertThat(reader.poll()).isEqualTo(17);
        assertThat(ring.size()).isEqualTo(1);
        reader.close();
        assertThat(ring.size()).isZero();
    }

    @Test
    void shouldFreeSlotsWithinABatchWhenAQuarterIsRead() {
        SharedRing<Integer> ring = ring(8);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        writer.offerAll(List.of(0, 1, 2, 3, 4, 5, 6, 7));
        List<Boolean> room = new ArrayList<>();

        reader.drainTo(element -> room.add(writer.offer(100 + element)), 8);

        assertThat(room).containsExactly(false, false, true, true, true, true, true, true);
        assertThat(drain(reader, 9)).containsExactly(102, 103, 104, 105, 106, 107);
    }

    @Test
    void shouldRefuseWhenAReaderIsUsedWithinItsOwnConsumer() {
        SharedRing<Integer> ring = ring(8);
        RingReader<Integer> reader = ring.reader();
        ring.outlet().offerAll(List.of(1, 2, 3, 4, 5));
        List<Runnable> uses = List.of(reader::poll, () -> reader.drainTo(_ -> {}, 9),
                () -> reader.drain((_, _) -> {}, 9),
                () -> reader.pollSlot((_, _) -> {}), () -> reader.asInts().poll(0),
                () -> reader.asInts().drainTo(new int[1], 0, 1));

        for (Runnable use : uses) {
            assertThatIllegalStateException().isThrownBy(() -> reader.drainTo(_ -> use.run(), 1))
                    .withMessageContaining("busy")
                    .withMessageContaining("name=ring");
            ring.outlet().offer(0);
        }
        assertThatIllegalStateException().isThrownBy(() -> reader.pollSlot((_, _) -> reader.poll()))
                .withMessageContaining("busy");
        assertThatIllegalStateException()
                .isThrownBy(() -> reader.asInts().drainTo((int _) -> reader.asInts().poll(0), 9))
                .withMessageContaining("busy");
        assertThat(ring.size()).isEqualTo(3);
        assertThat(drain(reader, 9)).hasSize(3);
    }

    @Test
    void shouldHandOutNoMoreWhenTheConsumerClosesTheReader() {
        SharedRing<Integer> ring = ring(4);
        RingReader<Integer> reader = ring.reader();
        ring.outlet().offerAll(List.of(1, 2, 3, 4));
        List<Integer> seen = new ArrayList<>();

        assertThat(reader.drainTo(element -> {
            seen.add(element);
            if (element == 2) {
                reader.close();
            }
        }, 4)).isEqualTo(2);

        assertThat(seen).containsExactly(1, 2);
        assertThat(ring.size()).isEqualTo(2);
        RingReader<Integer> next = ring.reader();
        assertThat(next.asInts().drainTo((int element) -> {
            seen.add(element);
            next.close();
        }, 4)).isEqualTo(1);
        assertThat(seen).containsExactly(1, 2, 3);
        assertThatIllegalStateException().isThrownBy(next::poll).withMessageContaining("closed");
        assertThat(drain(ring.reader(), 4)).containsExactly(4);
    }

    private SharedRing<Integer> ring(long capacity) {
        return SharedRing.create(segments.create(1 << 14), "ring", Codecs.int32(), capacity);
    }

    private static <T> List<T> drain(Intake<T> intake, int max) {
        List<T> elements = new ArrayList<>();
        assertThat(intake.drainTo(elements::add, max)).isEqualTo(elements.size());
        return elements;
    }
}

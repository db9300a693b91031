package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.RingDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Positions that another program wrote over: an element that may be wrong, or a {@link ZeroIpcException}, and no other. */
class RingDamageTest {

    private static final long WRITE = RingDescriptor.WRITE_POS_OFFSET;
    private static final long READ = RingDescriptor.READ_POS_OFFSET;
    private static final int ROUNDS = 5_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    record Odd(int a, int b, int c) {}

    @Test
    void shouldSayDamagedWhenTheReaderComesToHalfAnElement() {
        SharedRing<Integer> ring = ring(false);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(1, 2));
        add(ring, WRITE, 1);

        List<Integer> seen = new ArrayList<>();
        assertThat(cursor.drainTo(seen::add, 9)).isEqualTo(2);
        assertThat(reader.poll()).isEqualTo(1);
        assertThat(reader.drainTo(seen::add, 9)).isEqualTo(1);
        assertThat(seen).containsExactly(1, 2, 2);
        for (int i = 0; i < 3; i++) {
            requireDamaged(reader::poll, "write_pos=9, read_pos=8");
            requireDamaged(() -> reader.drainTo(seen::add, 9), "write_pos=9, read_pos=8");
            requireDamaged(cursor::poll, "write_pos=9, read_pos=8");
            requireDamaged(() -> cursor.drainTo(seen::add, 9), "write_pos=9, read_pos=8");
            requireDamaged(() -> cursor.asInts().drainTo(new int[9], 0, 9), "write_pos=9, read_pos=8");
        }
        reader.close();
        requireDamaged(ring::reader, "write_pos=9, read_pos=8");
        writer.close();
        requireDamaged(ring::writer, "write_pos=9, read_pos=8");
        requireDamaged(() -> ring.cursor(Start.LATEST), "write_pos=9");
        // The refused ones keep no role.
        set(ring, WRITE, 8);
        assertThat(ring.writer().offer(3)).isTrue();
        assertThat(cursor.poll()).isEqualTo(3);
        assertThat(ring.reader().poll()).isEqualTo(3);
    }

    @Test
    void shouldSayDamagedAgainAndAgainWhenTheWriterFindsAReaderThatIsAhead() {
        SharedRing<Integer> ring = ring(false);
        RingWriter<Integer> writer = ring.writer();
        writer.offerAll(List.of(1, 2, 3, 4));
        for (long wrong : new long[] {20, -4, Long.MIN_VALUE, Long.MAX_VALUE}) {
            set(ring, READ, wrong);
            for (int i = 0; i < 3; i++) {
                requireDamaged(() -> writer.offer(5), "write_pos=16, read_pos=" + Long.toUnsignedString(wrong));
                requireDamaged(() -> writer.offerAll(List.of(5, 6)), "read_pos=" + Long.toUnsignedString(wrong));
                requireDamaged(writer::tryClaim, "read_pos=" + Long.toUnsignedString(wrong));
                requireDamaged(() -> writer.asInts().offerAll(new int[] {5}, 0, 1), "element size=4");
            }
        }
        set(ring, READ, 4);
        assertThat(writer.offer(5)).isTrue();
        assertThat(writer.offer(6)).isFalse();
        set(ring, READ, 7);
        assertThat(writer.asInts().offerAll(new int[] {6, 7}, 0, 2)).as("whole slots that are free").isZero();
        set(ring, READ, 14);
        assertThat(writer.asInts().offerAll(new int[] {6, 7, 8}, 0, 3)).as("whole slots that are free").isEqualTo(2);
    }

    @Test
    void shouldSayDamagedWhenACursorIsLedAstray() {
        SharedRing<Integer> ring = ring(true);
        RingWriter<Integer> writer = ring.writer();
        writer.offerAll(List.of(0, 1, 2, 3));

        set(ring, READ, 3);
        requireDamaged(() -> ring.cursor(Start.EARLIEST), "read_pos=3");
        set(ring, READ, 0);
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        // Half an element was overwritten; more than is written was overwritten; less than must be was.
        set(ring, READ, 3);
        requireDamaged(cursor::poll, "write_pos=16, read_pos=3");
        set(ring, READ, 20);
        requireDamaged(cursor::poll, "write_pos=16, read_pos=20");
        set(ring, READ, -4);
        requireDamaged(cursor::poll, "write_pos=16, read_pos=18446744073709551612");
        set(ring, READ, 0);
        set(ring, WRITE, 24);
        requireDamaged(cursor::poll, "write_pos=24, read_pos=0");
        set(ring, READ, 9);
        requireDamaged(cursor::poll, "write_pos=24, read_pos=9");
        set(ring, READ, 8);
        assertThat(cursor.poll()).isEqualTo(2);
        assertThat(cursor.lost()).isEqualTo(2);
        set(ring, WRITE, 4);
        requireDamaged(cursor::poll, "write_pos=4, read_pos=12");
    }

    /** Between the look at the header that found it sound and the first use of it. */
    @Test
    void shouldKeepToTheBlockWhenTheHeaderSaysOtherwiseMeanwhile() {
        Blocks blocks = ring(false).segment().blocks("ring");
        Block block = blocks.require("");
        block.memory().set(ValueLayout.JAVA_INT, RingDescriptor.CAPACITY_OFFSET, -8);
        block.memory().set(ValueLayout.JAVA_INT, RingDescriptor.ELEM_SIZE_OFFSET, 1 << 20);
        SharedRing<Integer> ring = new SharedRing<>(blocks, block, Codecs.int32(), false);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        for (int i = 0; i < 10; i++) {
            assertThat(writer.offer(i)).isTrue();
            assertThat(ring.size()).isEqualTo(1);
            assertThat(reader.poll()).isEqualTo(i);
        }
        assertThat(ring.capacity()).isEqualTo(4);
    }

    /** As programs in Python do, whose {@code struct.pack_into} clears a word before it stores it. */
    @Test
    void shouldLookAgainWhenACursorSeesAPositionThatAnotherProgramIsStoring() throws Exception {
        SharedRing<Integer> ring = ring(false);
        RingWriter<Integer> writer = ring.writer();
        RingReader<Integer> reader = ring.reader();
        for (int i = 0; i < 7; i++) {
            writer.offer(i);
            assertThat(reader.poll()).isEqualTo(i);
        }
        AtomicBoolean end = new AtomicBoolean();
        try (Waiter<Boolean> other = Waiter.running(() -> {
            while (!end.get()) {
                for (long offset : new long[] {WRITE, READ}) {
                    Atomics.setLongRelease(memory(ring), offset, 0);
                    Atomics.setLongRelease(memory(ring), offset, 28);
                    Thread.onSpinWait();
                }
            }
        })) {
            try {
                RingCursor<Integer> cursor = ring.cursor(Start.LATEST);
                for (int i = 0; i < 50_000; i++) {
                    assertThat(cursor.poll()).isNull();
                    assertThat(ring.cursor(Start.LATEST).poll()).isNull();
                }
                assertThat(cursor.lost()).isZero();
            } finally {
                end.set(true);
            }
            assertThat(other.get()).isTrue();
        }
    }

    @Test
    void shouldEndWhenTheWriterIsFasterThanTheCursorsConsumer() {
        SharedRing<Integer> ring = ring(true);
        RingWriter<Integer> writer = ring.writer();
        RingCursor<Integer> cursor = ring.cursor(Start.EARLIEST);
        writer.offerAll(List.of(0, 1, 2));
        List<Integer> seen = new ArrayList<>();
        assertThat(cursor.drainTo(element -> {
            seen.add(element);
            writer.offer(3 + element);
        }, 1_000)).isEqualTo(3);
        assertThat(cursor.asInts().drainTo((int element) -> {
            seen.add(element);
            writer.offer(3 + element);
        }, 1_000)).isEqualTo(3);
        assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void shouldThrowNothingElseWhenPositionsAreAnything() throws Exception {
        long seed = Seeds.next();
        Random random = Seeds.of(seed, 0);
        Segment segment = segments.create(1 << 16);
        List<SharedRing<?>> rings = new ArrayList<>();
        for (boolean overwrite : new boolean[] {false, true}) {
            for (int capacity : new int[] {1, 3, 64}) {
                String name = (overwrite ? "o" : "r") + capacity;
                rings.add(create(segment, name + "i", Codecs.int32(), capacity, overwrite));
                rings.add(create(segment, name + "l", Codecs.int64(), capacity, overwrite));
                rings.add(create(segment, name + "o", Codecs.record(Odd.class), capacity, overwrite));
            }
        }
        int[] damaged = new int[1];
        for (int round = 0; round < ROUNDS; round++) {
            SharedRing<?> ring = rings.get(random.nextInt(rings.size()));
            long start = (1 + random.nextInt(4)) * ring.capacity() * ring.elementSize();
            set(ring, WRITE, start);
            set(ring, READ, start);
            try {
                use(ring, random, damaged);
            } catch (RuntimeException e) {
                throw new AssertionError("round=" + round + ", ring=" + ring + ", write_pos=" + get(ring, WRITE)
                        + ", read_pos=" + get(ring, READ), e);
            }
        }
        assertThat(damaged[0]).as("of %d rounds", ROUNDS).isGreaterThan(ROUNDS / 10);
    }

    private static <T> SharedRing<T> create(Segment segment, String name, Codec<T> codec, int capacity,
            boolean overwrite) {
        return segment.create(name, SharedRing.spec(codec, capacity, overwrite));
    }

    private static <T> void use(SharedRing<T> ring, Random random, int[] damaged) throws Exception {
        List<T> elements = elements(ring, random.nextInt(6));
        List<T> seen = new ArrayList<>();
        try (RingWriter<T> writer = ring.writer();
                RingCursor<T> cursor = ring.cursor(Start.LATEST);
                RingCursor<T> behind = ring.cursor(Start.EARLIEST)) {
            writer.offerAll(elements);
            try (CommittingIntake<T> reader = ring.isOverwriting() ? null : ring.committingIntake()) {
                for (int i = 0; i < 4; i++) {
                    scribble(ring, random);
                    int max = 1 + random.nextInt(9);
                    List<Waiter.Action> actions = new ArrayList<>(List.of(() -> writer.offerAll(elements),
                            () -> writer.offer(elements(ring, 1).getFirst()), () -> {
                                if (writer.tryClaim() != RingWriter.NO_CLAIM) {
                                    writer.publish();
                                }
                            }, cursor::poll, () -> cursor.drainTo(seen::add, max),
                            () -> cursor.pollSlot((memory, offset) -> memory.get(ValueLayout.JAVA_INT, offset)),
                            () -> behind.drainTo(seen::add, Integer.MAX_VALUE), cursor::lag, ring::size,
                            ring::totalWritten, () -> ring.cursor(Start.LATEST), () -> ring.cursor(Start.EARLIEST)));
                    if (reader != null) {
                        actions.addAll(List.of(reader::poll, () -> reader.drainTo(seen::add, max),
                                () -> reader.pollSlot((memory, offset) -> memory.get(ValueLayout.JAVA_INT, offset)),
                                () -> reader.commit(reader.position())));
                    }
                    if (ring.elementSize() == Long.BYTES) {
                        actions.addAll(List.of(() -> cursor.asLongs().drainTo(new long[9], 0, max),
                                () -> writer.asLongs().offerAll(new long[9], 0, max)));
                    }
                    for (int j = 0; j < 8; j++) {
                        try {
                            actions.get(random.nextInt(actions.size())).run();
                        } catch (ZeroIpcException e) {
                            damaged[0]++;
                        }
                    }
                }
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <T> List<T> elements(SharedRing<T> ring, int count) {
        List<Object> elements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            elements.add(switch (ring.elementSize()) {
                case Integer.BYTES -> i;
                case Long.BYTES -> (long) i;
                default -> new Odd(i, i, i);
            });
        }
        return (List<T>) elements;
    }

    private static void scribble(SharedRing<?> ring, Random random) {
        long offset = random.nextBoolean() ? WRITE : READ;
        long bytes = ring.capacity() * ring.elementSize();
        long position = switch (random.nextInt(8)) {
            case 0 -> random.nextLong();
            case 1 -> get(ring, offset) + random.nextInt(9) - 4;
            case 2 -> get(ring, WRITE) + (random.nextInt(9) - 4L) * ring.elementSize();
            case 3 -> get(ring, READ) + random.nextInt(9) * bytes - 4 * bytes;
            case 4 -> Long.MIN_VALUE + random.nextInt(3) - 1;
            case 5 -> random.nextInt(64) - 32;
            case 6 -> get(ring, READ) + bytes + random.nextInt(9) - 4;
            default -> get(ring, offset);
        };
        // A 0 that cannot be is looked at again for some moments: there is a test for it, and no need to wait here.
        set(ring, offset, position == 0 ? 1 : position);
    }

    private SharedRing<Integer> ring(boolean overwrite) {
        return segments.create(1 << 14).create("ring", SharedRing.spec(Codecs.int32(), 4, overwrite));
    }

    private static void requireDamaged(ThrowingCallable call, String positions) {
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(call)
                .withMessageStartingWith("ring positions are damaged: segment=")
                .withMessageContaining("name=ring")
                .withMessageContaining(positions);
    }

    @Test
    void shouldLeaveTheForeignPositionAloneWhenALazyReaderFindsTheDamage() {
        // Large enough for a lazy reader to keep positions back.
        Segment segment = segments.create(1 << 12);
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 16);
        RingWriter<Integer> writer = ring.writer();
        writer.offerAll(List.of(1, 2));
        RingReader<Integer> reader = ring.lazyReader();
        assertThat(reader.poll()).isEqualTo(1);
        assertThat(reader.poll()).isEqualTo(2);
        set(ring, WRITE, 1000);
        set(ring, READ, 996);
        requireDamaged(reader::poll, "write_pos=1000, read_pos=8");
        reader.close();
        assertThat(get(ring, READ)).isEqualTo(996);
    }

    private static void add(SharedRing<?> ring, long offset, long delta) {
        set(ring, offset, get(ring, offset) + delta);
    }

    private static long get(SharedRing<?> ring, long offset) {
        return memory(ring).get(ValueLayout.JAVA_LONG, offset);
    }

    private static void set(SharedRing<?> ring, long offset, long position) {
        memory(ring).set(ValueLayout.JAVA_LONG, offset, position);
    }

    private static MemorySegment memory(SharedRing<?> ring) {
        return ring.memory();
    }
}

package io.zeroipc.manifest;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Arrays of a packed arena that is closed, or maps another file, while others work on them. */
class PackedClosingTest {

    private static final int ROUNDS = 300;
    private static final int BYTES = 144;

    @TempDir
    private Path directory;

    private Path manifest() throws IOException {
        Files.write(directory.resolve("arena.bin"), new byte[BYTES]);
        return Files.writeString(directory.resolve("m.json"), """
                {"format": "zeroipc-manifest", "version": 1, "file": "arena.bin", "byteOrder": "little", "structures": {
                 "numbers": {"offset": 0, "shape": [10], "dtype": "<i8"},
                 "checked": {"offset": 80, "shape": [1], "dtype": {"names": ["number", "a", "b", "c", "d", "e", "f", "g"],
                   "formats": ["<i8", "<i8", "<i8", "<i8", "<i8", "<i8", "<i8", "<i8"],
                   "offsets": [0, 8, 16, 24, 32, 40, 48, 56], "itemsize": 64}}}}""");
    }

    @Test
    void shouldEndAccessesWholeWhenTheArenaIsClosedAtAnyMoment() throws Exception {
        Random random = Seeds.of(Seeds.next(), 0);
        Path manifest = manifest();
        try (PackedArena keep = PackedArena.open(manifest)) {
            PackedArray<Checked> kept = keep.array("checked", Checked.CODEC);
            kept.set(0, Checked.of(0));
            for (int round = 0; round < ROUNDS; round++) {
                PackedArena closing = PackedArena.open(manifest);
                PackedArray<Checked> checked = closing.array("checked", Checked.CODEC);
                PackedArray<Long> numbers = closing.array("numbers", Codecs.int64());
                int number = round;
                CountDownLatch ready = new CountDownLatch(2);
                try (Waiter<Boolean> elements = endless(ready, () -> {
                    checked.set(0, Checked.of(number));
                    checked.set(0, Checked.of(-number));
                }); Waiter<Boolean> words = endless(ready, () -> {
                    numbers.setLong(9, numbers.getLong(9));
                    numbers.setDouble(9, numbers.getDouble(9));
                    numbers.index(9);
                })) {
                    ready.await();
                    for (int spins = random.nextInt(20_000); spins > 0; spins--) {
                        Thread.onSpinWait();
                    }
                    closing.close();
                    assertThat(List.of(elements.failure(), words.failure())).as("round=%d", round)
                            .allSatisfy(failure -> assertThat(failure).isInstanceOf(IllegalStateException.class)
                                    .hasMessageStartingWith("segment is closed: segment="));
                }
                assertThat(kept.get(0).isWhole()).as("round=%d", round).isTrue();
                assertThat(ClosingContract.mappings(directory.resolve("arena.bin"))).isEqualTo(1);
            }
        }
        assertThat(ClosingContract.mappings(directory.resolve("arena.bin"))).isZero();
    }

    private static Waiter<Boolean> endless(CountDownLatch ready, Waiter.Action turn) {
        return Waiter.running(() -> {
            ready.countDown();
            while (true) {
                turn.run();
            }
        });
    }

    @Test
    void shouldLetAnAccessFinishWhenAnotherFileIsMappedMeanwhile() throws Exception {
        Path manifest = manifest();
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch mapped = new CountDownLatch(1);
        try (PackedArena arena = PackedArena.open(manifest)) {
            PackedArray<Long> numbers = arena.array("numbers", Codecs.int64());
            numbers.setLong(0, 7);
            PackedArray<Long> slow = arena.array("numbers", new Slow(inside, mapped));
            try (Waiter<Long> reading = Waiter.of(() -> slow.get(0))) {
                inside.await();
                Files.write(directory.resolve("other"), ByteBuffer.allocate(BYTES).put(0, (byte) 9).array());
                Files.move(directory.resolve("other"), directory.resolve("arena.bin"),
                        StandardCopyOption.REPLACE_EXISTING);
                // Gives up waiting for the one inside after some time; its mapping stays.
                assertThat(arena.refresh()).isTrue();
                assertThat(slow.isCurrent()).isFalse();
                mapped.countDown();
                assertThat(reading.get()).isEqualTo(7);
            }
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> slow.get(0));
            assertThatExceptionOfType(SegmentDetachedException.class).isThrownBy(() -> numbers.getLong(0));
            assertThat(arena.array("numbers", Codecs.int64()).getLong(0)).isEqualTo(9);
        }
    }

    /** Numbers that somebody reads for as long as he likes. */
    private record Slow(CountDownLatch begun, CountDownLatch goOn) implements Codec<Long> {

        @Override
        public Class<Long> type() {
            return Long.class;
        }

        @Override
        public String typeName() {
            return "int64";
        }

        @Override
        public int byteSize() {
            return Long.BYTES;
        }

        @Override
        public int alignment() {
            return Long.BYTES;
        }

        @Override
        public void encode(Long value, MemorySegment memory, long offset) {
            Codecs.int64().encode(value, memory, offset);
        }

        @Override
        public Long decode(MemorySegment memory, long offset) {
            begun.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Codecs.int64().decode(memory, offset);
        }
    }
}

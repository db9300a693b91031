package io.zeroipc.collection;

import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class ArrayClosingTest extends ClosingContract {

    private static final int CAPACITY = 256;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                working("words", keep -> SharedArray.create(keep, "array", Codecs.int64(), CAPACITY),
                        (closing, thread) -> {
                            SharedArray<Long> array = SharedArray.open(closing, "array", Codecs.int64());
                            return () -> {
                                array.setLong(thread, array.getLong(thread) + 1);
                                array.setLongRelease(2 + thread, array.getLongAcquire(2 + thread) + 1);
                                array.getAndAddLong(4, 1);
                                array.compareAndSetLong(5, array.getLong(5), thread);
                                array.setDouble(6, array.getDouble(6));
                            };
                        }, array -> array.getAndAddLong(4, 1)),
                working("halves of words", keep -> SharedArray.create(keep, "array", Codecs.int32(), CAPACITY),
                        (closing, thread) -> {
                            SharedArray<Integer> array = SharedArray.open(closing, "array", Codecs.int32());
                            return () -> {
                                array.setInt(thread, array.getInt(thread) + 1);
                                array.setIntRelease(2 + thread, array.getIntAcquire(2 + thread) + 1);
                                array.getAndAddInt(4, 1);
                                array.compareAndSetInt(5, array.getInt(5), thread);
                                array.setFloat(6, array.getFloat(6));
                            };
                        }, array -> array.getAndAddInt(4, 1)),
                working("elements", keep -> filled(keep, Checked.CODEC, Checked.of(0)), (closing, thread) -> {
                    SharedArray<Checked> array = SharedArray.open(closing, "array", Checked.CODEC);
                    Checked[] elements = {Checked.of(thread), Checked.of(2 + thread)};
                    int[] turn = new int[1];
                    return () -> {
                        array.set(thread, elements[turn[0]++ & 1]);
                        array.get(2);
                    };
                }, array -> {
                    for (int i = 0; i < 3; i++) {
                        assertThat(array.get(i).isWhole()).as("index=%d", i).isTrue();
                    }
                }),
                working("fill", keep -> filled(keep, Checked.CODEC, Checked.of(0)), (closing, thread) -> {
                    SharedArray<Checked> array = SharedArray.open(closing, "array", Checked.CODEC);
                    Checked[] elements = {Checked.of(thread), Checked.of(2 + thread)};
                    long first = thread * (CAPACITY / 2L);
                    int[] turn = new int[1];
                    return () -> array.fill(elements[turn[0]++ & 1], first, first + CAPACITY / 2);
                }, array -> {
                    for (int i = 0; i < CAPACITY; i++) {
                        assertThat(array.get(i)).as("index=%d", i)
                                .isEqualTo(array.get(i < CAPACITY / 2 ? 0 : CAPACITY / 2));
                        assertThat(array.get(i).isWhole()).isTrue();
                    }
                }),
                working("copies", keep -> SharedArray.create(keep, "array", Codecs.int64(), CAPACITY),
                        (closing, thread) -> {
                            SharedArray<Long> array = SharedArray.open(closing, "array", Codecs.int64());
                            long[] own = new long[CAPACITY / 2];
                            int first = thread * own.length;
                            return () -> {
                                array.copyTo(first, own, 0, own.length);
                                Arrays.fill(own, own[0] + 1);
                                array.copyFrom(own, 0, first, own.length);
                                array.copy(first, first + 1, own.length - 1);
                            };
                        }, array -> {
                            for (int i = 0; i < CAPACITY; i++) {
                                assertThat(array.getLong(i)).as("index=%d", i)
                                        .isEqualTo(array.getLong(i < CAPACITY / 2 ? 0 : CAPACITY / 2));
                            }
                        }));
    }

    private static <T> SharedArray<T> filled(Segment keep, Codec<T> codec, T element) {
        SharedArray<T> array = SharedArray.create(keep, "array", codec, CAPACITY);
        array.fill(element);
        return array;
    }

    @Test
    void shouldNameTheSegmentWhenItIsClosedWhateverIsCalled() {
        Segment segment = segments.create(1 << 16);
        SharedArray<Long> longs = SharedArray.create(segment, "longs", Codecs.int64(), 4);
        SharedArray<Integer> ints = SharedArray.create(segment, "ints", Codecs.int32(), 4);
        Segment other = segments.create(1 << 16);
        SharedArray<Long> target = SharedArray.create(other, "target", Codecs.int64(), 4);
        segment.close();

        for (Runnable call : new Runnable[] {() -> longs.get(0), () -> longs.set(0, 1L), () -> longs.getLong(0),
                () -> longs.setLong(0, 1), () -> longs.getLongAcquire(0), () -> longs.setLongRelease(0, 1),
                () -> longs.compareAndSetLong(0, 0, 1), () -> longs.getAndAddLong(0, 1), () -> longs.fill(1L),
                () -> longs.copy(0, 1, 1), () -> longs.copyTo(0, target, 0, 1), () -> target.copyTo(0, longs, 0, 1),
                () -> longs.copyTo(0, new long[1], 0, 1), () -> longs.copyFrom(new long[1], 0, 0, 1),
                () -> longs.span(0, 1), longs::occupancy, () -> ints.getInt(0), () -> ints.setInt(0, 1),
                () -> ints.getIntAcquire(0), () -> ints.setIntRelease(0, 1), () -> ints.compareAndSetInt(0, 0, 1),
                () -> ints.getAndAddInt(0, 1)}) {
            assertThatIllegalStateException().isThrownBy(call::run)
                    .withMessageStartingWith("segment is closed: segment=" + segment.name());
        }
        other.close();
    }
}

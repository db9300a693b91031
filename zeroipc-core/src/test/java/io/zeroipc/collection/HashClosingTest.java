package io.zeroipc.collection;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.format.EntryState;
import io.zeroipc.format.MapDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class HashClosingTest extends ClosingContract {

    private static final int CAPACITY = 4;
    private static final int KEYS = 3;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                working("map: put and remove", HashClosingTest::createMap, (closing, _) -> {
                    SharedMap<Integer, Long> map = openMap(closing);
                    return () -> {
                        for (int key = 0; key < KEYS; key++) {
                            map.put(key * CAPACITY, 1L);
                            map.put(key * CAPACITY, 2L);
                        }
                        for (int key = 0; key < KEYS; key++) {
                            map.remove(key * CAPACITY);
                        }
                    };
                }, HashClosingTest::goesOn),
                working("map: get what others put", HashClosingTest::createMap, (closing, thread) -> {
                    SharedMap<Integer, Long> map = openMap(closing);
                    return thread == 0
                            ? () -> {
                                map.putIfAbsent(0, 1L);
                                map.remove(0);
                            }
                            : () -> {
                                map.get(0);
                                map.forEach((_, _) -> {});
                            };
                }, HashClosingTest::goesOn),
                working("set", keep -> SharedSet.create(keep, "set", Codecs.int32(), CAPACITY), (closing, _) -> {
                    SharedSet<Integer> set = SharedSet.open(closing, "set", Codecs.int32());
                    return () -> {
                        for (int key = 0; key < KEYS; key++) {
                            set.add(key * CAPACITY);
                        }
                        set.forEach(set::contains);
                        for (int key = 0; key < KEYS; key++) {
                            set.remove(key * CAPACITY);
                        }
                    };
                }, HashClosingTest::goesOn));
    }

    private static SharedMap<Integer, Long> createMap(Segment segment) {
        return SharedMap.create(segment, "map", Codecs.int32(), Codecs.int64(), CAPACITY);
    }

    private static SharedMap<Integer, Long> openMap(Segment segment) {
        return SharedMap.open(segment, "map", Codecs.int32(), Codecs.int64());
    }

    private static void goesOn(SharedMap<Integer, Long> map) {
        for (int key = 0; key < KEYS; key++) {
            map.remove(key * CAPACITY);
        }
        for (int key = 0; key < CAPACITY; key++) {
            assertThat(map.putIfAbsent(key, (long) key)).isTrue();
        }
        assertThat(map.size()).isEqualTo(CAPACITY);
        AtomicInteger count = new AtomicInteger();
        map.forEach((key, value) -> {
            assertThat(value).isEqualTo((long) key);
            count.incrementAndGet();
        });
        assertThat(count).hasValue(CAPACITY);
        for (int key = 0; key < CAPACITY; key++) {
            assertThat(map.remove(key)).isEqualTo(key);
        }
    }

    private static void goesOn(SharedSet<Integer> set) {
        for (int key = 0; key < KEYS; key++) {
            set.remove(key * CAPACITY);
        }
        for (int key = 0; key < CAPACITY; key++) {
            assertThat(set.add(key)).isTrue();
        }
        assertThat(set.size()).isEqualTo(CAPACITY);
        for (int key = 0; key < CAPACITY; key++) {
            assertThat(set.remove(key)).isTrue();
        }
    }

    @Test
    void shouldEndTheWaitForAnEntryWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedMap<Integer, Long> here = createMap(keep);
        for (int key = 0; key < CAPACITY; key++) {
            here.put(key, 1L);
        }
        // All of them stay with somebody.
        for (int i = 0; i < CAPACITY; i++) {
            Atomics.setIntRelease(keep.blocks("map").require("").memory(), MapDescriptor.ENTRIES_OFFSET + 16L * i,
                    EntryState.INSERTING);
        }
        for (Waiting waiting : List.<Waiting>of(map -> map.get(1), map -> map.put(1, 2L), map -> map.remove(1),
                map -> map.putIfAbsent(99, 2L), map -> map.forEach((_, _) -> {}))) {
            Segment closing = segments.open(keep);
            SharedMap<Integer, Long> there = openMap(closing);
            try (Waiter<Boolean> waiter = Waiter.running(() -> waiting.on(there))) {
                await().until(waiter::isSleeping);
                closing.close();
                assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class)
                        .hasMessageStartingWith("segment is closed");
            }
            assertThat(mappings(keep.path())).isEqualTo(1);
        }
    }

    private interface Waiting {
        void on(SharedMap<Integer, Long> map);
    }

    @Test
    void shouldHandOutNothingMoreWhenTheConsumerClosesTheSegment() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedMap<Integer, Long> here = createMap(keep);
        here.put(1, 1L);
        here.put(2, 2L);
        Segment closing = segments.open(keep);
        SharedMap<Integer, Long> there = openMap(closing);
        AtomicInteger count = new AtomicInteger();

        assertThatIllegalStateException().isThrownBy(() -> there.forEach((_, _) -> {
            count.incrementAndGet();
            closing.close();
        })).withMessageStartingWith("segment is closed");
        assertThat(count).hasValue(1);
        assertThat(mappings(keep.path())).isEqualTo(1);
        goesOn(SharedMap.create(keep, "other", Codecs.int32(), Codecs.int64(), CAPACITY));
        assertThat(here.get(2)).isEqualTo(2);
    }
}

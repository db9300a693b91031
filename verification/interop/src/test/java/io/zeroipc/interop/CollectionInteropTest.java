package io.zeroipc.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Stack, set, map and pool. Python takes turns at the first and the last: it has no atomic operations, and other bytes for
 * sets and maps.
 */
@Tag("process")
class CollectionInteropTest extends BesidePeer {

    /** Different parcels of a producer. */
    private static final int EACH = 20_000;

    /** That the other side is met at work. */
    private static final int TIMES = 2_000;

    /** Of keys, for each side: more than half of all entries, so that chains meet. */
    private static final int KEYS = 300;
    private static final int ENTRIES = 1000;
    private static final int ROUNDS = 500;

    static Stream<Arguments> kindsOfEitherSide() {
        return Stream.of(true, false).flatMap(java -> Kind.all().map(kind -> Arguments.of(java, kind)));
    }

    private <T> SharedStack<T> stack(Language language, boolean javaCreates, Kind<T> kind, int capacity)
            throws Exception {
        begin(language, javaCreates, "stack-create", "s", kind.name(), capacity);
        return SharedStack.openOrCreate(segment, "s", kind.codec(), capacity);
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}, {2}")
    @MethodSource("io.zeroipc.interop.Kind#ofEitherSideInEveryLanguage")
    <T> void shouldStackElementsOfBothSidesWhenEitherCreatedTheStack(Language language, boolean javaCreates,
            Kind<T> kind) throws Exception {
        SharedStack<T> stack = stack(language, javaCreates, kind, 7);
        List<T> values = kind.values();
        assertThat(stack.capacity()).isEqualTo(7);
        for (int lap = 0; lap < 2; lap++) {
            assertThat(stack.pop()).isNull();
            assertThat(peer.list("stack-pop", "s", kind.name(), 1)).isEmpty();
            for (int i = 0; i < 6; i += 2) {
                assertThat(stack.push(values.get(i))).isTrue();
                assertThat(peer.ask("stack-push", "s", kind.name(), values.get(i + 1))).isEqualTo("1");
            }
            assertThat(peer.ask("stack-push", "s", kind.name(), values.get(6), values.get(7))).isEqualTo("1");
            assertThat(stack.push(values.get(7))).as("the stack is full").isFalse();

            assertThat(stack.peek()).isEqualTo(values.get(6));
            assertThat(stack.pop()).isEqualTo(values.get(6));
            assertThat(kind.parse(peer.list("stack-pop", "s", kind.name(), 3)))
                    .containsExactly(values.get(5), values.get(4), values.get(3));
            for (int i = 2; i >= 0; i--) {
                assertThat(stack.pop()).isEqualTo(values.get(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverEachElementOnceWhenJavaAndCppPushAndPopTogether(boolean javaCreates) throws Exception {
        begin(Language.CPP, javaCreates, "stack-create", "s", "parcel", 16);
        SharedStack<Parcel> stack = SharedStack.openOrCreate(segment, "s", Parcel.CODEC, 16);
        SharedArray<Integer> marks = SharedArray.create(segment, "marks", Codecs.int32(), 2L * EACH);
        Peer producer = bench.attach(Language.CPP);
        peer.begin("stack-consume", "s", "marks", EACH);
        AtomicLong fromCpp = new AtomicLong();
        FutureTask<Findings> popping = bench.beside(() -> {
            Findings findings = new Findings();
            while (true) {
                Parcel parcel = stack.pop();
                if (parcel == null) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("no end has come: " + findings.numbers());
                    }
                    Thread.onSpinWait();
                } else if (!findings.see(parcel)) {
                    return findings;
                } else if (parcel.isWhole()) {
                    marks.getAndAddInt(parcel.producer() * (long) EACH + parcel.sequence(), 1);
                    fromCpp.addAndGet(parcel.producer());
                }
            }
        });
        Teamwork team = new Teamwork(segment, 1);
        team.begin(producer, "stack-work", "s", 1, EACH);
        List<Long> pushed = team.work(TIMES, round -> {
            Parcel parcel = Parcel.of(0, round % EACH);
            Workbench.await(segment, () -> stack.push(parcel));
            return true;
        });
        // Last in, first out: the end must not cover an element.
        Workbench.await(segment, stack::isEmpty);
        for (int i = 0; i < 2; i++) {
            // Empty is also a stack whose last slot the consumer in C++ has still to read, however long it is kept from that.
            Workbench.await(segment, () -> stack.push(Parcel.END));
        }

        List<Long> here = popping.get().numbers();
        List<Long> there = peer.numbers();
        assertThat(fromCpp.get()).as("popped by Java while C++ pushed").isPositive();
        assertThat(here.get(0) + there.get(0)).isEqualTo(pushed.get(0) + pushed.get(1));
        assertThat(List.of(here.get(2), there.get(2))).as("damaged").containsOnly(0L);
        for (int i = 0; i < marks.capacity(); i++) {
            long of = pushed.get(i / EACH);
            assertThat((long) marks.getInt(i)).as("deliveries of %d", i)
                    .isEqualTo(of / EACH + (i % EACH < of % EACH ? 1 : 0));
        }
        assertThat(stack.size()).isZero();
    }

    private <T> SharedSet<T> set(boolean javaCreates, Kind<T> kind, int capacity) throws Exception {
        begin(Language.CPP, javaCreates, "set-create", "s", kind.name(), capacity);
        return SharedSet.openOrCreate(segment, "s", kind.codec(), capacity);
    }

    /** As many entries as elements: each chain meets others, and ends at the end of the table. */
    @ParameterizedTest(name = "Java creates: {0}, {1}")
    @MethodSource("kindsOfEitherSide")
    <T> void shouldFindElementsOfTheOtherSideWhenEitherCreatedTheSet(boolean javaCreates, Kind<T> kind)
            throws Exception {
        SharedSet<T> set = set(javaCreates, kind, 8);
        List<T> values = kind.values();
        List<T> first = values.subList(0, 4);
        List<T> last = values.subList(4, 8);
        for (int lap = 0; lap < 3; lap++) {
            for (T value : first) {
                assertThat(set.add(value)).isTrue();
            }
            assertThat(peer.ask("set-contains", kind.with(values, "s", kind.name()))).isEqualTo("1 1 1 1 0 0 0 0");
            assertThat(peer.ask("set-add", kind.with(values, "s", kind.name()))).isEqualTo("0 0 0 0 1 1 1 1");
            assertThat(set.size()).isEqualTo(8);
            List<T> all = new ArrayList<>();
            set.forEach(all::add);
            assertThat(all).containsExactlyInAnyOrderElementsOf(values);
            assertThat(peer.ask("set-remove", kind.with(first, "s", kind.name()))).isEqualTo("1 1 1 1");
            assertThat(peer.ask("set-remove", kind.with(first, "s", kind.name()))).isEqualTo("0 0 0 0");
            for (T value : last) {
                assertThat(set.contains(value)).isTrue();
                assertThat(set.remove(value)).isTrue();
            }
            assertThat(peer.ask("set-contains", kind.with(last, "s", kind.name()))).isEqualTo("0 0 0 0");
            assertThat(set.isEmpty()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepWhatEachAddedWhenJavaAndCppWorkOnOneSet(boolean javaCreates) throws Exception {
        SharedSet<Integer> set = set(javaCreates, Kind.INT32, ENTRIES);
        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "set-work", "s", KEYS, KEYS);
        team.work(ROUNDS, round -> {
            boolean good = true;
            for (int i = 0; i < KEYS; i++) {
                good &= set.add(i) == (round == 0 || i % 2 != 0) && set.contains(i);
            }
            for (int i = 1; i < KEYS; i += 2) {
                good &= set.remove(i) && !set.contains(i);
            }
            return good;
        });
        List<Integer> left = new ArrayList<>();
        set.forEach(left::add);
        assertThat(left).containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, KEYS).mapToObj(i -> 2 * i).toList());
        assertThat(set.size()).isEqualTo(KEYS);
    }

    private <K> SharedMap<K, Long> map(boolean javaCreates, Kind<K> kind, int capacity) throws Exception {
        begin(Language.CPP, javaCreates, "map-create", "m", kind.name(), capacity);
        return SharedMap.openOrCreate(segment, "m", kind.codec(), Codecs.int64(), capacity);
    }

    @ParameterizedTest(name = "Java creates: {0}, {1}")
    @MethodSource("kindsOfEitherSide")
    <K> void shouldFindValuesOfTheOtherSideWhenEitherCreatedTheMap(boolean javaCreates, Kind<K> kind)
            throws Exception {
        SharedMap<K, Long> map = map(javaCreates, kind, 8);
        long value = 1L << 40;
        for (int lap = 0; lap < 2; lap++) {
            for (K key : kind.values()) {
                assertThat(map.put(key, ++value)).isTrue();
                assertThat(peer.ask("map-get", "m", kind.name(), key)).isEqualTo("" + value);
                assertThat(peer.ask("map-put", "m", kind.name(), key, -value)).isEqualTo("replaced");
                assertThat(map.get(key)).isEqualTo(-value);
            }
            assertThat(map.size()).isEqualTo(8);
            for (K key : kind.values()) {
                assertThat(peer.ask("map-remove", "m", kind.name(), key)).isEqualTo("removed");
                assertThat(map.containsKey(key)).isFalse();
                assertThat(peer.ask("map-put", "m", kind.name(), key, ++value)).isEqualTo("added");
                assertThat(map.remove(key)).isEqualTo(value);
                assertThat(peer.ask("map-get", "m", kind.name(), key)).isEqualTo("none");
            }
            assertThat(map.isEmpty()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldKeepWhatEachPutWhenJavaAndCppWorkOnOneMap(boolean javaCreates) throws Exception {
        SharedMap<Integer, Long> map = map(javaCreates, Kind.INT32, ENTRIES);
        Teamwork team = new Teamwork(segment, 1);
        team.begin(peer, "map-work", "m", KEYS, KEYS);
        List<Long> rounds = team.work(ROUNDS, round -> {
            boolean good = true;
            for (int i = 0; i < KEYS; i++) {
                long value = i + round;
                good &= map.put(i, value) && Long.valueOf(value).equals(map.get(i));
            }
            for (int i = 1; i < KEYS; i += 2) {
                good &= map.remove(i) != null && map.get(i) == null;
            }
            return good;
        });
        List<Integer> left = new ArrayList<>();
        map.forEach((key, value) -> {
            assertThat(value).isEqualTo(key + rounds.get(key / KEYS) - 1);
            left.add(key);
        });
        assertThat(left).containsExactlyInAnyOrderElementsOf(
                IntStream.range(0, KEYS).mapToObj(i -> 2 * i).toList());
        assertThat(map.size()).isEqualTo(KEYS);
    }

    private <T> SharedPool<T> pool(Language language, boolean javaCreates, Kind<T> kind, int capacity)
            throws Exception {
        begin(language, javaCreates, "pool-create", "p", kind.name(), capacity);
        return SharedPool.openOrCreate(segment, "p", kind.codec(), capacity);
    }

    @ParameterizedTest(name = "{0}, Java creates: {1}, {2}")
    @MethodSource("io.zeroipc.interop.Kind#ofEitherSideInEveryLanguage")
    <T> void shouldReadNodesOfTheOtherSideWhenEitherCreatedThePool(Language language, boolean javaCreates, Kind<T> kind)
            throws Exception {
        SharedPool<T> pool = pool(language, javaCreates, kind, 2);
        for (int lap = 0; lap < 4; lap++) {
            T mine = kind.values().get(lap);
            T yours = kind.values().get(lap + 4);
            int handle = pool.allocate();
            int other = Integer.parseInt(peer.ask("pool-allocate", "p", kind.name()));
            assertThat(List.of(handle, other)).containsExactlyInAnyOrder(0, 1);
            assertThat(pool.allocate()).isEqualTo(SharedPool.NO_HANDLE);
            assertThat(peer.ask("pool-allocate", "p", kind.name())).isEqualTo("none");

            pool.set(handle, mine);
            peer.ask("pool-set", "p", kind.name(), other, yours);
            assertThat(kind.parser().apply(peer.ask("pool-get", "p", kind.name(), handle))).isEqualTo(mine);
            assertThat(pool.get(other)).isEqualTo(yours);
            assertThat(pool.allocated()).isEqualTo(2);

            // Each gives back what the other took.
            pool.free(other);
            peer.ask("pool-free", "p", kind.name(), handle);
            assertThat(pool.allocated()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseToFreeTwiceWhenAPeerAllocatedOrFreedTheNode(Language language) throws Exception {
        SharedPool<Long> pool = pool(language, false, Kind.INT64, 3);
        int theirs = Integer.parseInt(peer.ask("pool-allocate", "p", "int64"));
        pool.free(theirs);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(theirs)).withMessageContaining("free already");
        int ours = pool.allocate();
        peer.ask("pool-free", "p", "int64", ours);
        assertThatIllegalStateException().isThrownBy(() -> pool.free(ours)).withMessageContaining("free already");
        assertThat(pool.allocated()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveANodeToOneOwnerWhenJavaAndCppAllocateTogether(boolean javaCreates) throws Exception {
        SharedPool<Long> pool = pool(Language.CPP, javaCreates, Kind.INT64, 3);
        Peer second = bench.attach(Language.CPP);
        Teamwork team = new Teamwork(segment, 2);
        team.begin(peer, "pool-work", "p", 1);
        team.begin(second, "pool-work", "p", 2);
        team.work(TIMES, _ -> {
            int handle = pool.allocate();
            if (handle == SharedPool.NO_HANDLE) {
                return true;
            }
            pool.set(handle, -1L);
            Thread.onSpinWait();
            boolean good = pool.get(handle) == -1;
            pool.free(handle);
            return good;
        });
        assertThat(pool.allocated()).isZero();
        assertThat(List.of(pool.allocate(), pool.allocate(), pool.allocate())).containsExactlyInAnyOrder(0, 1, 2);
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeRefusedByBothSidesWhenElementsHaveAnotherSize(Language language) throws Exception {
        begin(language, true);
        SharedStack.create(segment, "s", Codecs.int64(), 8);
        SharedPool.create(segment, "p", Codecs.int64(), 8);
        assertThat(peer.refusal("stack-pop", "s", "int32", 1)).contains("not a stack of such elements");
        assertThat(peer.refusal("pool-get", "p", "int32", 1)).contains("not a pool of such elements");
        refused("stack", name -> SharedStack.open(segment, name, Codecs.int32()).capacity());
        refused("pool", name -> SharedPool.open(segment, name, Codecs.int32()).capacity());
    }

    @Test
    void shouldBeRefusedByBothSidesWhenKeysHaveAnotherSize() throws Exception {
        begin(Language.CPP, true);
        SharedSet.create(segment, "t", Codecs.int64(), 8);
        SharedMap.create(segment, "m", Codecs.int64(), Codecs.int64(), 8);
        assertThat(peer.refusal("set-contains", "t", "int32", 1)).contains("not a table of such elements");
        assertThat(peer.refusal("map-get", "m", "int32", 1)).contains("not a table of such elements");
        refused("set", name -> SharedSet.open(segment, name, Codecs.int32()).capacity());
        refused("map", name -> SharedMap.open(segment, name, Codecs.int32(), Codecs.int64()).capacity());
    }

    private void refused(String kind, ToIntFunction<String> opening) throws Exception {
        String name = "of-" + kind;
        peer.ask(kind + "-create", name, "int64", 8);
        assertThatExceptionOfType(StructureMismatchException.class).isThrownBy(() -> opening.applyAsInt(name))
                .withMessageContaining(name);
    }
}

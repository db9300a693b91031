package io.zeroipc.collection;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.test.PeerProcesses;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.TemporarySegments;

import static io.zeroipc.collection.CollectionRecoveryPeer.ELEMENT;
import static io.zeroipc.collection.CollectionRecoveryPeer.KEY;
import static io.zeroipc.collection.CollectionRecoveryPeer.NEW_KEY;
import static io.zeroipc.collection.CollectionRecoveryPeer.TEXT;
import static io.zeroipc.collection.CollectionRecoveryPeer.TEXT_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/** A process is killed at a step of an operation of a stack, pool, map or set, and the others go on. */
@Tag("process")
class CollectionRecoveryTest {

    private static final int CAPACITY = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();
    @RegisterExtension
    final PeerProcesses peers = new PeerProcesses();

    private Segment segment;
    private SharedStack<Long> stack;
    private SharedPool<Long> pool;
    private SharedMap<Integer, Long> map;
    private SharedMap<String, String> texts;
    private SharedSet<Integer> set;

    @BeforeEach
    void createStructures() {
        segment = segments.create(builder -> builder.size(1 << 16).participant("survivor"));
        stack = SharedStack.create(segment, "stack", Codecs.int64(), CAPACITY);
        stack.push(1L);
        stack.push(2L);
        pool = SharedPool.create(segment, "pool", Codecs.int64(), CAPACITY);
        map = SharedMap.create(segment, "map", Codecs.int32(), Codecs.int64(), CAPACITY);
        map.put(KEY, 70L);
        map.put(8, 80L);
        texts = SharedMap.create(segment, "texts", Codecs.string(2), Codecs.string(3), CAPACITY);
        texts.put(TEXT_KEY, "old");
        set = SharedSet.create(segment, "set", Codecs.int32(), CAPACITY);
        set.add(KEY);
    }

    /** The matrix of all structures leaves these to this class. */
    @Test
    void shouldNameEachStepOfACollection() {
        String here = Repository.read("zeroipc-core/src/test/java/io/zeroipc/collection/CollectionRecoveryTest.java");
        assertThat(Stream.of(StopPoint.values())
                .map(Enum::name)
                .filter(step -> step.matches("(STACK|POOL|MAP|RECOVERY_RETURN).*")))
                .allSatisfy(step -> assertThat(here).containsPattern("\\b" + step + "\\b"));
    }

    // stack

    /** What is on the stack after that, from the top. */
    @ParameterizedTest
    @CsvSource({"push,STACK_PUSH_ANNOUNCED,2 1", "push,STACK_PUSH_OWNED,2 1", "push,STACK_PUSH_CONFIRMED,2 1",
            "push,STACK_PUSH_WRITTEN,2 1", "push,STACK_PUSH_MOVED,1000 2 1", "push,STACK_PUSHED,1000 2 1",
            "pop,STACK_POP_ANNOUNCED,2 1", "pop,STACK_POP_OWNED,2 1", "pop,STACK_POP_MOVED,1",
            "pop,STACK_POP_CONFIRMED,1", "pop,STACK_POP_READ,1", "pop,STACK_POPPED,1", "peek,STACK_POP_ANNOUNCED,2 1",
            "peek,STACK_POP_OWNED,2 1", "peek,STACK_POPPED,2 1"})
    void shouldGoOnWithAStackWhenAPeerDies(String role, StopPoint step, String left) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            awaitTheDead();
        }
        List<String> elements = new ArrayList<>();
        stack.drainTo(element -> elements.add(element.toString()), CAPACITY);
        assertThat(String.join(" ", elements)).isEqualTo(left);
        for (int lap = 0; lap < 2; lap++) {
            for (long i = 0; i < CAPACITY; i++) {
                assertThat(stack.push(i)).isTrue();
            }
            assertThat(stack.push(-1L)).isFalse();
            for (long i = CAPACITY - 1; i >= 0; i--) {
                assertThat(stack.pop()).isEqualTo(i);
            }
            assertThat(stack.pop()).isNull();
        }
    }

    @Test
    void shouldFreeTheSlotThatACodeOfTheDeadWasReadingInPlace() throws Exception {
        try (PeerProcess peer = peers.start(PeerProcess.of(CollectionRecoveryPeer.class)
                .withArguments("pop-in-place", segment.path()))) {
            peer.await("has it");
            for (int i = 0; i < 100; i++) {
                segment.recover();
            }
            assertThat(segment.recoveries()).isEmpty();
            assertThat(stack.push(3L, Duration.ZERO)).isFalse();
            peer.kill();
            assertThat(stack.push(3L, PATIENCE)).isTrue();
        }
        assertThat(segment.recoveries()).containsExactlyEntriesOf(Map.of(RecoveryOutcome.DROPPED, 1L));
        assertThat(stack.pop()).isEqualTo(3);
        assertThat(stack.pop()).isEqualTo(1);
    }

    /** Who waits for a dead one's slot is not told that it cannot be told. */
    @Test
    void shouldPopWhatIsUnderASlotWhoseOwnerDiesMeanwhile() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.STACK_POP_OWNED, "pop")) {
            peer.kill();
            assertThat(stack.pop()).isEqualTo(2);
        }
    }

    // pool

    @ParameterizedTest
    @CsvSource({"allocate,POOL_TAKE_ANNOUNCED", "allocate,POOL_TAKEN", "allocate,POOL_TAKE_CONFIRMED",
            "allocate,POOL_TAKE_MARKED", "allocate,POOL_TAKE_COUNTED", "free,POOL_FREE_LINKED", "free,POOL_FREE_LISTED",
            "free,POOL_FREE_CONFIRMED", "free,POOL_FREE_COUNTED"})
    void shouldFreeTheNodeOfADeadOneThatNoApplicationHas(String role, StopPoint step) throws Exception {
        int ours = pool.allocate();
        try (PeerProcess peer = stoppedAt(step, role)) {
            int also = pool.allocate();
            peer.kill();
            awaitTheDead();
            assertThat(pool.allocated()).isEqualTo(2);
            pool.free(also);
        }
        assertThat(pool.allocated()).isEqualTo(1);
        assertAllFree(Set.of(ours));
        pool.free(ours);
        assertAllFree(Set.of());
    }

    /** As if it had died before it wanted to give it back: nobody knows to whom it has told the handle. */
    @ParameterizedTest
    @CsvSource({"allocate,''", "free,POOL_FREE_ANNOUNCED"})
    void shouldLeaveANodeThatTheDeadHad(String role, String step) throws Exception {
        try (PeerProcess peer = step.isEmpty() ? started(role) : stoppedAt(StopPoint.valueOf(step), role)) {
            if (step.isEmpty()) {
                peer.await("done");
            }
            peer.kill();
            awaitTheDead();
        }
        assertThat(pool.allocated()).isEqualTo(1);
        assertThat(segment.recoveries()).isEmpty();
        pool.free(0);
        assertAllFree(Set.of());
    }

    /** The node was free when it was announced, and has been handed out since. */
    @Test
    void shouldLeaveALiveApplicationTheNodeThatADeadOneWasAboutToTake() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.POOL_TAKE_ANNOUNCED, "allocate")) {
            int ours = pool.allocate();
            peer.kill();
            awaitTheDead();
            assertAllFree(Set.of(ours));
        }
        assertThat(segment.recoveries()).isEmpty();
    }

    /** The node was given back when its claim was left, and has been handed out since. */
    @ParameterizedTest
    @CsvSource({"POOL_FREE_LISTED", "POOL_FREE_CONFIRMED"})
    void shouldLeaveALiveApplicationTheNodeThatADeadOneHasGivenBack(StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, "free")) {
            int ours = pool.allocate();
            peer.kill();
            awaitTheDead();
            assertThat(pool.allocated()).isEqualTo(1);
            assertAllFree(Set.of(ours));
        }
        assertThat(segment.recoveries()).isEmpty();
    }

    // map and set

    /** What is in the map after that. */
    @ParameterizedTest
    @CsvSource({"put,MAP_FILL_ANNOUNCED,7=70 8=80", "put,MAP_FILL_OWNED,7=70 8=80", "put,MAP_FILL_CONFIRMED,7=70 8=80",
            "put,MAP_FILL_WRITTEN,7=70 8=80", "put,MAP_FILL_WHOLE,7=70 8=80 77=1000",
            "put,MAP_ENTRY_RELEASED,7=70 8=80 77=1000", "replace,MAP_ENTRY_ANNOUNCED,7=70 8=80",
            "replace,MAP_ENTRY_OWNED,7=70 8=80", "replace,MAP_VALUE_WRITTEN,7=1000 8=80",
            "replace,MAP_ENTRY_RELEASED,7=1000 8=80", "get,MAP_ENTRY_ANNOUNCED,7=70 8=80",
            "get,MAP_ENTRY_OWNED,7=70 8=80", "get,MAP_ENTRY_RELEASED,7=70 8=80", "remove,MAP_ENTRY_ANNOUNCED,7=70 8=80",
            "remove,MAP_ENTRY_OWNED,7=70 8=80", "remove,MAP_REMOVE_CONFIRMED,8=80", "remove,MAP_ENTRY_RELEASED,8=80"})
    void shouldGoOnWithAMapWhenAPeerDies(String role, StopPoint step, String left) throws Exception {
        // In a map that keys have left, a value is copied by who owns its entry.
        map.put(KEY + CAPACITY, 0L);
        map.remove(KEY + CAPACITY);
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            awaitTheDead();
        }
        assertThat(contents()).isEqualTo(left);
        assertThat(map.size()).isEqualTo(left.split(" ").length);
        assertUsable();
    }

    /** The count is one off, for as long as nobody compacts: it is an estimate. */
    @ParameterizedTest
    @CsvSource({"put,MAP_FILL_COUNTED,3", "remove,MAP_REMOVE_COUNTED,1"})
    void shouldKeepThePublishedKeysWhenAPeerDiesBehindTheCount(String role, StopPoint step, int size) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            awaitTheDead();
        }
        assertThat(contents()).isEqualTo("7=70 8=80");
        assertThat(map.size()).isEqualTo(size);
        map.compact();
        assertThat(map.size()).isEqualTo(2);
        assertUsable();
    }

    @ParameterizedTest
    @CsvSource({"add,MAP_FILL_CONFIRMED,true,false", "add,MAP_FILL_WHOLE,true,true",
            "take-away,MAP_ENTRY_OWNED,true,false", "take-away,MAP_REMOVE_CONFIRMED,false,false"})
    void shouldGoOnWithASetWhenAPeerDies(String role, StopPoint step, boolean old, boolean added) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            peer.kill();
            // Waits for the entry of the dead one, and is not told that it cannot be told.
            assertThat(set.contains(NEW_KEY)).isEqualTo(added);
            assertThat(set.contains(KEY)).isEqualTo(old);
            awaitTheDead();
        }
        assertThat(set.add(NEW_KEY)).isEqualTo(!added);
        assertThat(set.add(KEY)).isEqualTo(!old);
        assertThat(set.size()).isEqualTo(2);
    }

    @Test
    void shouldTellThatAValueIsHalfChangedUntilAnotherOneIsPut() throws Exception {
        texts.put("x", "y");
        try (PeerProcess peer = stoppedAt(StopPoint.MAP_VALUE_HALF_WRITTEN, "replace-text")) {
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.get(TEXT_KEY))
                    .withMessageContaining("died=pid=" + peer.pid() + ", name=peer")
                    .withMessageContaining("put");
        }
        assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.remove(TEXT_KEY));
        assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.putIfAbsent(TEXT_KEY, "z"));
        List<String> seen = new ArrayList<>();
        assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.forEach((key, _) -> seen.add(key)));
        assertThat(seen).containsExactly("x");
        assertThat(texts.get("x")).isEqualTo("y");
        assertThat(texts.put(TEXT_KEY, TEXT)).isTrue();
        assertThat(texts.get(TEXT_KEY)).isEqualTo(TEXT);
        awaitTheDead();
        assertThat(texts.remove(TEXT_KEY)).isEqualTo(TEXT);
    }

    @Test
    void shouldForgetAHalfChangedValueWhenCompacted() throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.MAP_VALUE_HALF_WRITTEN, "replace-text")) {
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.get(TEXT_KEY));
        }
        texts.compact();
        assertThat(texts.get(TEXT_KEY)).isNull();
        assertThat(texts.isEmpty()).isTrue();
        awaitTheDead();
    }

    /** Who repairs dies as well: before or after the entry was his. */
    @ParameterizedTest
    @CsvSource({"MAP_REPAIR_ANNOUNCED", "MAP_REPAIR_TAKEN", "MAP_VALUE_HALF_WRITTEN"})
    void shouldGoOnToTellWhenTheOneWhoRepairsDies(StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(StopPoint.MAP_VALUE_HALF_WRITTEN, "replace-text")) {
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.get(TEXT_KEY));
        }
        try (PeerProcess peer = stoppedAt(step, "repair-text")) {
            peer.kill();
            assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.get(TEXT_KEY));
        }
        assertThat(texts.put(TEXT_KEY, TEXT)).isTrue();
        assertThat(texts.get(TEXT_KEY)).isEqualTo(TEXT);
        awaitTheDead();
    }

    // all

    /** A stopped process is alive. */
    @ParameterizedTest
    @CsvSource({"push,STACK_PUSH_OWNED", "push,STACK_PUSH_CONFIRMED", "push,STACK_PUSH_MOVED", "pop,STACK_POP_OWNED",
            "pop,STACK_POP_CONFIRMED", "pop,STACK_POP_READ", "allocate,POOL_TAKEN", "allocate,POOL_TAKE_CONFIRMED",
            "free,POOL_FREE_LINKED", "put,MAP_FILL_OWNED", "put,MAP_FILL_WRITTEN", "put,MAP_FILL_WHOLE",
            "replace,MAP_VALUE_WRITTEN", "remove,MAP_REMOVE_CONFIRMED"})
    void shouldLeaveALivePeerWhatItHasHoweverLongItIsStopped(String role, StopPoint step) throws Exception {
        try (PeerProcess peer = stoppedAt(step, role)) {
            // Somebody has to be dead, and to stay so, or nobody goes on for anybody.
            try (PeerProcess dead = stoppedAt(StopPoint.MAP_VALUE_HALF_WRITTEN, "replace-text")) {
                dead.kill();
                assertThatExceptionOfType(OwnerDiedException.class).isThrownBy(() -> texts.get(TEXT_KEY));
            }
            byte[] before = Files.readAllBytes(segment.path());
            for (int i = 0; i < 1000; i++) {
                segment.recover();
            }
            assertThat(Files.readAllBytes(segment.path())).isEqualTo(before);
            // By the live peer, if not by us.
            assertThat(segment.recoveries().keySet()).isSubsetOf(RecoveryOutcome.DROPPED);
            texts.put(TEXT_KEY, TEXT);
            peer.kill();
            awaitTheDead();
        }
    }

    /** Recoverers die at each of their steps, one after the other; the last one ends what they have begun. */
    @ParameterizedTest
    @CsvSource({"push,STACK_PUSH_CONFIRMED,RECOVERY_RETURN_ANNOUNCED", "push,STACK_PUSH_CONFIRMED,RECOVERY_RETURNED",
            "push,STACK_PUSH_MOVED,RECOVERY_RETURNED", "pop,STACK_POP_CONFIRMED,RECOVERY_RETURN_ANNOUNCED",
            "pop,STACK_POP_CONFIRMED,RECOVERY_RETURNED", "allocate,POOL_TAKE_MARKED,RECOVERY_RETURN_ANNOUNCED",
            "allocate,POOL_TAKE_MARKED,RECOVERY_RETURNED", "allocate,POOL_TAKE_MARKED,RECOVERY_SETTLED",
            "free,POOL_FREE_LINKED,RECOVERY_RETURNED", "free,POOL_FREE_LINKED,RECOVERY_SETTLED",
            "put,MAP_FILL_WRITTEN,RECOVERY_RETURN_ANNOUNCED", "put,MAP_FILL_WRITTEN,RECOVERY_RETURNED",
            "remove,MAP_REMOVE_CONFIRMED,RECOVERY_RETURNED"})
    void shouldEndWhatThreeDeadRecoverersHaveBegun(String role, StopPoint step, StopPoint recovererStep)
            throws Exception {
        segment.close();
        try (PeerProcess victim = stoppedAt(step, role)) {
            victim.kill();
        }
        for (int i = 0; i < 3; i++) {
            try (PeerProcess recoverer = peers.start(PeerProcess.of(CollectionRecoveryPeer.class)
                    .withSystemProperty(StopPoint.PROPERTY, recovererStep)
                    .withArguments("recover", segment.path()))) {
                // Stopped, or done.
                recoverer.awaitLineWith("zeroipc");
                recoverer.kill();
            }
        }
        segment = segments.track(Segment.at(segment.path()).open());
        stack = SharedStack.open(segment, "stack", Codecs.int64());
        pool = SharedPool.open(segment, "pool", Codecs.int64());
        map = SharedMap.open(segment, "map", Codecs.int32(), Codecs.int64());
        awaitTheDead();
        List<Long> elements = new ArrayList<>();
        stack.drainTo(elements::add, CAPACITY);
        assertThat(elements).isEqualTo(switch (step) {
            case STACK_PUSH_MOVED -> List.of(ELEMENT, 2L, 1L);
            case STACK_POP_CONFIRMED -> List.of(1L);
            default -> List.of(2L, 1L);
        });
        assertThat(pool.allocated()).isZero();
        assertAllFree(Set.of());
        assertThat(contents()).isEqualTo(role.equals("remove") ? "8=80" : "7=70 8=80");
        assertUsable();
    }

    private PeerProcess started(String role) {
        return peers.start(PeerProcess.of(CollectionRecoveryPeer.class).withArguments(role, segment.path()));
    }

    private PeerProcess stoppedAt(StopPoint step, String role) throws Exception {
        PeerProcess peer = peers.start(PeerProcess.of(CollectionRecoveryPeer.class)
                .withSystemProperty(StopPoint.PROPERTY, step)
                .withArguments(role, segment.path()));
        peer.await(StopPoint.REPORT + step);
        return peer;
    }

    private void awaitTheDead() {
        await().until(() -> segment.participants().size() == 1);
    }

    /** All nodes can be allocated but these. */
    private void assertAllFree(Set<Integer> taken) {
        Set<Integer> allocated = new HashSet<>();
        for (int handle = pool.allocate(); handle != SharedPool.NO_HANDLE; handle = pool.allocate()) {
            assertThat(allocated.add(handle)).isTrue();
        }
        assertThat(Collections.disjoint(allocated, taken)).isTrue();
        assertThat(allocated).hasSize(CAPACITY - taken.size());
        allocated.forEach(pool::free);
    }

    private String contents() {
        Map<Integer, Long> contents = new TreeMap<>();
        map.forEach(contents::put);
        return String.join(" ", contents.entrySet().stream().map(Map.Entry::toString).toList());
    }

    /** Each entry can be filled, and emptied. */
    private void assertUsable() {
        map.forEach((key, _) -> assertThat(map.remove(key)).isNotNull());
        assertThat(map.isEmpty()).isTrue();
        for (int lap = 0; lap < 2; lap++) {
            for (int key = 0; key < CAPACITY; key++) {
                assertThat(map.put(key, (long) key)).isTrue();
            }
            assertThat(map.put(CAPACITY, 0L)).isFalse();
            for (int key = 0; key < CAPACITY; key++) {
                assertThat(map.remove(key)).isEqualTo(key);
            }
        }
    }
}

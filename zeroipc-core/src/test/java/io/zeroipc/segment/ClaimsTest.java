package io.zeroipc.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.Permit;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** What a process announces is what it has in hand. */
class ClaimsTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    /** Something that is held until it is given back. */
    private interface Holding {

        Runnable take() throws Exception;
    }

    private static Map<String, Holding> holdings(Segment segment) {
        SharedMutex mutex = SharedMutex.create(segment, "mutex");
        SharedRwLock both = SharedRwLock.create(segment, "both");
        SharedSemaphore semaphore = SharedSemaphore.create(segment, "semaphore", 2);
        SharedQueue<Long> claimed = SharedQueue.create(segment, "claimed", Codecs.int64(), 4);
        return Map.of("mutex", () -> locked(mutex), "read", () -> locked(both.readLock()), "write",
                () -> locked(both.writeLock()), "permit", () -> {
                    Permit permit = semaphore.hold();
                    return permit::close;
                }, "claim", () -> {
                    long claim = claimed.tryClaim();
                    return () -> {
                        claimed.publish(claim);
                        claimed.poll();
                    };
                });
    }

    private static Runnable locked(GuardedLock lock) throws InterruptedException {
        lock.lock();
        return lock::unlock;
    }

    /** Something that begins and ends at once. */
    private static Map<String, Runnable> passings(Segment segment) {
        SharedQueue<Long> queue = SharedQueue.create(segment, "queue", Codecs.int64(), 4);
        SharedStack<Long> stack = SharedStack.create(segment, "stack", Codecs.int64(), 4);
        SharedMap<Long, Long> map = SharedMap.create(segment, "map", Codecs.int64(), Codecs.int64(), 4);
        SharedPool<Long> pool = SharedPool.create(segment, "pool", Codecs.int64(), 4);
        SharedMutex other = SharedMutex.create(segment, "other");
        return Map.of("queue", () -> {
            queue.offer(1L);
            queue.poll();
        }, "stack", () -> {
            stack.push(1L);
            stack.pop();
        }, "map", () -> map.put(1L, 2L), "pool", () -> pool.free(pool.allocate()), "other", () -> {
            if (other.tryLock()) {
                other.unlock();
            }
        });
    }

    static Stream<Arguments> pairs() {
        return Stream.of("mutex", "read", "write", "permit", "claim")
                .flatMap(held -> Stream.of("queue", "stack", "map", "pool", "other")
                        .map(passing -> Arguments.of(held, passing)));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void shouldSayWhatIsHeldWhileAnotherStructureIsUsed(String held, String passing) throws Exception {
        Segment segment = segments.create(1 << 16);
        Holding holding = holdings(segment).get(held);
        Runnable other = passings(segment).get(passing);
        // Before, so that the thread has a cell for the other one that is ready.
        other.run();
        Runnable giveBack = holding.take();
        List<ParticipantClaim> claims = segment.participants().getFirst().claims();
        assertThat(claims).hasSize(1);
        for (int i = 0; i < 3; i++) {
            other.run();
            assertThat(segment.participants().getFirst().claims()).isEqualTo(claims);
        }
        giveBack.run();
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    /** They share their records, and each gives back what it has itself. */
    @Test
    void shouldSayNothingWhenManyVirtualReadersHaveLeft() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedRwLock both = SharedRwLock.create(segment, "both");
        List<Thread> readers = new ArrayList<>();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 64; i++) {
            Thread reader = Thread.ofVirtual().unstarted(() -> {
                try {
                    for (int turn = 0; turn < 500; turn++) {
                        both.readLock().lock();
                        Thread.yield();
                        both.readLock().unlock();
                    }
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            reader.setUncaughtExceptionHandler((_, failure) -> failures.add(failure));
            readers.add(reader);
        }
        readers.forEach(Thread::start);
        for (Thread reader : readers) {
            reader.join();
        }
        assertThat(failures).isEmpty();
        assertThat(both.readers()).isZero();
        assertThat(segment.participants().getFirst().claims()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"queue", "stack", "map", "pool", "other"})
    void shouldNameTheStructureThatIsUsedNowAndNotTheOneBefore(String passing) {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> claimed = SharedQueue.create(segment, "claimed", Codecs.int64(), 4);
        Runnable other = passings(segment).get(passing);
        long block = segment.entries().getFirst().offset();
        for (int i = 0; i < 3; i++) {
            long claim = claimed.tryClaim();
            assertThat(segment.participants().getFirst().claims()).singleElement()
                    .satisfies(said -> assertThat(said.blockOffset()).isEqualTo(block));
            claimed.publish(claim);
            claimed.poll();
            other.run();
        }
    }
}

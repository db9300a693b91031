package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import io.zeroipc.format.MutexDescriptor;

/**
 * What this JVM knows about a mutex and its bytes do not say: through which mapping it was locked here, so that this mapping
 * stays until it is unlocked. One object for all mappings of the file: what is locked through one may be unlocked through
 * another. Thread-safe.
 *
 * <p>
 * Whoever has the mutex writes {@code hold}, after locking and before unlocking, so it is the mutex that orders these stores. If
 * somebody unlocks what another has locked, the other's hold is over. An unlock by another process is told by the bytes, which
 * say that nobody has the mutex, or by the next who locks it here. One case is left: another process unlocks for us, and again
 * another has the mutex when our segment closes. Then the mapping stays until this JVM locks and unlocks the mutex again, or
 * ends. It is never freed too early: a hold ends here only by an unlock.
 */
final class Holder {

    private static final int NOBODY = 0;

    /** The number of the mapping through which it is locked. Plain: other accesses order it, see there. */
    private int hold;
    private final AtomicInteger mappings = new AtomicInteger();

    /** The mutex was locked through this mapping. To be called in the lane in which it was. */
    void begin(Hold mapping) {
        // Leaving the lane releases it, and close looks behind that.
        hold = mapping.number;
    }

    /** The mutex is about to be unlocked. */
    void end() {
        // The unlock, which follows, releases it.
        hold = NOBODY;
    }

    /**
     * The mutex as it is seen through one mapping: whether it is locked through that, and which threads believe to have locked
     * it there and have it no more.
     */
    final class Hold implements BooleanSupplier {

        private final int number = mappings.incrementAndGet();
        private final MemorySegment memory;
        private final Set<Thread> losers = ConcurrentHashMap.newKeySet();

        Hold(MemorySegment memory) {
            this.memory = memory;
        }

        /** The calling thread had the mutex and could not get it again: the unlock that it is about to make does nothing. */
        void lose() {
            losers.removeIf(thread -> !thread.isAlive());
            losers.add(Thread.currentThread());
        }

        /** Whether the calling thread has lost the mutex. */
        boolean hasLost() {
            return !losers.isEmpty() && losers.contains(Thread.currentThread());
        }

        /** Whether the calling thread has lost the mutex; that is forgotten from here on. */
        boolean forgive() {
            return !losers.isEmpty() && losers.remove(Thread.currentThread());
        }

        @Override
        public boolean getAsBoolean() {
            return hold == number && MutexDescriptor.isLocked(memory);
        }
    }
}

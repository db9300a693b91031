package io.zeroipc.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * Private memory to encode into, so that a codec that throws, waits or calls back does it before a slot is claimed. Native
 * memory, as the slots are: code that sees both kinds of memory is compiled for both. A platform thread has its own, and finds
 * it by its id as it finds its lane; virtual threads, which are many and short, hand a few on to each other. An instance field and not a static one, so that it goes when
 * its owner goes. Thread-safe.
 */
public final class ElementScratch {

    private static final long ALIGNMENT = 8;
    /** Powers of two: places to look at first, and virtual threads that run at once on most machines. */
    private static final int PLACES = 16;
    private static final int SPARES = 16;

    private final long byteSize;
    private final ThreadLocal<Lease> own = ThreadLocal.withInitial(this::ofThread);
    /** What the thread local has, as far as there is room; written and read without order, as a lease does not change. */
    private final @Nullable Lease[] places = new @Nullable Lease[PLACES];
    private final AtomicReferenceArray<@Nullable Lease> spares = new AtomicReferenceArray<>(SPARES);

    public ElementScratch(long byteSize) {
        this.byteSize = byteSize;
    }

    /**
     * Memory that nobody else uses until it is closed; what was in it is of no use to anybody. Allocates nothing, unless this
     * thread has some already, or is new.
     */
    public Lease take() {
        long id = Thread.currentThread().threadId();
        Lease lease = places[(int) id & PLACES - 1];
        if (lease == null || lease.ownerId != id || lease.taken) {
            return find(id);
        }
        lease.taken = true;
        return lease;
    }

    private Lease find(long id) {
        if (Thread.currentThread().isVirtual()) {
            int place = (int) id & SPARES - 1;
            Lease spare = spares.getAndSet(place, null);
            return spare != null ? spare : new Lease(byteSize, 0, spares, place);
        }
        Lease lease = own.get();
        if (lease.taken) {
            // A codec that is called between take and close has come back here.
            return ofThread();
        }
        places[(int) id & PLACES - 1] = lease;
        lease.taken = true;
        return lease;
    }

    private Lease ofThread() {
        return new Lease(byteSize, Thread.currentThread().threadId(), null, 0);
    }

    /** Memory in use. For the thread that took it. */
    public static final class Lease implements AutoCloseable {

        private final MemorySegment memory;
        /** 0 where it is no platform thread's. */
        private final long ownerId;
        private final @Nullable AtomicReferenceArray<@Nullable Lease> spares;
        private final int place;
        private boolean taken;

        private Lease(long byteSize, long ownerId, @Nullable AtomicReferenceArray<@Nullable Lease> spares, int place) {
            this.memory = Arena.ofAuto().allocate(byteSize, ALIGNMENT);
            this.ownerId = ownerId;
            this.spares = spares;
            this.place = place;
        }

        public MemorySegment memory() {
            return memory;
        }

        @Override
        public void close() {
            taken = false;
            if (spares != null) {
                // One that somebody else has put there meanwhile is left to the garbage collector.
                spares.setRelease(place, this);
            }
        }
    }
}

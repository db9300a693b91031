package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.Pauses;
import io.zeroipc.wait.WaitStrategy;

/**
 * The state of this process's hold on a segment: open, closed, or detached because the file was replaced, removed or
 * truncated behind the mapping. Every operation of every structure asks it first. Thread-safe.
 */
public final class Attachment {

    private static final int WRITABLE = 0;
    private static final int READ_ONLY = 1;
    private static final int CLOSED = 2;
    private static final int DETACHED = 3;

    /** Waiting loops look at the file only after this many fruitless attempts: a peer that answers soon costs nothing. */
    private static final int ATTEMPTS_BEFORE_VERIFY = 128;
    private static final long VERIFY_INTERVAL_NANOS = 1_000_000;
    /** Against what nobody has thought of: who blocks looks again after this time, though nobody has woken him. */
    private static final long LONGEST_SLEEP_NANOS = 4_000_000_000L;
    /** By then a store that was on its way has been seen by everybody, many times over. */
    private static final long FIRST_SLEEP_NANOS = 1_000_000;
    private static final int SLEEP_GROWTH = 16;
    /** How long close waits for threads that are in the engine's own code, which does not stay there. */
    private static final long CLOSE_PATIENCE_NANOS = 1_000_000_000;

    private final String segment;
    private final Path path;
    private final FileIdentity identity;
    private final long byteSize;
    private final WaitStrategy waitStrategy;

    private final @Nullable Membership membership;
    private final @Nullable Recovery recovery;
    private final Claims claims;
    private final Map<KeeperKey, Recoverer> recoverers = new ConcurrentHashMap<>();
    private final Lanes lanes = new Lanes(this);
    /** The words at which threads of this process may sleep, by their addresses. */
    private final Map<Long, MemorySegment> eventCounts = new ConcurrentHashMap<>();
    private final AtomicInteger rouses = new AtomicInteger();
    /** What is owed to others, and whether a thread is at it: under the set's monitor. */
    private final Set<IntSupplier> unfinished = new HashSet<>();
    private boolean finishing;
    private final Map<KeeperKey, BooleanSupplier> keepers = new ConcurrentHashMap<>();
    private final Map<KeeperKey, Object> shared = new ConcurrentHashMap<>();
    /** Those of the same file in this JVM that are closed and still mapped. */
    private final List<Attachment> lingering;

    private volatile int state;
    private volatile @Nullable String reason;
    private volatile boolean suspected;
    private long firstSleepNanos = FIRST_SLEEP_NANOS;
    private long longestSleepNanos = LONGEST_SLEEP_NANOS;
    /** Set by {@link #close}, under this object's monitor; taken by the last one out. */
    private @Nullable Runnable free;
    private boolean mapped = true;
    /** Whether what threads were doing when close began can be seen by all: see {@link #fenceAllThreads}. */
    private volatile boolean fenced;
    private boolean intact = true;
    /** Racy on purpose: two threads that both verify do no harm. */
    private long verifiedAtNanos = System.nanoTime();

    /** @param membership the part this process takes, or why it takes none; null where that was not asked for */
    Attachment(SegmentOptions options, OpenFile file, long byteSize, boolean readOnly,
            @Nullable Membership membership) {
        this.segment = options.name();
        this.path = options.path();
        this.identity = file.identity();
        this.byteSize = byteSize;
        this.waitStrategy = options.waitStrategy();
        this.lingering = file.lingering();
        this.state = readOnly ? READ_ONLY : WRITABLE;
        this.membership = membership;
        this.recovery = membership == null ? null : membership.recovery();
        this.claims = new Claims(membership == null ? null : membership.participants());
        if (recovery != null) {
            recovery.add(this);
        }
    }

    /** Where claims are announced. */
    public Claims claims() {
        return claims;
    }

    /** The part this process takes, or why it takes none; null where that was not asked for. */
    @Nullable
    Membership membership() {
        return membership;
    }

    /** What the file's recovery says, or else {@code none}, where this process takes no part. To be called in an operation. */
    <T> T recovery(Function<Recovery, T> question, Supplier<T> none) {
        return recovery == null ? none.get() : question.apply(recovery);
    }

    /**
     * Whether somebody who may be alive announces such a claim of a block: a participant of which no death was noticed, this process
     * included. True as well where that cannot be seen, since this process takes no part. To be called in an operation.
     */
    public boolean mayBeAnnounced(long block, LongPredicate claim) {
        return recovery(present -> {
            present.look();
            return present.anyLive(block, claim);
        }, () -> true);
    }

    /**
     * Says who mends a block, if a participant dies in the middle of something. It does so at once for those that are dead already.
     *
     * @param initial makes it, if this segment has none of that type for the block
     */
    public <T extends Recoverer> void recoverer(Class<T> type, Block block, Supplier<T> initial) {
        if (recovery != null) {
            recoverers.computeIfAbsent(new KeeperKey(type, block.offset()), _ -> initial.get());
            recovery.look();
        }
    }

    /** This process among the participants, as the owner of a record says it, without a thread; 0 where it takes no part. */
    public long self() {
        Participants present = membership == null ? null : membership.participants();
        return present == null ? 0 : ParticipantsDescriptor.owner(present.index(), present.epoch(), 0);
    }

    /** The participant that {@link #self} was the answer to; null where it is gone, or cannot be seen. To be called in an operation. */
    public @Nullable Participant participant(long owner) {
        return recovery == null ? null : recovery.participantOf(owner);
    }

    /**
     * Hands over what the dead have left of one block, to be ended now; does nothing when another process is at it. To be called in an
     * operation.
     */
    public void withRemains(long blockOffset, Consumer<Remains> action) {
        if (recovery != null) {
            recovery.withRemains(blockOffset, action);
        }
    }

    /**
     * Leaves claims of this process to whoever recovers, in this process or another one, as if it had died: see
     * {@link Claims}. Never waits. To be called in an operation, or where a lane is settled.
     *
     * @param cells where they stand, and which say nothing from then on
     * @return false, and nothing has changed, when there is no room for that
     */
    public boolean leaveBehind(List<Integer> cells) {
        return recovery != null && recovery.leaveBehind(cells);
    }

    /**
     * Looks whether somebody has died who is waited for, and goes on for him; at most once a millisecond. For waits that do not
     * {@link #pause}. The caller has announced nothing that it waits for.
     */
    public void lookForDead() {
        if (recovery != null) {
            recovery.lookNowAndThen();
        }
    }

    /**
     * Whether somebody who is dead, or has left something as if he were, says such a claim of a block; false where that cannot be seen,
     * since this process takes no part. Asks the kernel about each of the others. To be called in an operation.
     */
    public boolean isLeft(long block, LongPredicate claim) {
        return recovery != null && recovery.isLeft(block, claim);
    }

    /** Runs something during which nobody goes on for the dead of this segment; waits until nobody does. */
    public void withoutRecovery(Runnable action) {
        if (recovery == null) {
            action.run();
            return;
        }
        int[] attempts = {0};
        recovery.exclude(action, () -> attempts[0] = pauseToEnd(attempts[0]));
    }

    /** Hands over each recoverer with the offset of its block, inside an operation; none when the segment is being closed. */
    void recover(BiConsumer<Long, Recoverer> action) {
        Lane lane = lanes.mine();
        if (recoverers.isEmpty() || !lane.tryEnterToEnd()) {
            return;
        }
        try {
            recoverers.forEach((key, recoverer) -> {
                try {
                    action.accept(key.blockOffset, recoverer);
                } catch (IndexOutOfBoundsException | ZeroIpcException e) {
                    // Somebody has overwritten the structure's bytes, or what the participants say of it: nobody can say any more
                    // what the dead had there. Others are mended all the same.
                }
            });
        } catch (InternalError e) {
            // The file has lost a page: the next operation says so.
        } finally {
            lane.close();
        }
    }

    /**
     * Begins an operation that writes, in the calling thread's lane; {@link Lane#close} ends it.
     *
     * @throws IllegalStateException after close has begun, with the segment's name, or when it was opened read-only
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public Lane enterToWrite() {
        return lanes.mine().enterToWrite();
    }

    /** As {@link #enterToWrite}, for an operation that only reads: also when the segment was opened read-only. */
    public Lane enterToRead() {
        return lanes.mine().enterToRead();
    }

    /**
     * As {@link #enterToWrite}, for the end of something that an earlier operation {@linkplain Lane#hold holds}: also after
     * close has begun, as long as the memory is there.
     */
    public Lane enterToEnd() {
        return lanes.mine().enterToEnd();
    }

    /** The lane of the calling thread, which is in an operation. */
    public Lane lane() {
        return lanes.mine();
    }

    /** {@link #enterToRead}, a look, and leaving: for operations that need not be fast. */
    public <T extends @Nullable Object> T reading(Supplier<T> look) {
        try (Lane _ = enterToRead()) {
            return look.get();
        } catch (InternalError e) {
            throw translate(e);
        }
    }

    /**
     * A lane for something that one thread at a time uses until it {@linkplain Lane#retire retires} it, which costs less than
     * the thread's own.
     *
     * @param atClose what is to be done, once, if the segment is closed first: as soon as no thread is in an operation of this
     *        lane and nothing is held. The bytes are still there, unless the segment is detached, and operations fail already.
     *        It must not wait.
     * @throws IllegalStateException after close has begun; {@code atClose} does not run
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public Lane openLane(Runnable atClose) {
        return open(Lane.ofRole(this, atClose));
    }

    /**
     * As {@link #openLane}, for something that any number of threads use at once, in their own lanes: only what they {@linkplain Lane#hold
     * hold} beyond their operations is counted here. {@code atClose} runs when no thread of the JVM is in an operation of the segment but
     * in code of others, and nothing is held.
     */
    public Lane openHoldersLane(Runnable atClose) {
        return open(Lane.ofHolders(this, atClose));
    }

    /** As {@link #openLane}; it holds from the start, so that the segment's close does not end it. */
    Lane openHeldLane() {
        Lane lane = Lane.ofRole(this, () -> {
            // Is never at rest before it is retired.
        });
        lane.hold();
        return open(lane);
    }

    private Lane open(Lane lane) {
        lanes.add(lane);
        // Registered first, looked second; close() changes the state first and looks for roles second. If it was faster and has
        // settled the lane, that is the lane of a role that was closed at once.
        if (!isReadable() && lanes.remove(lane)) {
            throw failure();
        }
        return lane;
    }

    /**
     * Returns when the mapping can be read. Only for a look at the state: memory may be touched within
     * {@link #enterToRead}.
     *
     * @throws IllegalStateException after close, with the segment's name
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public void ensureReadable() {
        if (state > READ_ONLY) {
            throw failure();
        }
    }

    /**
     * Returns when the mapping can be written.
     *
     * @throws IllegalStateException after close, or when the segment was opened read-only
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public void ensureWritable() {
        if (state != WRITABLE) {
            throw failure();
        }
    }

    /** Whether reading would succeed, without an exception. */
    public boolean isReadable() {
        return state <= READ_ONLY;
    }

    boolean isWritable() {
        return state == WRITABLE;
    }

    /** After close has begun: whether the file behind the mapping was still the segment then. */
    synchronized boolean isIntact() {
        return intact;
    }

    boolean isClosing() {
        return state == CLOSED;
    }

    /** Whether the file behind the mapping is no longer the segment: for ever, also after a close. */
    public boolean isDetached() {
        return reason != null;
    }

    public boolean isReadOnly() {
        return state == READ_ONLY;
    }

    /**
     * One turn of a waiting loop: checks for interruption, close and, at most once a millisecond, for a replaced or
     * truncated file; then lets the segment's wait strategy pass some time.
     *
     * @param attempts fruitless attempts so far, 0 at first
     * @return the value to pass next time
     * @throws InterruptedException when the thread is interrupted
     */
    public int pause(int attempts) throws InterruptedException {
        return pause(waitStrategy, attempts);
    }

    /**
     * One turn of a wait without which an operation cannot end: neither an interrupt, which is kept, nor close ends it.
     *
     * @param attempts as in {@link #pause(int)}
     * @throws SegmentDetachedException when the file behind the mapping is no longer the segment
     */
    public int pauseToEnd(int attempts) {
        if (isDetached()) {
            throw failure();
        }
        return Pauses.keepingInterrupt(waitStrategy, attempts);
    }

    /** As {@link #pause(int)}, with another strategy. */
    public int pause(WaitStrategy strategy, int attempts) throws InterruptedException {
        ensureWaitable();
        if (attempts >= ATTEMPTS_BEFORE_VERIFY) {
            lookAround();
        }
        return strategy.idle(attempts);
    }

    /**
     * What ends a wait.
     *
     * @throws InterruptedException when the thread is interrupted
     * @throws IllegalStateException after close has begun
     * @throws SegmentDetachedException when the file behind the mapping is known to be no longer the segment
     */
    void ensureWaitable() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted while waiting: segment=" + segment);
        }
        ensureReadable();
    }

    /** Looks, at most once a millisecond, at the file, and whether it is a dead one that is waited for. */
    void lookAround() {
        long now = System.nanoTime();
        if (now - verifiedAtNanos >= VERIFY_INTERVAL_NANOS) {
            verifiedAtNanos = now;
            verify();
            if (recovery != null) {
                recovery.lookNowAndThen();
            }
        }
    }

    /** The file was changed, and is another one perhaps: those who wait are to look. */
    void suspectFile() {
        suspected = true;
        rouse();
    }

    /**
     * Looks at the file if it is suspected to be another one.
     *
     * @throws SegmentDetachedException when it is
     */
    void verifyIfSuspected() {
        if (suspected) {
            suspected = false;
            verify();
        }
    }

    /** How waiting loops pass the time, where nothing else is asked for. */
    WaitStrategy waitStrategy() {
        return waitStrategy;
    }

    /**
     * Where to wait for what arrives in a structure: elements, permits, a value, the end.
     *
     * @param stamp made of words of the structure, another number whenever an attempt in vain may have become worth while; another
     *        thread asks for it while somebody waits. Null when there is no such number
     */
    public EventCount arrivals(Block block, @Nullable LongSupplier stamp) {
        return eventCount(block, false, stamp);
    }

    /** As {@link #arrivals}, for what leaves a structure, and so makes room. */
    public EventCount departures(Block block, @Nullable LongSupplier stamp) {
        return eventCount(block, true, stamp);
    }

    /** How many permits there are in a semaphore. */
    public Total total(Block block) {
        return recovery == null
                ? new Total(null, MemorySegment.NULL, block.offset())
                : recovery.total(block.offset());
    }

    /** For sources of others: an event count that nobody advances, so that who waits there looks again, as if nobody woke anybody. */
    public EventCount unannounced() {
        return new EventCount(this, null, null);
    }

    private EventCount eventCount(Block block, boolean departures, @Nullable LongSupplier stamp) {
        MemorySegment word = recovery == null ? null : recovery.eventCount(block.offset(), departures);
        if (word != null) {
            eventCounts.put(word.address(), word);
        }
        return new EventCount(this, word, stamp);
    }

    /** Whether all who use the file wake who sleeps, as far as is known. */
    boolean doAllWake() {
        return recovery != null && recovery.doAllWake();
    }

    /** For tests: a wake that goes missing is missed for good, or for the first sleep. */
    void sleepFor(long firstNanos, long longestNanos) {
        firstSleepNanos = firstNanos;
        longestSleepNanos = longestNanos;
    }

    /** The longest sleep, also of who is woken or looked for. */
    long longestSleepNanos() {
        return longestSleepNanos;
    }

    /**
     * How long to sleep where one is woken: for a moment at first, lest the wake got lost, and then ever longer.
     *
     * @param nanos of the last sleep, in which nothing came; 0 at first
     */
    long sleepNanosAfter(long nanos) {
        if (nanos == 0) {
            return firstSleepNanos;
        }
        return nanos < longestSleepNanos / SLEEP_GROWTH ? nanos * SLEEP_GROWTH : longestSleepNanos;
    }

    /** How often those who wait were made to look again. */
    int rouses() {
        return rouses.get();
    }

    void countRouse() {
        rouses.incrementAndGet();
    }

    /** Wakes the threads of this process that sleep on something of this segment, and others with them. */
    void rouse() {
        countRouse();
        eventCounts.values().forEach(EventCount::rouse);
    }

    /**
     * Looks at the file and compares it with what was mapped: device, inode and size. So with the file of participants, of which the
     * size alone counts: each operation that announces something would fail there.
     *
     * @throws SegmentDetachedException when it is not the same any more; from then on every call throws it
     */
    public void verify() {
        ensureReadable();
        String found = difference();
        if (found != null) {
            detach(found);
            ensureReadable();
        }
    }

    /** Whether {@link #verify()} would find something, or has: a look that ends nothing. */
    public boolean isBehind() {
        return isDetached() || difference() != null;
    }

    /** What the file at the path has that was not mapped, for people; null when it is the same. */
    private @Nullable String difference() {
        try {
            FileFacts now = FileFacts.of(path);
            if (!now.identity().equals(identity)) {
                return "file was replaced by another one";
            }
            if (now.size() < byteSize) {
                return "file was truncated: mapped bytes=" + byteSize + ", file size=" + now.size();
            }
            String loss = membership == null ? null : membership.loss();
            return loss == null ? null : "file of participants is lost, " + loss;
        } catch (NoSuchFileException e) {
            return "file was removed";
        } catch (IOException e) {
            return "file cannot be examined: " + e;
        }
    }

    /**
     * Translates the error that the JVM raises when a mapped page is gone.
     *
     * @return what to throw: the same error when the file proves to be intact
     */
    public RuntimeException translate(InternalError error) {
        if (isReadable()) {
            try {
                verify();
            } catch (SegmentDetachedException e) {
                e.addSuppressed(error);
                return e;
            }
            throw error;
        }
        RuntimeException failure = failure();
        failure.addSuppressed(error);
        return failure;
    }

    /**
     * Translates what the JDK throws when the memory is gone, for an access that stands in no lane.
     *
     * @return what to throw: the same when the mapping has not ended
     */
    public RuntimeException ended(IllegalStateException e) {
        return isReadable() ? e : failure();
    }

    /**
     * Ends the operations of this process: new ones are refused, those that are inside finish, waiting ones fail as if they
     * were new, and roles are closed. Returns when all threads are out, or the rest are in code of others or do not come out
     * for a second; the last one out then frees.
     *
     * @param release unmaps; runs once, on this thread or the last one that leaves
     */
    void close(Runnable release) {
        synchronized (this) {
            if (state == CLOSED) {
                return;
            }
            intact = !isDetached();
            state = CLOSED;
        }
        fenceAllThreads();
        fenced = true;
        // The state is changed first, and looked at by who is about to sleep after he has seen the word.
        rouse();
        long deadline = Deadline.nanosAfter(CLOSE_PATIENCE_NANOS);
        int attempts = 0;
        while (lanes.isBusy() && !Deadline.isPast(deadline)) {
            attempts = WaitStrategy.backoff().idle(attempts);
        }
        finishLater();
        synchronized (this) {
            free = release;
        }
        // Registered first, looked second: see tellLingering().
        lingering.add(this);
        left();
    }

    /**
     * Something that can be held beyond operations and ended by anybody: through another mapping of the file, or in another
     * process. Unlike {@link Lane#hold} it is not counted: whether it is held through this mapping is asked after close has
     * begun, and the mapping stays as long as the answer is yes.
     *
     * @param block what it is about: there is one keeper of each type for a block
     * @param initial makes it, if there is none. It looks, and does nothing else; it may look at the mapping
     */
    public <T extends BooleanSupplier> T keeper(Class<T> type, Block block, Supplier<T> initial) {
        return type.cast(keepers.computeIfAbsent(new KeeperKey(type, block.offset()), _ -> initial.get()));
    }

    /**
     * What all share who open a structure through this segment: it is made once, however often they do.
     *
     * @param block what it is about: there is one of each type for a block
     * @param initial makes it, if there is none
     */
    public <T> T shared(Class<T> type, Block block, Supplier<T> initial) {
        return type.cast(shared.computeIfAbsent(new KeeperKey(type, block.offset()), _ -> initial.get()));
    }

    private record KeeperKey(Class<?> type, long blockOffset) {}

    /**
     * What a {@linkplain #keeper keeper} of another mapping of this file may have stood for has ended: a mapping that was kept
     * by nothing else goes. To be called when the end can be seen, by a volatile write.
     */
    public void tellLingering() {
        // Ended first, looked second; close() registers first and looks for what is held second.
        if (!lingering.isEmpty()) {
            lingering.forEach(Attachment::left);
        }
    }

    /**
     * Registers something that this process owes others and cannot do yet. If it is still to be done when the segment is closed,
     * a thread of its own does it, and the mapping stays until then, or until the JVM ends.
     *
     * @param work tries, never waits, and returns how much is left; the same object may be registered again
     */
    public void finishAtClose(IntSupplier work) {
        synchronized (unfinished) {
            unfinished.add(work);
        }
        // Registered first, looked second; close() changes the state first and looks for work second.
        if (isClosing()) {
            finishLater();
        }
    }

    private void finishLater() {
        synchronized (unfinished) {
            if (finishing || !isEndable() || isFinished()) {
                return;
            }
            finishing = true;
            Lane stay = lanes.ofMany().enterToEnd();
            stay.callOut();
            Thread.ofPlatform().daemon().name("zeroipc-settle").start(() -> {
                int attempts = 0;
                while (!isFinished()) {
                    attempts = WaitStrategy.backoff().idle(attempts);
                }
                stay.callIn();
                stay.close();
            });
        }
    }

    /** Tries all that is unfinished. What comes after this has said true finds nobody at work any more. */
    private boolean isFinished() {
        synchronized (unfinished) {
            try {
                unfinished.removeIf(work -> work.getAsInt() == 0);
            } catch (InternalError e) {
                // The file has lost the page, unnoticed until now: there is nobody left to tell.
                unfinished.clear();
            }
            if (unfinished.isEmpty()) {
                finishing = false;
            }
            return unfinished.isEmpty();
        }
    }

    /** Whether what an earlier operation has begun can be ended now: before close, and after it while the mapping is there. */
    boolean isEndable() {
        return state == WRITABLE || isStillMapped();
    }

    /** As {@link #isEndable()}, for a thread that is in this lane: a role's that was closed meanwhile counts again. */
    boolean isEndableIn(Lane lane) {
        return state == WRITABLE || isStillMappedFor(lane);
    }

    private synchronized boolean isStillMappedFor(Lane lane) {
        boolean still = isStillMapped();
        if (still) {
            lanes.comeBack(lane);
        }
        return still;
    }

    /** Synchronized: who frees decides under the same monitor, and has seen a thread that is inside before it asks here. */
    private synchronized boolean isStillMapped() {
        return state == CLOSED && mapped && intact;
    }

    /** A thread has left an operation after close has begun: closes roles that it leaves at rest, and frees if it was the last. */
    void left() {
        if (!fenced) {
            // A thread may be inside that we do not see yet. Whoever closes comes here when that is over.
            return;
        }
        Runnable last = null;
        synchronized (this) {
            // A role is entered under this monitor now: see isEndable().
            for (Lane role : lanes.idleRoles()) {
                retire(role, true);
            }
            if (free != null && lanes.isEmpty() && (!intact || (lanes.held() <= 0 && !isKept()))) {
                last = free;
                free = null;
                mapped = false;
            }
        }
        if (last != null) {
            lingering.remove(this);
            if (membership != null && membership.participants() != null && recovery != null) {
                recovery.remove(this);
                membership.participants().giveBack(lanes.records());
            }
            last.run();
        }
    }

    private boolean isKept() {
        try {
            return keepers.values().stream().anyMatch(BooleanSupplier::getAsBoolean);
        } catch (InternalError e) {
            // The file has lost the page, unnoticed until now: nothing of it can be ended any more.
            return false;
        }
    }

    /** A role ends by itself: nothing is done to the bytes. It may have been the last one to hold something. */
    void retire(Lane role) {
        retire(role, false);
        if (isClosing()) {
            left();
        }
    }

    void settleAndRetire(Lane role) {
        // In the thread's lane: once removed, the role's own keeps no mapping.
        Lane mine = lanes.mine();
        if (mine.tryEnterToEnd()) {
            try {
                // Whoever comes second, as the segment's close may, goes on when the bytes are settled.
                synchronized (this) {
                    retire(role, true);
                }
            } finally {
                mine.close();
            }
        } else {
            retire(role, false);
        }
    }

    private void retire(Lane role, boolean settle) {
        if (lanes.remove(role) && settle) {
            try {
                role.settle();
            } catch (InternalError e) {
                // The file has lost the page, unnoticed until now: there is nobody left to tell.
            }
        }
    }

    /**
     * Makes every thread of this JVM pass a full fence, in the middle of whatever it does: O1 of {@link Lane}. Closing a shared
     * arena does that, since the JVM stops each thread for a moment to see whether it is using the arena's memory.
     */
    private static void fenceAllThreads() {
        Arena.ofShared().close();
    }

    private void detach(String found) {
        synchronized (this) {
            if (state <= READ_ONLY) {
                reason = found;
                state = DETACHED;
            }
        }
        rouse();
    }

    RuntimeException failure() {
        String found = reason;
        if (found != null) {
            // Also when it has been closed since: whoever holds on to a structure learns that there may be another file.
            return new SegmentDetachedException(
                    "segment is detached, " + found + ": segment=" + segment + ", path=" + path
                            + " (open it again to go on with the present file)",
                    path);
        }
        return new IllegalStateException(
                "segment is " + (state == READ_ONLY ? "open read-only" : "closed") + ": segment="
                        + segment);
    }
}

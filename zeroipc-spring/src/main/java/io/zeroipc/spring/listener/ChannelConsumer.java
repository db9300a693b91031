package io.zeroipc.spring.listener;

import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Pollers;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.RoomWaits;
import io.zeroipc.wait.WaitStrategy;

/** One thread that consumes one channel: attach, read until there is nothing, idle, and attach again after a loss. */
final class ChannelConsumer implements Runnable, RoomWaits.Supervisor {

    private static final Log LOG = LogFactory.getLog(ChannelConsumer.class);

    private static final long BACK_OFF_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long BACK_OFF_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Elements can be wrong, each is consumed then. So many in a row rather mean that the structure itself is damaged. */
    private static final int UNREADABLE_MAX = 16;
    /** Looks before a part that runs in a lent thread gives it back: who is about to arrive does so within microseconds. */
    private static final int LENT_SPINS = 100;
    private static final long LOSS_REPORT_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ChannelName channel;
    private final ConsumerGroup group;
    private final ChannelOpener opener;
    private final InvocationPipeline pipeline;
    private final ChannelStatistics statistics;
    private final ListenerSettings settings;
    private final boolean batch;
    private final IdleWatch idle;
    private final ConsumerThread thread;
    private final WaitStrategy waiting;
    private final @Nullable Pollers pollers;
    private final FailureLog damage = new FailureLog();
    private final ConsumerClock clock;

    /** Written by the consumer's thread alone. */
    private final AtomicLong processed = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private volatile @Nullable AttachedChannel attachedChannel;
    private volatile boolean queued;
    private volatile @Nullable RoomWait roomWait;
    /** Has the code that waits for room see that there is no time any more. */
    private volatile @Nullable Runnable roomLook;
    private int unreadableInARow;
    /** Whether the last look ended with something that is left for the next start. */
    private boolean kept;
    private long lossesSeen;
    private long lossReportedAtNanos;
    private boolean lossReported;

    /** @param attachedChannel what to consume; null when it is not there yet */
    ChannelConsumer(String threadName, ChannelName channel, ConsumerGroup group, ChannelOpener opener,
            InvocationPipeline pipeline, ChannelStatistics statistics, ListenerSettings settings, boolean batch,
            IdleWatch idle, @Nullable AttachedChannel attachedChannel) {
        this.channel = channel;
        this.group = group;
        this.opener = opener;
        this.pipeline = pipeline;
        this.statistics = statistics;
        this.clock = new ConsumerClock(statistics);
        this.settings = settings;
        this.batch = batch;
        this.attachedChannel = attachedChannel;
        this.idle = idle;
        this.waiting = settings.getWaitStrategy().guarded();
        this.pollers = settings.waitingPollers();
        this.thread = new ConsumerThread(threadName, settings, this);
        this.queued = thread.isBorrowed();
    }

    void startThread() {
        thread.start();
    }

    ConsumerThread thread() {
        return thread;
    }

    /** Whether an executor has no thread for it yet. */
    boolean isQueued() {
        return queued;
    }

    void endIfQueued() {
        if (queued && thread.cancel()) {
            end();
        }
    }

    boolean isAttached() {
        return attachedChannel != null;
    }

    ConsumerReport report() {
        long millis = clock.lastActivityMillis();
        return new ConsumerReport(thread.name(), channel, isAttached(), processed.get(), failed.get(),
                millis == 0 ? null : Instant.ofEpochMilli(millis), roomWait);
    }

    ChannelName channel() {
        return channel;
    }

    /** Elements that wait for it; empty when that cannot be told now. For any thread. */
    OptionalLong lag() {
        AttachedChannel attached = attachedChannel;
        if (attached == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(attached.lag());
        } catch (ZeroIpcException | IllegalStateException e) {
            return OptionalLong.empty();
        } catch (InternalError e) {
            return ChannelConsumer.lost(attached, e);
        }
    }

    /** Marks a segment whose file was truncated, so that the next look fails in an orderly way. */
    private static OptionalLong lost(AttachedChannel attached, InternalError error) {
        try {
            throw attached.attachment().translate(error);
        } catch (ZeroIpcException | IllegalStateException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void run() {
        try {
            if (queued) {
                queued = false;
                group.begun();
            }
            warnIfUnsuitable();
            RoomWaits.supervised(this, this::consumeUntilStopped);
        } catch (Throwable e) {
            group.failed(e);
        } finally {
            end();
        }
    }

    /** Gives back what is held and tells the group. The last thing the thread does, or all it does if it never ran. */
    void end() {
        boolean wasAttached = isAttached();
        detach();
        group.ended(wasAttached, queued);
    }

    // What code of the listener sends by the template.

    @Override
    public void begins(ChannelName full, Runnable lookAgain) {
        roomLook = lookAgain;
        roomWait = new RoomWait(full, Instant.now());
    }

    @Override
    public void ends() {
        roomWait = null;
        roomLook = null;
    }

    /** At once with the stop, unless that leaves nothing behind as long as there is time. */
    @Override
    public boolean isOver() {
        return group.isStopping() && !isDraining();
    }

    private void warnIfUnsuitable() {
        if (Thread.currentThread().isVirtual() && !settings.getWaitStrategy().suitsVirtualThreads()) {
            LOG.warn("listener waits in a way that occupies the carrier of its virtual thread: channel=" + channel
                    + ", thread=" + thread.name() + ", wait=" + settings.getWaitStrategy()
                    + " (expected: park, or an executor of platform threads)");
        }
    }

    private void consumeUntilStopped() {
        BackOff backOff = new BackOff();
        boolean again = false;
        while (!group.isStopping() || (isDraining() && isAttached())) {
            try {
                backOff.waitIfDue();
                AttachedChannel attached = attachedChannel;
                if (attached == null && group.isPauseRequested()) {
                    group.park();
                } else if (attached == null) {
                    attached = tryAttach(again);
                    backOff.attempted(attached != null);
                }
                if (attached != null) {
                    if (consume(attached)) {
                        return;
                    }
                    LOG.warn("channel cannot be read and will be attached again: channel=" + channel
                            + ", failures in a row=" + UNREADABLE_MAX);
                    lose(backOff);
                }
            } catch (SegmentDetachedException e) {
                if (!opener.isReattaching(channel)) {
                    throw e;
                }
                LOG.warn("channel was lost and will be attached again: channel=" + channel + ", error="
                        + e.getMessage());
                again = true;
                lose(backOff);
            } catch (InterruptedException e) {
                // Our own stop, or an interrupt that a listener has left behind: only the first ends the loop.
                if (!group.isStopping()) {
                    LOG.debug("interrupt without a stop is ignored: channel=" + channel);
                }
            }
        }
    }

    private void lose(BackOff backOff) {
        if (isAttached()) {
            detach();
            group.attached(false);
        }
        backOff.lost();
    }

    /** Waits longer and longer, up to a second, between attempts to attach; ends with the group's stop. */
    private final class BackOff {

        private long delay = BACK_OFF_MIN_NANOS;
        private boolean due;
        private long attachedAtNanos = System.nanoTime();

        void waitIfDue() throws InterruptedException {
            if (due) {
                group.sleep(delay);
                due = false;
                delay = Math.min(delay * 2, BACK_OFF_MAX_NANOS);
            }
        }

        void attempted(boolean succeeded) {
            due = !succeeded;
            attachedAtNanos = System.nanoTime();
        }

        /** What was attached for a while counts as a success: the next attempt comes soon. */
        void lost() {
            if (System.nanoTime() - attachedAtNanos > BACK_OFF_MAX_NANOS) {
                delay = BACK_OFF_MIN_NANOS;
            }
            due = true;
        }
    }

    /** Null when the channel is not there now and may be in a moment. */
    private @Nullable AttachedChannel tryAttach(boolean again) {
        AttachedChannel attached;
        try {
            attached = opener.open(channel);
        } catch (RuntimeException e) {
            if (again ? ChannelOpener.isRebuilding(e) : ChannelOpener.isAbsence(e)) {
                LOG.debug("channel is not there yet: channel=" + channel + ", error=" + e.getMessage());
                return null;
            }
            throw e;
        } catch (InternalError e) {
            if (again && opener.isDetached(channel)) {
                LOG.debug("channel is gone again: channel=" + channel, e);
                return null;
            }
            throw e;
        }
        attachedChannel = attached;
        group.attached(true);
        return attached;
    }

    /** Whatever it waits for, it looks at its group again. */
    void lookAgain() {
        thread.recall();
        AttachedChannel attached = attachedChannel;
        if (attached != null) {
            attached.intake().arrivals().rouse();
        }
        Runnable look = roomLook;
        if (look != null) {
            look.run();
        }
    }

    /**
     * Reads until the group stops, or the channel was closed and is empty.
     *
     * @return false when the channel must be attached again, because reading fails time after time
     */
    private boolean consume(AttachedChannel attached) throws InterruptedException {
        try {
            return readUntilDone(attached);
        } catch (InternalError e) {
            // A page of the mapping is gone, and compiled code may say so late: hence around the whole loop. Rethrown as
            // it is when the file proves to be intact.
            throw attached.attachment().translate(e);
        }
    }

    private boolean readUntilDone(AttachedChannel attached) throws InterruptedException {
        ElementReader reader = new ElementReader(attached, pipeline, batch ? settings.getMaxBatchSize() : 0,
                new BatchWindow(settings, attached.intake().arrivals(), group), settings.getFilter(),
                pipeline.needsPositions(), clock);
        lossesSeen = attached.intake().lost();
        unreadableInARow = 0;
        int attempts = 0;
        int turn = 0;
        while (!group.isStopping() || isDraining()) {
            if (group.isPauseRequested()) {
                group.park();
                idle.lookingAgain();
                attempts = 0;
                continue;
            }
            int taken = thread.isLent() ? readLent(attached, reader) : read(attached, reader);
            if (kept) {
                return true;
            }
            if (unreadableInARow >= UNREADABLE_MAX) {
                return false;
            }
            if (taken > 0) {
                attempts = 0;
                turn = Thread.currentThread().isVirtual() ? giveWay(turn) : 0;
            } else if (taken < 0) {
                attempts = 0;
            } else if (group.isStopping()) {
                return true;
            } else if (attached.intake().isExhausted() && !opener.isReattaching(channel)) {
                LOG.info("channel was closed by its sender, nothing more can arrive: channel=" + channel);
                return true;
            } else {
                idle.waited();
                // A part that ran elsewhere has had its spins.
                int before = thread.isLent() ? Math.max(attempts, LENT_SPINS) : attempts;
                attempts = attached.intake().arrivals().pause(waiting, idle.nanosToNext(), before, pollers);
            }
        }
        return true;
    }

    /** As {@link #read}, as long as there is something, in a thread that an executor lends; negative when it lends none now. */
    private int readLent(AttachedChannel attached, ElementReader reader) throws InterruptedException {
        int[] taken = {-1};
        try {
            thread.lend(() -> RoomWaits.supervised(this, () -> taken[0] = readForAWhile(attached, reader)));
        } catch (RejectedExecutionException e) {
            if (group.isStopping()) {
                return 0;
            }
            damage.failed("executor lends no thread: channel=" + channel + ", error=" + e.getMessage(), "asked again",
                    e);
            group.sleep(BACK_OFF_MAX_NANOS);
        }
        return taken[0];
    }

    /** Not for longer than a batch or as many calls: others may wait for the thread. How many there were last. */
    private int readForAWhile(AttachedChannel attached, ElementReader reader) {
        int taken = 0;
        int turns = 0;
        int spins = 0;
        do {
            taken = read(attached, reader);
            if (taken > 0) {
                turns++;
                spins = 0;
            } else {
                spins++;
                Thread.onSpinWait();
            }
        } while (turns < settings.getMaxBatchSize() && spins < LENT_SPINS && !kept && unreadableInARow < UNREADABLE_MAX
                && !group.isStopping() && !group.isPauseRequested());
        return taken;
    }

    /** Whether a stop is to leave nothing behind. A pause goes on, and a failure ends it. */
    private boolean isDraining() {
        return settings.isDrainOnStop() && group.failure() == null && !group.isInterrupted()
                && !group.isPauseRequested();
    }

    /** How many elements were there; those that could not be read count. */
    private int read(AttachedChannel attached, ElementReader reader) {
        try {
            reader.read();
        } catch (SegmentDetachedException | IllegalStateException e) {
            throw e;
        } catch (StructureBusyException e) {
            // Nothing was taken, so there is nothing to report as failed: looked at again, as when nothing is there.
            LOG.warn("channel cannot be read at present: channel=" + channel + ", error=" + e.getMessage());
        } catch (RuntimeException e) {
            // Of the structure: what the application throws does not come here.
            unreadableInARow++;
            damage.failed("channel cannot be read: channel=" + channel + ", error=" + e.getMessage(), "looked at again",
                    e);
        }
        kept = reader.isKept();
        int taken = reader.taken();
        int readable = taken - reader.unreadable();
        if (taken > 0) {
            unreadableInARow = readable == 0 ? unreadableInARow + 1 : 0;
            statistics.taken(taken);
            if (batch && readable > 0) {
                statistics.batch(readable);
            }
            processed.lazySet(processed.get() + taken);
            failed.lazySet(failed.get() + reader.failed());
            clock.active();
            attached.commits()
                    .processed(attached.intake().position(), reader.isCallFailed(), kept);
            idle.arrived();
            reportLosses(attached);
            clearInterrupt();
        } else {
            clock.inactive();
        }
        return taken;
    }

    /** An interrupt that the listener has left behind would disturb its next call. Ours comes with a stop. */
    private void clearInterrupt() {
        if (!group.isInterrupted() && Thread.interrupted()) {
            LOG.debug("listener has left an interrupt behind: channel=" + channel + ", thread=" + thread.name());
        }
    }

    /** Virtual threads are not preempted: without this, a channel that never runs dry would keep its carrier. */
    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it but fairness
    private int giveWay(int turn) {
        if (turn + 1 < settings.getMaxBatchSize()) {
            return turn + 1;
        }
        Thread.yield();
        return 0;
    }

    private void reportLosses(AttachedChannel attached) {
        long lost = attached.intake().lost();
        if (lost == lossesSeen) {
            return;
        }
        statistics.loss(lost - lossesSeen);
        lossesSeen = lost;
        // A source of one element shows the newest by its nature: skipping the others is what it is for.
        if (attached.source().occupancy().capacity() <= 1) {
            return;
        }
        long now = System.nanoTime();
        if (!lossReported || now - lossReportedAtNanos >= LOSS_REPORT_INTERVAL_NANOS) {
            lossReported = true;
            lossReportedAtNanos = now;
            LOG.warn("listener is too slow, elements were overwritten before it saw them: channel=" + channel
                    + ", thread=" + thread.name() + ", lost so far=" + lost);
        }
    }

    private void detach() {
        AttachedChannel attached = attachedChannel;
        attachedChannel = null;
        if (attached != null) {
            try {
                attached.close();
            } catch (RuntimeException | InternalError e) {
                LOG.debug("channel could not be given back: channel=" + channel, e);
            }
        }
    }
}

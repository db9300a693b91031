package io.zeroipc.sync;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.format.ArrayDescriptor;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.EventDescriptor;
import io.zeroipc.format.SemaphoreDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

import static io.zeroipc.format.EventDescriptor.SEMAPHORE_SUFFIX;
import static io.zeroipc.format.EventDescriptor.SIGNALED_OFFSET;
import static io.zeroipc.format.EventDescriptor.WAITING_OFFSET;

/*
 * Overview
 *   A flag that threads wait for (manual), or a semaphore whose permits are signals (auto). Changed from the original:
 *   signals for which nobody waits do not add up, and reset() takes them back.
 *
 * Invariants
 *   I1  manual: the semaphore is not used. Auto: the permits decide; signaled is a hint that is right when nothing is going
 *       on.
 *   I2  auto, if only Java takes part: permits <= max(1, threads that wait). Killed ones are counted out before they would
 *       matter: WaitingPlaces.
 *
 * Ordering
 *   S1  manual: the release-store of signaled pairs with the acquire-load of those who wait. Auto: as the semaphore (S1 of
 *       PermitCell). What was done before the signal is visible to who is released by it.
 *   S2  auto: clearing the hint and looking for another permit must not change places, hence the full fence.
 *
 * Progress
 *   Signalling is lock-free. pulse() waits for those who wait.
 *
 * If a process dies here
 *   Waiting: it is counted out by the next who would be misled. In the middle of a pulse: a manual event is
 *   reset by PulseRecoverer, for a participant; else it stays signalled until it is reset. Between the hint and the permit of a signal, or after the permit of a wait: that signal is gone, and the
 *   hint, which only other languages look at, is wrong until the next one.
 */

/**
 * A signal in shared memory. A {@link Mode#MANUAL manual} event stays signalled, and lets everybody go, until it is reset; an
 * {@link Mode#AUTO automatic} one lets one thread go for each signal. Thread-safe, and byte-compatible with the event of the
 * C++ and Python implementations: {@code docs/format/event.md}.
 *
 * <p>
 * Signals of an automatic event do not add up: one is kept if nobody waits, and as many as there are threads waiting. What a
 * thread did before it signalled happens before what a thread does that was released by it, in all processes.
 */
public final class SharedEvent implements Structure {

    public static final StructureKind KIND = StructureKind.composite("event", "", "", SEMAPHORE_SUFFIX);
    public static final Probe PROBE = new SyncProbe(KIND, SharedEvent::match, SharedEvent::describe);

    /** What becomes of a signal. */
    public enum Mode {
        /** It lets one thread go. */
        AUTO,
        /** It lets every thread go until it is reset. */
        MANUAL;

        /**
         * The mode of this name, in any case.
         *
         * @throws IllegalArgumentException when there is none
         */
        public static Mode ofName(String name) {
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "auto" -> AUTO;
                case "manual" -> MANUAL;
                default -> throw new IllegalArgumentException(
                        "mode of an event is unknown: mode=" + name + " (expected: auto, manual)");
            };
        }
    }

    /** How often a pulse looks whether all have gone before it looks whether one of them was killed. */
    private static final int LOOKS_BETWEEN_SETTLING = 64;

    private final Binding binding;
    private final Attachment attachment;
    private final Claims claims;
    private final MemorySegment memory;
    private final long offset;
    private final PermitCell signals;
    private final WaitingPlaces waiters;
    private final Mode mode;

    private SharedEvent(Blocks blocks, Block event, Block semaphore) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.claims = attachment.claims();
        this.memory = event.memory();
        this.offset = event.offset();
        attachment.recoverer(PulseRecoverer.class, event, () -> new PulseRecoverer(memory));
        this.signals = new PermitCell(semaphore, attachment);
        this.waiters = waiters(blocks, event, semaphore);
        this.mode = mode(memory);
    }

    /** An event to create, which is automatic then, or to open whatever mode it has. */
    public static Spec<SharedEvent> spec() {
        return spec(null, Mode.AUTO);
    }

    /** An event to create or open; to open, the mode must match the stored one. */
    public static Spec<SharedEvent> spec(Mode mode) {
        return spec(mode, mode);
    }

    private static Spec<SharedEvent> spec(@Nullable Mode required, Mode created) {
        int stored = created == Mode.MANUAL ? EventDescriptor.MANUAL_RESET : EventDescriptor.AUTO_RESET;
        return new SyncSpec<>(KIND,
                () -> List.of(
                        new Part("", EventDescriptor.SIZE, block -> EventDescriptor.format(block.memory(), stored)),
                        new Part(SEMAPHORE_SUFFIX, SemaphoreDescriptor.SIZE,
                                block -> SemaphoreDescriptor.format(block.memory(), 0, 0))),
                blocks -> bind(blocks, required));
    }

    /** Creates an event; see {@link Segment#create}. */
    public static SharedEvent create(Segment segment, String name, Mode mode) {
        return segment.create(name, spec(mode));
    }

    /** Opens an event of either mode; see {@link Segment#open}. */
    public static SharedEvent open(Segment segment, String name) {
        return segment.open(name, spec());
    }

    /** Opens an event, or creates it; see {@link Segment#openOrCreate}. */
    public static SharedEvent openOrCreate(Segment segment, String name, Mode mode) {
        return segment.openOrCreate(name, spec(mode));
    }

    private static SharedEvent bind(Blocks blocks, @Nullable Mode required) {
        Block event = blocks.require("");
        MemorySegment memory = event.memory();
        blocks.requireSound(EventDescriptor.check(memory));
        Block semaphore = blocks.requireFollowing(SEMAPHORE_SUFFIX);
        blocks.requireSound(SemaphoreDescriptor.check(semaphore.memory()), ", entry=" + semaphore.entryName());
        if (required != null && required != mode(memory)) {
            throw blocks.mismatch("mode differs: stored=" + mode(memory) + ", asked for=" + required);
        }
        return new SharedEvent(blocks, event, semaphore);
    }

    private static WaitingPlaces waiters(Blocks blocks, Block event, Block semaphore) {
        boolean manual = mode(event.memory()) == Mode.MANUAL;
        MemorySegment counter = manual ? event.memory() : semaphore.memory();
        // One word for both modes: whoever signals does not look which it is.
        EventCount arrivals = blocks.attachment()
                .arrivals(event,
                        () -> manual
                                ? Atomics.getIntAcquire(event.memory(), SIGNALED_OFFSET)
                                : SemaphoreDescriptor.permits(semaphore.memory()));
        return new WaitingPlaces(blocks, semaphore, counter,
                manual ? WAITING_OFFSET : SemaphoreDescriptor.WAITING_OFFSET, arrivals);
    }

    /** Signals: lets everybody go until the event is reset (manual), or one thread (automatic). */
    public void signal() {
        try (Lane _ = attachment.enterToWrite()) {
            signalInside();
        }
    }

    private void signalInside() {
        // S1, pairs with isFlagUp(): what was done so far is visible to who sees it.
        Atomics.setIntRelease(memory, SIGNALED_OFFSET, 1);
        // I2: one for the next if nobody waits, and one for each thread that does.
        if (mode == Mode.AUTO && !signals.giveBelow(1)) {
            StopPoint.EVENT_SIGNAL_PENDING.reach();
            // Who waits is worth a closer look only when it matters.
            if (waiters.counted() > 1) {
                waiters.settle();
            }
            // Also where one waits, or nobody: the one that was there may have been taken since, by a thread that is not counted
            // any more, and this one is for another.
            signals.giveBelow(Math.max(1, waiters.counted()));
        }
        waiters.arrivals().advance();
    }

    /** Takes signals back. Threads that wait for an automatic event keep those that were meant for them. */
    public void reset() {
        try (Lane _ = attachment.enterToWrite()) {
            Atomics.setIntRelease(memory, SIGNALED_OFFSET, 0);
            if (mode == Mode.AUTO && signals.permits() > 0) {
                waiters.settle();
                signals.trimTo(waiters.counted());
            }
        }
    }

    /** Waits for a signal. */
    public void await() throws InterruptedException {
        await(Deadline.never());
    }

    /** Waits for a signal, at most so long; false when none came. */
    public boolean await(Duration timeout) throws InterruptedException {
        return await(Deadline.after(timeout));
    }

    private boolean await(Deadline deadline) throws InterruptedException {
        try (Lane _ = attachment.enterToWrite()) {
            if (mode == Mode.MANUAL) {
                return await(this::isFlagUp, deadline);
            }
            if (!await(signals::tryTake, deadline)) {
                return false;
            }
            Atomics.setIntRelease(memory, SIGNALED_OFFSET, 0);
            // S2: a signal that came meanwhile put the hint up before its permit; having put it down, we look for the permit.
            Atomics.fullFence();
            if (signals.permits() > 0) {
                Atomics.setIntRelease(memory, SIGNALED_OFFSET, 1);
            }
            return true;
        }
    }

    private boolean await(BooleanSupplier signal, Deadline deadline) throws InterruptedException {
        return signal.getAsBoolean() || (!deadline.expired() && waiters.await(signal, deadline));
    }

    /**
     * Lets go who waits now: everybody (manual; returns when they have gone, and the event is not signalled any more), or one
     * thread (automatic; returns at once). For threads of other languages see {@link #pulse(Duration)}.
     *
     * @throws InterruptedException when interrupted before all had gone; the event is reset
     */
    public void pulse() throws InterruptedException {
        pulse(Deadline.never());
    }

    /**
     * As {@link #pulse()}, waiting at most so long for all to go; false when some were still counted then. A process of C++ that
     * is killed leaves its threads counted for ever; Python's threads are never counted, and see a pulse only by chance.
     */
    public boolean pulse(Duration timeout) throws InterruptedException {
        return pulse(Deadline.after(timeout));
    }

    private boolean pulse(Deadline deadline) throws InterruptedException {
        try (Lane lane = attachment.enterToWrite()) {
            waiters.settle();
            if (mode == Mode.AUTO) {
                if (waiters.counted() > 0) {
                    signalInside();
                }
                return true;
            }
            int cell = claims.announce(lane, offset, ClaimWord.of(ClaimWord.LOCKED));
            signalInside();
            StopPoint.EVENT_PULSING.reach();
            try {
                return haveGone(deadline);
            } finally {
                // First: what somebody signals behind the reset is not to be taken back if we die.
                claims.set(cell, ClaimWord.of(ClaimWord.UNLOCKING));
                if (!attachment.isDetached()) {
                    Atomics.setIntRelease(memory, SIGNALED_OFFSET, 0);
                }
                StopPoint.EVENT_RESET.reach();
                claims.clear(cell);
            }
        }
    }

    private boolean haveGone(Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (waiters.counted() > 0) {
            if (deadline.expired()) {
                return false;
            }
            attempts = attachment.pause(WaitStrategy.backoff(), attempts);
            if (attempts % LOOKS_BETWEEN_SETTLING == 0) {
                // One that was killed meanwhile.
                waiters.settle();
            }
        }
        return true;
    }

    /** Whether a thread that waited now would go at once: true a moment ago. */
    public boolean isSignaled() {
        return attachment.reading(() -> mode == Mode.MANUAL ? isFlagUp() : signals.permits() > 0);
    }

    /** Threads that wait, in all processes: an estimate, in which those of killed processes of other languages stay. */
    public int waiting() {
        return attachment.reading(waiters::living);
    }

    public Mode mode() {
        return mode;
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** Signalled or not, of one. */
    @Override
    public Occupancy occupancy() {
        return occupancy(isSignaled());
    }

    private boolean isFlagUp() {
        // S1, pairs with signal().
        return EventDescriptor.isSignaled(memory);
    }

    private static Mode mode(MemorySegment memory) {
        return EventDescriptor.mode(memory) == EventDescriptor.MANUAL_RESET ? Mode.MANUAL : Mode.AUTO;
    }

    private static Occupancy occupancy(boolean signaled) {
        return new Occupancy(signaled ? 1 : 0, 1, "signals");
    }

    private static Match match(Blocks blocks) {
        Block block = blocks.find("");
        Block semaphore = blocks.find(SEMAPHORE_SUFFIX);
        if (block == null || semaphore == null || EventDescriptor.check(block.memory()) != null
                || SemaphoreDescriptor.check(semaphore.memory()) != null) {
            return Match.NO;
        }
        // An array and the semaphore beside it may be called so.
        return ArrayDescriptor.elementSize(block.memory()) > 0 ? Match.POSSIBLE : Match.CERTAIN;
    }

    private static Description describe(Blocks blocks) {
        Block event = blocks.require("");
        MemorySegment memory = event.memory();
        Block semaphore = blocks.require(SEMAPHORE_SUFFIX);
        boolean manual = mode(memory) == Mode.MANUAL;
        boolean signaled = manual
                ? EventDescriptor.isSignaled(memory)
                : SemaphoreDescriptor.permits(semaphore.memory()) > 0;
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("signaled", signaled);
        details.put("mode", manual ? "manual" : "auto");
        details.put("waiting", waiters(blocks, event, semaphore).living());
        return new Description(0, occupancy(signaled), details);
    }
}

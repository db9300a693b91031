package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.OwnerDiedException;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.format.ErrorText;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.ElementScratch;
import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.Looks;
import io.zeroipc.wait.WaitStrategy;

/*
 * Overview
 *   A value that comes once, or an error in its place. Changed from the original: who wants to compute the value can claim
 *   that beforehand; an error has its text when it is seen; and who dies computing is found out. Computation holds the
 *   protocol.
 *
 * Invariants
 *   I1  the state goes from pending to computing, and from there to ready or failed, which are for ever; or back to pending
 *       when a claim is given back. C++ goes from pending to failed at once.
 *   I2  value, error text and time are written by who made the state computing, before it is ready or failed. C++ writes text
 *       and time of an error after that.
 *
 * Ordering
 *   S1  value, then ready by release-store; the state by acquire-load, then the value.
 *   S3  of an error of C++, text and then time are stored behind the state: who sees it without a time waits for that.
 *
 * Progress
 *   Completing never waits. Waiting is a loop.
 *
 * If a process dies here
 *   After it claimed: those who wait find out, and the future fails. In C++ between computing and ready: the future stays
 *   computing until somebody who knows calls abandon().
 */

/**
 * A value that one thread of one process provides and threads of all processes wait for; or the reason why there is none.
 * Thread-safe, and byte-compatible with the future of the C++ implementation: {@code docs/format/future.md}.
 *
 * <p>
 * It is completed exactly once, by whoever is first. What the completing thread did before happens before what a thread does
 * after it got the value.
 *
 * <pre>{@code
 * // one process
 * future.complete(compute());
 * // another one
 * double result = future.get(Duration.ofSeconds(5));
 * }</pre>
 *
 * @param <T> the value
 */
public final class SharedFuture<T> implements Structure {

    public static final StructureKind KIND = StructureKind.of("future");
    public static final Probe PROBE = new FutureSpec.FutureProbe();

    /** Some hundredths of a second, most of which is slept: C++ writes the text within a microsecond. */
    private static final int TEXT_LOOKS = 250;

    /** What has become of it. */
    public enum State {
        /** Nobody has begun. */
        PENDING,
        /** Somebody has claimed it. */
        COMPUTING,
        /** The value is there. */
        READY,
        /** There is an error in place of a value. */
        FAILED;

        static State of(int state) {
            return values()[Math.clamp(state, 0, 3)];
        }
    }

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final TextMark text;
    private final Computation computation;
    private final ElementScratch scratch;

    SharedFuture(Blocks blocks, Block block, Codec<T> codec) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.memory = block.memory();
        this.codec = codec;
        this.text = new TextMark(memory, FutureDescriptor.errorOffset(codec.byteSize()));
        this.computation = new Computation(blocks, block, text);
        this.scratch = new ElementScratch(codec.byteSize());
    }

    /** A future to create or open. */
    public static <T> Spec<SharedFuture<T>> spec(Codec<T> codec) {
        return new FutureSpec<>(codec);
    }

    /** Creates a future; see {@link Segment#create}. */
    public static <T> SharedFuture<T> create(Segment segment, String name, Codec<T> codec) {
        return segment.create(name, spec(codec));
    }

    /** Opens a future; see {@link Segment#open}. */
    public static <T> SharedFuture<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec));
    }

    /** Opens a future, or creates it; see {@link Segment#openOrCreate}. */
    public static <T> SharedFuture<T> openOrCreate(Segment segment, String name, Codec<T> codec) {
        return segment.openOrCreate(name, spec(codec));
    }

    // providing

    /** Provides the value; false when somebody else has completed it, or has claimed it. Never waits. */
    public boolean complete(T value) {
        try (Lane _ = attachment.enterToWrite(); Lease lease = scratch.take()) {
            MemorySegment bytes = encode(value, lease);
            return completeAs(Computation.DONE, () -> store(bytes));
        }
    }

    /**
     * Provides an error in place of the value; false when somebody else has completed it, or has claimed it. Never waits.
     *
     * @param error for people; 246 bytes in UTF-8 at most, the rest is cut off
     */
    public boolean completeExceptionally(String error) {
        Objects.requireNonNull(error, "error");
        try (Lane _ = attachment.enterToWrite()) {
            return completeAs(Computation.FAILED, () -> store(error));
        }
    }

    private boolean completeAs(int state, Runnable result) {
        Computation.Claim claim = computation.tryClaim(false);
        if (claim == null) {
            return false;
        }
        claim.finish(state, result);
        return true;
    }

    /**
     * Claims the future, so that nobody else computes the same; null when somebody else has completed or claimed it. If this
     * process dies before the completer has done its work, the future fails with an {@link OwnerDiedException}. Closing the
     * segment does not end the claim: the mapping stays until the completer is done.
     */
    public @Nullable Completer<T> tryClaim() {
        try (Lane _ = attachment.enterToWrite()) {
            Computation.Claim claim = computation.tryClaim(false);
            return claim == null ? null : new Completer<>(this, claim);
        }
    }

    /**
     * Claims the future and provides what {@code supplier} computes, or what it threw as the error; false, without a call,
     * when somebody else has completed or claimed it.
     */
    public boolean completeWith(Supplier<? extends T> supplier) {
        try (Completer<T> completer = tryClaim()) {
            if (completer == null) {
                return false;
            }
            T value;
            try {
                value = supplier.get();
            } catch (RuntimeException e) {
                completer.fail(e.toString());
                return true;
            }
            completer.complete(value);
            return true;
        }
    }

    /**
     * Declares the process dead that has claimed the future: for when that is known, and the bytes do not tell, because it is one
     * of C++ or Python. The future fails with an {@link OwnerDiedException}. One of this library that died is found out without
     * this.
     *
     * @return false, and nothing has changed, when nobody is computing, or a living process of this library is
     */
    public boolean abandon() {
        try (Lane _ = attachment.enterToWrite()) {
            return computation.abandon();
        }
    }

    // waiting

    /**
     * The value, waiting for it.
     *
     * @throws ExecutionException when there is an error in its place; the cause is a {@link ZeroIpcException} with the
     *         error's text, or an {@link OwnerDiedException}
     */
    public T get() throws InterruptedException, ExecutionException {
        try (Lane _ = attachment.enterToRead()) {
            return result(await(Deadline.never(), null));
        }
    }

    /**
     * The value, waiting for it at most so long.
     *
     * @throws ExecutionException as {@link #get()}
     * @throws TimeoutException when it has not come
     */
    public T get(Duration timeout) throws InterruptedException, ExecutionException, TimeoutException {
        try (Lane _ = attachment.enterToRead()) {
            int state = await(Deadline.after(timeout), null);
            if (state != Computation.DONE && state != Computation.FAILED) {
                throw new TimeoutException("future was not completed in time: " + describe() + ", state="
                        + State.of(state));
            }
            return result(state);
        }
    }

    /**
     * The value if it is there, null otherwise. Never waits.
     *
     * @throws ExecutionException as {@link #get()}
     */
    public @Nullable T getNow() throws ExecutionException {
        try (Lane _ = attachment.enterToRead()) {
            int state = computation.state();
            return state == Computation.DONE || state == Computation.FAILED ? result(state) : null;
        }
    }

    /**
     * This future as one of the JDK. It is completed by a virtual thread, which looks once a millisecond; cancelling or
     * completing it ends that thread, and changes nothing in shared memory. When the segment is closed it fails.
     */
    public CompletableFuture<T> toCompletableFuture() {
        CompletableFuture<T> view = new CompletableFuture<>();
        Thread waiter = Thread.ofVirtual().name("zeroipc-future-" + name()).unstarted(() -> {
            try {
                view.complete(awaitResult());
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                view.completeExceptionally(cause == null ? e : cause);
            } catch (InterruptedException | RuntimeException | Error e) {
                view.completeExceptionally(e);
            }
        });
        var _ = view.whenComplete((_, _) -> waiter.interrupt());
        waiter.start();
        return view;
    }

    private T awaitResult() throws InterruptedException, ExecutionException {
        try (Lane _ = attachment.enterToRead()) {
            return result(await(Deadline.never(), WaitStrategy.park()));
        }
    }

    public State state() {
        return State.of(attachment.reading(computation::state));
    }

    /** Whether there is a value or an error. */
    public boolean isDone() {
        return switch (state()) {
            case READY, FAILED -> true;
            case PENDING, COMPUTING -> false;
        };
    }

    /** Threads that wait, in all processes: an estimate, in which those of killed processes stay. */
    public long waiting() {
        return attachment.reading(() -> Integer.toUnsignedLong(FutureDescriptor.waiters(memory)));
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** One element once there is a value. */
    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(state() == State.READY ? 1 : 0, 1);
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public String toString() {
        return "SharedFuture[" + describe() + ", element=" + codec.typeName() + "]";
    }

    private int await(Deadline deadline, @Nullable WaitStrategy strategy) throws InterruptedException {
        int state = computation.state();
        if (state == Computation.DONE || state == Computation.FAILED) {
            return state;
        }
        if (attachment.isReadOnly()) {
            return computation.await(deadline, strategy);
        }
        countWaiting(1);
        try {
            return computation.await(deadline, strategy);
        } finally {
            // The bytes of a detached segment may be gone, and who still sees them is on its own.
            if (!attachment.isDetached()) {
                countWaiting(-1);
            }
        }
    }

    private T result(int state) throws ExecutionException {
        if (state == Computation.DONE) {
            // The bytes never change again.
            return codec.decode(memory, FutureDescriptor.VALUE_OFFSET);
        }
        String error = error();
        String message = "future failed: " + describe() + ", error=" + error;
        ZeroIpcException cause = text.isDead()
                ? new OwnerDiedException(message, segment().name(), name())
                : new ZeroIpcException(error);
        throw new ExecutionException(message, cause);
    }

    private String error() {
        // S3: C++ stores the time behind the text, which it stores behind the state.
        int looks = 0;
        while (looks < TEXT_LOOKS && !text.isSet()
                && Atomics.getLongAcquire(memory, FutureDescriptor.COMPLETION_TIME_OFFSET) == 0) {
            looks = Looks.pause(looks);
        }
        return text.text();
    }

    private MemorySegment encode(T value, Lease lease) {
        MemorySegment bytes = lease.memory();
        codec.encode(Objects.requireNonNull(value, "value"), bytes, 0);
        return bytes;
    }

    private void store(MemorySegment bytes) {
        MemorySegment.copy(bytes, 0, memory, FutureDescriptor.VALUE_OFFSET, codec.byteSize());
        storeTime();
    }

    private void store(String error) {
        ErrorText.write(memory, text.offset(), error);
        storeTime();
    }

    private void storeTime() {
        Instant now = Instant.now();
        Atomics.putLong(memory, FutureDescriptor.COMPLETION_TIME_OFFSET,
                TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
    }

    private void countWaiting(int delta) {
        Atomics.getAndAddInt(memory, FutureDescriptor.WAITERS_OFFSET, delta);
    }

    private String describe() {
        return binding.describe();
    }

    /**
     * The right, and the duty, to complete a future. Thread-safe; the first of its operations counts.
     *
     * @param <T> the value
     */
    public static final class Completer<T> implements AutoCloseable {

        private final SharedFuture<T> future;
        private final Computation.Claim claim;

        private Completer(SharedFuture<T> future, Computation.Claim claim) {
            this.future = future;
            this.claim = claim;
        }

        /**
         * Provides the value, also when the segment is being closed. When the codec refuses it, it can be tried again.
         *
         * @throws IllegalStateException when it is completed or was given back
         */
        public void complete(T value) {
            try (Lease lease = future.scratch.take()) {
                MemorySegment bytes = future.encode(value, lease);
                claim.finish(Computation.DONE, () -> future.store(bytes));
            }
        }

        /**
         * Provides an error in place of the value; see {@link SharedFuture#completeExceptionally}.
         *
         * @throws IllegalStateException when it is completed or was given back
         */
        public void fail(String error) {
            Objects.requireNonNull(error, "error");
            claim.finish(Computation.FAILED, () -> future.store(error));
        }

        /** Gives the future back if it is not completed: somebody else can claim it then. Idempotent. */
        @Override
        public void close() {
            claim.giveBack();
        }
    }
}

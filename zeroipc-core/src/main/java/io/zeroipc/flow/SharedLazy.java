package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.ErrorText;
import io.zeroipc.format.LazyDescriptor;
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

/*
 * Overview
 *   A value that is computed when it is first wanted, by one of all who want it, and kept. Changed from the original: a
 *   function of the application can be the computation, one that fails has not been done, and who dies computing is found
 *   out. Computation holds the protocol.
 *
 * Invariants
 *   I1  operation and operands never change once the block is in the table.
 *   I2  the result is written by who made the state computing, before it is computed.
 *
 * Ordering
 *   S1  result, number of computations, then computed by release-store; the state by acquire-load, then the result.
 *   S2  computing, store-store fence, result (Computation.Claim, finish); result, load-load fence, state and number (cached).
 *       So a reader is not fooled by a reset and another computation while it copies.
 *
 * Progress
 *   Blocking: who comes while it is being computed waits for it.
 *
 * If a process dies here
 *   Computing: those who wait find out, and one of them computes. In C++ while it is computing: it stays so until somebody
 *   who knows calls abandon().
 */

/**
 * A value that is computed once, when it is first wanted, and then kept for all processes. Thread-safe, and byte-compatible
 * with the lazy value of the C++ implementation: {@code docs/format/lazy.md}.
 *
 * <p>
 * The computation is a constant, an operation of the format on operands that are stored beside it (a sum, a product, a
 * negative; of truth values and, or, exclusive or, not), or a function that each caller brings along. What the function did
 * happens before what a thread does after it got the value. A function that throws has computed nothing: the next caller
 * runs its own.
 *
 * <pre>{@code
 * SharedLazy<Double> total = SharedLazy.openOrCreate(segment, "total", Codecs.float64());
 * double value = total.get(() -> expensive());
 * }</pre>
 *
 * @param <T> the value
 */
public final class SharedLazy<T> implements Structure {

    public static final StructureKind KIND = StructureKind.of("lazy");
    public static final Probe PROBE = new LazySpec.LazyProbe();

    private static final int COPY_ATTEMPTS = 1000;

    private final Binding binding;
    private final Attachment attachment;
    private final MemorySegment memory;
    private final Codec<T> codec;
    private final LazyDescriptor fields;
    private final LazyArithmetic arithmetic;
    private final Computation computation;
    private final ElementScratch scratch;
    /** The thread that computes through this object. */
    private volatile @Nullable Thread runner;

    SharedLazy(Blocks blocks, Block block, Codec<T> codec, LazyDescriptor fields) {
        this.binding = blocks.binding(KIND);
        this.attachment = blocks.attachment();
        this.memory = block.memory();
        this.codec = codec;
        this.fields = fields;
        this.arithmetic = LazyArithmetic.of(codec);
        this.computation = new Computation(blocks, block,
                fields.isTruth() ? new TruthMark(memory) : new TextMark(memory, fields.errorOffset()));
        this.scratch = new ElementScratch(codec.byteSize());
    }

    /** A lazy value to open, whatever its computation is, or to create, to be computed by a function. */
    public static <T> Spec<SharedLazy<T>> spec(Codec<T> codec) {
        return new LazySpec<>(codec, LazyDescriptor.EXTERNAL, null, null);
    }

    /** A lazy value to create that is there from the beginning; to open, whatever its computation is. */
    public static <T> Spec<SharedLazy<T>> constant(Codec<T> codec, T value) {
        return new LazySpec<>(codec, LazyDescriptor.CONSTANT, Objects.requireNonNull(value, "value"), null);
    }

    /** A lazy sum of numbers to create; to open, whatever its computation is. Whole numbers wrap, as in C++. */
    public static <T extends Number> Spec<SharedLazy<T>> sum(Codec<T> codec, T a, T b) {
        return binary(codec, LazyDescriptor.ADD, a, b);
    }

    /** A lazy product of numbers to create; to open, whatever its computation is. Whole numbers wrap, as in C++. */
    public static <T extends Number> Spec<SharedLazy<T>> product(Codec<T> codec, T a, T b) {
        return binary(codec, LazyDescriptor.MULTIPLY, a, b);
    }

    /** A lazy negative to create; to open, whatever its computation is. */
    public static <T extends Number> Spec<SharedLazy<T>> negation(Codec<T> codec, T a) {
        return new LazySpec<>(codec, LazyDescriptor.NEGATE, Objects.requireNonNull(a, "a"), null);
    }

    /** A lazy conjunction to create; to open, whatever its computation is. */
    public static Spec<SharedLazy<Boolean>> and(boolean a, boolean b) {
        return binary(Codecs.bool(), LazyDescriptor.AND, a, b);
    }

    /** A lazy disjunction to create; to open, whatever its computation is. */
    public static Spec<SharedLazy<Boolean>> or(boolean a, boolean b) {
        return binary(Codecs.bool(), LazyDescriptor.OR, a, b);
    }

    /** A lazy exclusive disjunction to create; to open, whatever its computation is. */
    public static Spec<SharedLazy<Boolean>> xor(boolean a, boolean b) {
        return binary(Codecs.bool(), LazyDescriptor.XOR, a, b);
    }

    /** A lazy negation to create; to open, whatever its computation is. */
    public static Spec<SharedLazy<Boolean>> not(boolean a) {
        return new LazySpec<>(Codecs.bool(), LazyDescriptor.NOT, a, null);
    }

    private static <T> Spec<SharedLazy<T>> binary(Codec<T> codec, int type, T a, T b) {
        return new LazySpec<>(codec, type, Objects.requireNonNull(a, "a"), Objects.requireNonNull(b, "b"));
    }

    /** Creates a lazy value to be computed by a function; see {@link Segment#create}. */
    public static <T> SharedLazy<T> create(Segment segment, String name, Codec<T> codec) {
        return segment.create(name, spec(codec));
    }

    /** Opens a lazy value; see {@link Segment#open}. */
    public static <T> SharedLazy<T> open(Segment segment, String name, Codec<T> codec) {
        return segment.open(name, spec(codec));
    }

    /** Opens a lazy value, or creates it to be computed by a function; see {@link Segment#openOrCreate}. */
    public static <T> SharedLazy<T> openOrCreate(Segment segment, String name, Codec<T> codec) {
        return segment.openOrCreate(name, spec(codec));
    }

    /**
     * The value; computes it if nobody has, and waits while somebody else computes it.
     *
     * @throws IllegalStateException when it is to be computed by a function, and has not been
     */
    public T get() throws InterruptedException {
        try {
            return get(null, Deadline.never());
        } catch (TimeoutException e) {
            throw unlimited(e);
        }
    }

    /**
     * The value; runs {@code function} if nobody has computed it, and waits while somebody else computes it. What the
     * function throws is thrown here, and it has computed nothing. Where the format says what the value is, the function
     * is not called.
     *
     * @throws IllegalStateException when called by the function itself through this object, which would wait for itself
     */
    public T get(Supplier<? extends T> function) throws InterruptedException {
        try {
            return get(Objects.requireNonNull(function, "function"), Deadline.never());
        } catch (TimeoutException e) {
            throw unlimited(e);
        }
    }

    /**
     * As {@link #get(Supplier)}, waiting at most so long for somebody else's computation. The time this call's own function
     * takes is not limited.
     *
     * @throws TimeoutException when somebody else was still computing
     */
    public T get(Supplier<? extends T> function, Duration timeout) throws InterruptedException, TimeoutException {
        return get(Objects.requireNonNull(function, "function"), Deadline.after(timeout));
    }

    /** The value if it was computed, null otherwise. Never waits. */
    public @Nullable T getIfComputed() {
        try (Lane _ = attachment.enterToRead()) {
            return cached();
        }
    }

    /** Waits until the value was computed by somebody, at most so long; false when it was not. */
    public boolean await(Duration timeout) throws InterruptedException {
        return computation.changes().await(this::isComputed, Deadline.after(timeout));
    }

    public boolean isComputed() {
        return attachment.reading(computation::state) == Computation.DONE;
    }

    /** Why the last attempt failed; null unless it did, and the next one has not begun. */
    public @Nullable String failure() {
        return attachment.reading(() -> !fields.isTruth() && computation.state() == Computation.FAILED
                ? ErrorText.read(memory, fields.errorOffset())
                : null);
    }

    /** How often a value was computed, in all processes; always 0 for truth values, where nobody counts. */
    public long computations() {
        return attachment.reading(() -> Integer.toUnsignedLong(fields.count(memory)));
    }

    /**
     * Declares the process dead that is computing: for when that is known, and the bytes do not tell, because it is one of C++.
     * The next who wants the value computes it. One of this library that died is found out without this.
     *
     * @return false, and nothing has changed, when nobody is computing, or a living process of this library is
     */
    public boolean abandon() {
        try (Lane _ = attachment.enterToWrite()) {
            return computation.abandon();
        }
    }

    /** Forgets the computed value, so that it is computed again when it is next wanted; false when there is none. */
    public boolean reset() {
        try (Lane _ = attachment.enterToWrite()) {
            return fields.type(memory) != LazyDescriptor.CONSTANT && Atomics.compareAndSetInt(memory,
                    LazyDescriptor.STATE_OFFSET, Computation.DONE, Computation.NOT_COMPUTED);
        }
    }

    @Override
    public Binding binding() {
        return binding;
    }

    /** One element once it was computed. */
    @Override
    public Occupancy occupancy() {
        return Occupancy.ofElements(isComputed() ? 1 : 0, 1);
    }

    @Override
    public ElementSchema elementSchema() {
        return codec.schema();
    }

    @Override
    public String toString() {
        return "SharedLazy[" + describe() + ", element=" + codec.typeName() + "]";
    }

    private T get(@Nullable Supplier<? extends T> function, Deadline deadline)
            throws InterruptedException, TimeoutException {
        try (Lane lane = attachment.enterToRead()) {
            return get(function, deadline, lane);
        }
    }

    private T get(@Nullable Supplier<? extends T> function, Deadline deadline, Lane lane)
            throws InterruptedException, TimeoutException {
        int attempts = 0;
        while (true) {
            T value = cached();
            if (value != null) {
                return value;
            }
            requireNoRecursion();
            boolean computable = arithmetic.canCompute(fields.type(memory));
            if (!computable && function == null && computation.state() != Computation.COMPUTING) {
                throw new IllegalStateException("value is computed by a function, and none was given: " + describe()
                        + ", operation=" + arithmetic.nameOf(fields.type(memory)) + ", failure=" + failure());
            }
            Computation.Claim claim = computable || function != null ? computation.tryClaim(true) : null;
            if (claim != null) {
                return compute(claim, computable ? null : function, lane);
            }
            if (deadline.expired() && !computation.settleTheDead()) {
                throw new TimeoutException("somebody else is still computing: " + describe());
            }
            if (computation.state() == Computation.COMPUTING) {
                computation.await(deadline, null);
            } else {
                attempts = computation.changes().pause(deadline, attempts);
            }
        }
    }

    private T compute(Computation.Claim claim, @Nullable Supplier<? extends T> function, Lane lane) {
        runner = Thread.currentThread();
        try (Lease lease = scratch.take()) {
            MemorySegment bytes = lease.memory();
            if (function == null) {
                arithmetic.compute(fields.type(memory), memory, fields, bytes);
                claim.finish(Computation.DONE, () -> store(bytes));
                return codec.decode(bytes, 0);
            }
            T value = call(function, lane);
            codec.encode(value, bytes, 0);
            claim.finish(Computation.DONE, () -> store(bytes));
            return value;
        } catch (RuntimeException | Error e) {
            fail(claim, e);
            throw e;
        } finally {
            runner = null;
            claim.giveBack();
        }
    }

    private static <T> T call(Supplier<? extends T> function, Lane lane) {
        lane.callOut();
        try {
            return Objects.requireNonNull(function.get(), "value");
        } finally {
            lane.callIn();
        }
    }

    /** Says why, so that those of C++ who wait are told; the next of ours tries again. */
    private void fail(Computation.Claim claim, Throwable reason) {
        if (!fields.isTruth()) {
            try {
                claim.finish(Computation.FAILED,
                        () -> ErrorText.write(memory, fields.errorOffset(), reason.toString()));
            } catch (IllegalStateException | SegmentDetachedException ended) {
                reason.addSuppressed(ended);
            }
        }
    }

    private void store(MemorySegment bytes) {
        MemorySegment.copy(bytes, 0, memory, fields.cachedOffset(), fields.valueSize());
        if (fields.countOffset() != LazyDescriptor.NONE) {
            Atomics.getAndAddInt(memory, fields.countOffset(), 1);
        }
    }

    /** The result if it is there; a private copy, so that nobody sees one that is half forgotten. */
    private @Nullable T cached() {
        try (Lease lease = scratch.take()) {
            MemorySegment copy = lease.memory();
            for (int attempt = 0; attempt < COPY_ATTEMPTS; attempt++) {
                int count = fields.count(memory);
                // S1, pairs with the release-store in Computation.
                if (computation.state() != Computation.DONE) {
                    return null;
                }
                MemorySegment.copy(memory, fields.cachedOffset(), copy, 0, fields.valueSize());
                // S2, pairs with the fence in Computation.Claim: who copied a byte of a later result sees that below.
                Atomics.loadLoadFence();
                if (computation.state() == Computation.DONE && fields.count(memory) == count) {
                    return codec.decode(copy, 0);
                }
            }
        }
        throw new IllegalStateException("value is forgotten faster than it can be read: " + describe());
    }

    private void requireNoRecursion() {
        if (Thread.currentThread().equals(runner)) {
            throw new IllegalStateException("function wants the value it computes: " + describe()
                    + " (it would wait for itself)");
        }
    }

    private static AssertionError unlimited(TimeoutException e) {
        return new AssertionError("waiting without a limit came to its limit", e);
    }

    private String describe() {
        return binding.describe();
    }
}

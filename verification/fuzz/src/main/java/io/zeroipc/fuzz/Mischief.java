package io.zeroipc.fuzz;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codec;
import io.zeroipc.wait.WaitStrategy;

/**
 * The other program that overwrites the segment in the middle of an operation, at a moment that can be found again: when
 * the operation calls something of ours, a codec, a consumer, the wait strategy. For one thread; calls of others, such as
 * the threads of publishers, do nothing.
 */
final class Mischief {

    /** What a consumer or a function of the application may throw at any time. */
    static final class Thrown extends RuntimeException {

        private static final long serialVersionUID = 1;

        Thrown() {
            super("thrown by the application", null, false, false);
        }
    }

    private static final WaitStrategy WAITS = WaitStrategy.backoff(50, 0, Duration.ofNanos(20_000),
            Duration.ofNanos(100_000));
    private static final int STRIKES_MAX = 3;
    private static final int IDLES_BEFORE_INTERRUPT = 4;

    private final Thread owner = Thread.currentThread();
    private final Mutator mutator;
    private final Supplier<MemorySegment> memory;
    private final long seed;
    private final boolean active;

    private RandomGenerator random;
    private int strikes;
    private int idlesBeforeInterrupt = -1;
    private boolean mayThrow;

    /** @param active whether it changes bytes at all */
    Mischief(Mutator mutator, Supplier<MemorySegment> memory, long seed, boolean active) {
        this.mutator = mutator;
        this.memory = memory;
        this.seed = seed;
        this.active = active;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Before each operation. Its random numbers are its own, so that how often one operation has looked, which is a matter
     * of time, does not change what happens to the next one.
     */
    void begin(int operation, boolean mustEnd) {
        random = new SplittableRandom(seed + operation);
        strikes = active && random.nextInt(3) == 0 ? 1 + random.nextInt(STRIKES_MAX) : 0;
        mayThrow = random.nextInt(16) == 0;
        idlesBeforeInterrupt = mustEnd ? random.nextInt(IDLES_BEFORE_INTERRUPT) : -1;
    }

    void end() {
        strikes = 0;
        mayThrow = false;
        idlesBeforeInterrupt = -1;
    }

    /** Somebody of ours was called. */
    void strike() {
        if (isOurs() && strikes > 0 && random.nextInt(3) == 0) {
            strikes--;
            mutator.change(memory.get(), random);
        }
    }

    /** As {@link #strike()}, where exceptions are the application's own affair. */
    void call() {
        strike();
        if (mayThrow && isOurs() && random.nextBoolean()) {
            throw new Thrown();
        }
    }

    /** Waits no time to speak of: a wait that does not end is found by whoever watches. */
    WaitStrategy waitStrategy() {
        return attempts -> {
            strike();
            lookInVain();
            return WAITS.idle(attempts);
        };
    }

    /** A wait goes on; one that must end is interrupted soon. */
    void lookInVain() {
        if (isOurs() && idlesBeforeInterrupt >= 0 && idlesBeforeInterrupt-- == 0) {
            owner.interrupt();
        }
    }

    private boolean isOurs() {
        return Thread.currentThread().equals(owner);
    }

    /** The codec, with our hand in it. */
    <T> Codec<T> codec(Codec<T> codec) {
        return new Codec<>() {
            @Override
            public Class<T> type() {
                return codec.type();
            }

            @Override
            public String typeName() {
                return codec.typeName();
            }

            @Override
            public int byteSize() {
                return codec.byteSize();
            }

            @Override
            public int alignment() {
                return codec.alignment();
            }

            @Override
            public void encode(T value, MemorySegment memory, long offset) {
                strike();
                codec.encode(value, memory, offset);
                strike();
            }

            @Override
            public T decode(MemorySegment memory, long offset) {
                strike();
                T value = codec.decode(memory, offset);
                strike();
                return value;
            }

            @Override
            public ElementSchema schema() {
                return codec.schema();
            }
        };
    }
}

package io.zeroipc.os;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sleeping in the kernel until another process changes a 32-bit word of shared memory and says so: futex(2), in its
 * form for words that several processes map. Usable only with {@link NativeAccess}; thread-safe.
 *
 * <p>
 * A waiter blocks its platform thread, and pins the carrier when a virtual thread calls it, so virtual threads must be
 * served by a platform thread that waits on their behalf. An interrupt does not end a wait: wait in bounded pieces, and
 * look at the interrupt status in between.
 *
 * <p>
 * The kernel gets the bare address, so a segment can be closed while somebody waits in it; the waiter then leaves at
 * the next wake or at its timeout. Like every futex user, callers must be ready for a return without a reason.
 */
public final class Futex {
    /** What one call can wait for. */
    public static final int WORDS_MAX = 128;

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    private Futex() {
    }

    /** Why a wait ended. */
    public enum Outcome {
        /** Somebody woke this waiter, or the kernel did without a reason. */
        WOKEN,
        /** The word did not hold the expected value, so there was no waiting. */
        CHANGED,
        /** The time was over. */
        TIMED_OUT
    }

    /**
     * Sleeps as long as the word holds a value, nobody wakes it and the time lasts. The look at the word and the falling
     * asleep are one step: a wake after a change of the word is never lost.
     *
     * @param word four bytes of mapped memory, aligned to four
     * @param expected the value to sleep on
     * @param timeout at most so long; zero or less returns at once
     * @throws IllegalArgumentException if the segment is not such a word
     * @throws IllegalStateException without native access, or if the segment is closed
     */
    public static Outcome await(MemorySegment word, int expected, Duration timeout) {
        return await(word, expected, TimeUnit.NANOSECONDS.convert(timeout));
    }

    /** As {@link #await(MemorySegment, int, Duration)}, with the timeout in nanoseconds. */
    public static Outcome await(MemorySegment word, int expected, long timeoutNanos) {
        long result = call(word, FUTEX_WAIT, expected, Math.max(0, timeoutNanos));
        return outcome(word, result);
    }

    private static Outcome outcome(MemorySegment word, long result) {
        return switch ((int) -result) {
            case Libc.EAGAIN -> Outcome.CHANGED;
            case Libc.ETIMEDOUT -> Outcome.TIMED_OUT;
            // A signal, or a mapping that went away under our feet, is a return without a reason.
            case 0, Libc.EINTR, Libc.EFAULT -> Outcome.WOKEN;
            default -> throw failure("wait", word, result);
        };
    }

    /** In a holder of its own: asked for on first use. */
    private static final class Several {
        /** Of none the call is refused, and not unknown. */
        static final boolean POSSIBLE = NativeAccess.isAvailable()
                && Libc.futexWaitAny(new long[0], new int[0], 0, 0) == -Libc.EINVAL;
    }

    /** Whether {@link #awaitAny} works: since Linux 5.16, where it is allowed. The answer never changes. */
    public static boolean canAwaitAny() {
        return Several.POSSIBLE;
    }

    /**
     * As {@link #await(MemorySegment, int, long)}, on several words at once, each of which ends it.
     *
     * @param words at most {@value #WORDS_MAX}, each as a word of one
     * @param expected the value to sleep on, of each
     * @throws IllegalStateException unless {@link #canAwaitAny}
     */
    public static Outcome awaitAny(List<MemorySegment> words, int[] expected, long timeoutNanos) {
        long[] addresses = new long[words.size()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = address(words.get(i));
        }
        try {
            long result = Libc.futexWaitAny(addresses, expected, addresses.length, Math.max(0, timeoutNanos));
            // What is not negative is the index of the one that was woken.
            return outcome(words.getFirst(), Math.min(0, result));
        } finally {
            Reference.reachabilityFence(words);
        }
    }

    /**
     * Wakes waiters of a word, in this and in every other process. Costs a system call even when nobody waits, so keep a
     * count of waiters beside the word.
     *
     * @param word the same four bytes, through whatever mapping
     * @param count at most so many
     * @return how many were woken
     * @throws IllegalArgumentException if the segment is not such a word
     * @throws IllegalStateException without native access, or if the segment is closed
     */
    public static int wake(MemorySegment word, int count) {
        long result = call(word, FUTEX_WAKE, count, -1);
        if (result < 0 && result != -Libc.EFAULT) {
            throw failure("wake", word, result);
        }
        return (int) Math.max(0, result);
    }

    /** Wakes every waiter of a word. */
    public static int wakeAll(MemorySegment word) {
        return wake(word, Integer.MAX_VALUE);
    }

    private static long call(MemorySegment word, int operation, int value, long timeoutNanos) {
        long address = address(word);
        try {
            return Libc.futex(address, operation, value, timeoutNanos);
        } finally {
            Reference.reachabilityFence(word);
        }
    }

    private static long address(MemorySegment word) {
        NativeAccess.architecture();
        if (!word.isNative() || word.byteSize() < Integer.BYTES || word.address() % Integer.BYTES != 0) {
            throw new IllegalArgumentException("futex word is not usable: native=" + word.isNative() + ", byteSize="
                    + word.byteSize() + ", address=" + word.address()
                    + " (expected: 4 bytes of mapped memory, aligned to 4)");
        }
        if (!word.scope().isAlive()) {
            throw new IllegalStateException("futex word belongs to a closed segment: address=" + word.address());
        }
        return word.address();
    }

    private static IllegalStateException failure(String operation, MemorySegment word, long result) {
        return new IllegalStateException("futex failed: operation=" + operation + ", address=" + word.address()
                + ", errno=" + -result);
    }
}

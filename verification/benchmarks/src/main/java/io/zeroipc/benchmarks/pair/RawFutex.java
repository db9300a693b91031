package io.zeroipc.benchmarks.pair;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

/** {@code futex(2)} and nothing else, on a word that two processes map: what the kernel's part of a wake-up takes. */
final class RawFutex {

    private static final long WAIT = 0;
    private static final long WAKE = 1;
    private static final long NUMBER = switch (System.getProperty("os.arch")) {
        case "amd64" -> 202;
        case "aarch64" -> 98;
        default -> -1;
    };
    private static final @Nullable MethodHandle SYSCALL = RawFutex.class.getModule().isNativeAccessEnabled()
            ? link()
            : null;

    private RawFutex() {
    }

    @SuppressWarnings("restricted")
    private static @Nullable MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> function = linker.defaultLookup().find("syscall");
        if (NUMBER < 0 || function.isEmpty()) {
            return null;
        }
        return linker.downcallHandle(function.get(),
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS),
                Linker.Option.firstVariadicArg(1));
    }

    /** Whether {@link Wakeups#FUTEX} is known here; links nothing. */
    static boolean isKnown() {
        return NUMBER >= 0 && System.getProperty("os.name").equals("Linux");
    }

    /** Sleeps unless the word has another value; may return without a reason. */
    static void await(MemorySegment word, int expected) {
        call(word, WAIT, expected);
    }

    static void wake(MemorySegment word) {
        call(word, WAKE, 1);
    }

    private static void call(MemorySegment word, long operation, long value) {
        MethodHandle syscall = SYSCALL;
        if (syscall == null) {
            throw new UnsupportedOperationException("futex is not known on this system");
        }
        try {
            long _ = (long) syscall.invokeExact(NUMBER, word, operation, value, MemorySegment.NULL);
        } catch (Throwable e) {
            throw new IllegalStateException("futex failed", e);
        }
    }
}

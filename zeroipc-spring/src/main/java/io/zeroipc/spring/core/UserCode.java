package io.zeroipc.spring.core;

import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.annotation.Internal;

/**
 * The way into code that is not this library's: of the application, of its libraries, of the types of its elements. What such
 * code throws, an {@link Error} too, or a checked exception that its signature does not have, comes back as a value, so that
 * the thread that called goes on. Errors of the virtual machine are no exception: what one element provokes, a recursion
 * without end or an array that is too large, is no reason to leave the others. Whoever wants a process without memory to end
 * tells the JVM: {@code -XX:+ExitOnOutOfMemoryError} takes effect before anybody can catch anything.
 */
@Internal
public final class UserCode {

    private UserCode() {
    }

    /** A call that returns something. */
    @FunctionalInterface
    public interface Call<R extends @Nullable Object> {

        R run() throws Throwable;
    }

    /** A call that returns nothing. */
    @FunctionalInterface
    public interface Action {

        void run() throws Throwable;
    }

    /** A call with one argument that returns nothing. */
    @FunctionalInterface
    public interface Taker<T> {

        void take(T argument) throws Throwable;
    }

    /**
     * Calls.
     *
     * @param failed what the result is when the code throws; an interrupt that it threw is the thread's status again by then
     */
    public static <R extends @Nullable Object> R call(Call<? extends R> code,
            Function<? super Throwable, ? extends R> failed) {
        try {
            return code.run();
        } catch (Throwable e) {
            return failed.apply(caught(e));
        }
    }

    /** Calls; what was thrown, or null. */
    public static @Nullable Throwable run(Action code) {
        try {
            code.run();
            return null;
        } catch (Throwable e) {
            return caught(e);
        }
    }

    /** Calls with an argument, and makes no object for that; what was thrown, or null. */
    public static <T> @Nullable Throwable run(Taker<? super T> code, T argument) {
        try {
            code.take(argument);
            return null;
        } catch (Throwable e) {
            return caught(e);
        }
    }

    private static Throwable caught(Throwable thrown) {
        if (thrown instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return thrown;
    }

    /** An exception as a text: its class and message, as far as that can be had. */
    public static String describe(Throwable failure) {
        return call(failure::toString,
                e -> failure.getClass().getName() + " (its message cannot be had: " + e.getClass().getName()
                        + ")");
    }

    /** Logs something that went wrong and changes nothing; also where the exception itself cannot be written. */
    public static void logFault(Log log, String message, @Nullable Throwable failure) {
        if (run(() -> log.error(message, failure)) != null) {
            log.error(message);
        }
    }

    /** What caused an exception; null when nothing did, or it cannot tell. */
    public static @Nullable Throwable causeOf(Throwable failure) {
        return UserCode.<@Nullable Throwable>call(failure::getCause, _ -> null);
    }

    /** The message of an exception; null when it has none, or cannot tell. */
    public static @Nullable String messageOf(Throwable failure) {
        return UserCode.<@Nullable String>call(failure::getMessage, _ -> null);
    }
}

package io.zeroipc.collection;

import org.jspecify.annotations.Nullable;

/**
 * The failures of a loop that goes on: elements that are claimed already are handed over also when the consumer threw at
 * an earlier one.
 */
final class Handover {

    private Handover() {
    }

    /** The failure to remember: the first one, with the others suppressed. */
    @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself, but may be thrown twice
    static Throwable remember(@Nullable Throwable first, Throwable next) {
        if (first == null) {
            return next;
        }
        if (first != next) {
            first.addSuppressed(next);
        }
        return first;
    }

    /** Throws what was remembered, checked or not: consumers in other languages of the JVM throw anything. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <E extends Throwable> void rethrow(@Nullable Throwable failure) throws E {
        if (failure != null) {
            // The caller infers RuntimeException; the cast is not checked at run time.
            throw (E) failure;
        }
    }
}

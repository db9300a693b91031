package io.zeroipc.fuzz;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;

/**
 * Something that operations are called on: a structure, or what one of its operations has handed out.
 *
 * @param self the object
 * @param element how its elements are stored; null without any, and where they are no longer those of the structure
 * @param key how its keys are stored
 * @param writes claims to be published or aborted
 * @param reads claims to be released
 */
record Actor(Object self, @Nullable Codec<?> element, @Nullable Codec<?> key, Deque<Long> writes, Deque<Long> reads) {

    Actor(Object self, @Nullable Codec<?> element, @Nullable Codec<?> key) {
        this(self, element, key, new ArrayDeque<>(), new ArrayDeque<>());
    }

    Codec<?> requireElement() {
        return Objects.requireNonNull(element, "element");
    }

    Codec<?> requireKey() {
        return Objects.requireNonNull(key, "key");
    }

    /** A claim that this operation is for; null when there is none. */
    @Nullable
    Long takeClaim(String operation) {
        return switch (operation) {
            case "publish", "abort" -> writes.pollFirst();
            case "release" -> reads.pollFirst();
            case "slotOffset" -> writes.isEmpty() ? reads.peekFirst() : writes.peekFirst();
            default -> throw new IllegalStateException("operation takes a claim and is unknown: operation=" + operation
                    + " (expected: a line for it in " + Actor.class.getName() + ")");
        };
    }

    /** Keeps what an operation returned, when it is a claim. */
    void keepClaim(String operation, Object result) {
        if (result instanceof Long claim && claim >= 0) {
            switch (operation) {
                case "tryClaim" -> writes.add(claim);
                case "tryClaimNext" -> reads.add(claim);
                default -> {
                    // A number.
                }
            }
        }
    }

    /** Reads the ends of a range that was handed out, and writes nothing new: it must lie in the segment. */
    static void touch(MemorySegment memory, long offset, long length) {
        if (length > 0) {
            byte first = memory.get(ValueLayout.JAVA_BYTE, offset);
            byte last = memory.get(ValueLayout.JAVA_BYTE, offset + length - 1);
            if (!memory.isReadOnly()) {
                memory.set(ValueLayout.JAVA_BYTE, offset, first);
                memory.set(ValueLayout.JAVA_BYTE, offset + length - 1, last);
            }
        }
    }
}

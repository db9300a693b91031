package io.zeroipc.segment;

import java.util.Collection;

import org.jspecify.annotations.Nullable;

/**
 * The sending side of a {@link Sink}. Safe for any thread: single-writer structures serialise here.
 *
 * @param <T> the element
 */
public interface Outlet<T> {

    /** Sends without waiting; false when there is no room now. */
    boolean offer(T element);

    /**
     * Sends one after the other, without waiting, until one finds no room; structures that can do so claim the room of
     * several at once. How many were sent: the first ones of the collection.
     */
    default int offerAll(Collection<? extends T> elements) {
        int sent = 0;
        for (T element : elements) {
            if (!offer(element)) {
                break;
            }
            sent++;
        }
        return sent;
    }

    /** Where to wait for room; null where nothing tells of it, or there always is some. */
    default @Nullable EventCount departures() {
        return null;
    }

    /** True when nothing can be sent any more: the structure was closed. */
    boolean isClosed();
}

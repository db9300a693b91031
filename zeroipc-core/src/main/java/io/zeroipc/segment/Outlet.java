package io.zeroipc.segment;

/**
 * The sending side of a {@link Sink}. Safe for any thread: single-writer structures serialise here.
 *
 * @param <T> the element
 */
public interface Outlet<T> {

    /** Sends without waiting; false when there is no room now. */
    boolean offer(T element);

    /** True when nothing can be sent any more: the structure was closed. */
    boolean isClosed();
}

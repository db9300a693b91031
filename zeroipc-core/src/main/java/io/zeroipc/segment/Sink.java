package io.zeroipc.segment;

/**
 * A structure that elements can be sent to, so that a sender need not know its kind.
 *
 * @param <T> the element
 */
public interface Sink<T> extends Structure {

    /**
     * The sending side. Structures with one writer take that role here, at most once for this object: later calls
     * return the same outlet.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else holds that role
     */
    Outlet<T> outlet();
}

package io.zeroipc.collection;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Positions of one queue that were claimed in this JVM and given up, and that nobody has skipped yet: one for all segments that
 * map the file, so that whoever still uses the queue skips them when their turn comes. Thread-safe.
 */
final class AbortedClaims {

    /**
     * A position that was given up.
     *
     * @param owner who did
     * @param over what is to be done when it has been skipped
     */
    private record Aborted(Object owner, Runnable over) {}

    private final Map<Integer, Aborted> positions = new LinkedHashMap<>();
    /** The size of {@link #positions}, to be read without its lock. */
    private volatile int count;

    void add(int position, Object owner, Runnable over) {
        synchronized (positions) {
            positions.put(position, new Aborted(owner, over));
            count = positions.size();
        }
    }

    boolean contains(int position) {
        if (count == 0) {
            return false;
        }
        synchronized (positions) {
            return positions.containsKey(position);
        }
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /**
     * Removes those that {@code skip} can skip now, in as many rounds as one of them makes way for the next.
     *
     * @return how many are left of those that the owner gave up
     */
    int settle(Object owner, IntPredicate skip) {
        synchronized (positions) {
            boolean progress = true;
            while (progress) {
                progress = false;
                for (Iterator<Map.Entry<Integer, Aborted>> each = positions.entrySet().iterator(); each.hasNext();) {
                    Map.Entry<Integer, Aborted> next = each.next();
                    if (skip.test(next.getKey())) {
                        next.getValue().over.run();
                        each.remove();
                        progress = true;
                    }
                }
            }
            count = positions.size();
            return (int) positions.values().stream().filter(each -> each.owner.equals(owner)).count();
        }
    }
}

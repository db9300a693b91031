package io.zeroipc.collection;

import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * Positions of one queue that were claimed in this JVM and given up, and that nobody has skipped yet: one for all segments that
 * map the file, so that whoever still uses the queue skips them when their turn comes. Thread-safe.
 */
final class AbortedClaims {

    /** Who gave which one up. */
    private final Map<Integer, Object> positions = new LinkedHashMap<>();
    /** The size of {@link #positions}, to be read without its lock. */
    private volatile int count;

    void add(int position, Object owner) {
        synchronized (positions) {
            positions.put(position, owner);
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
                for (Iterator<Integer> each = positions.keySet().iterator(); each.hasNext();) {
                    if (skip.test(each.next())) {
                        each.remove();
                        progress = true;
                    }
                }
            }
            count = positions.size();
            return Collections.frequency(positions.values(), owner);
        }
    }
}

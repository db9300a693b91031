package io.zeroipc.collection;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntPredicate;

/**
 * Positions of one queue that were claimed in this JVM and given up, and that nobody has skipped yet: one for all segments that
 * map the file, so that whoever still uses the queue skips them when their turn comes. Thread-safe.
 */
final class AbortedClaims {

    private final Set<Integer> positions = new LinkedHashSet<>();
    /** The size of {@link #positions}, to be read without its lock. */
    private volatile int count;

    void add(int position) {
        synchronized (positions) {
            positions.add(position);
            count = positions.size();
        }
    }

    boolean contains(int position) {
        if (count == 0) {
            return false;
        }
        synchronized (positions) {
            return positions.contains(position);
        }
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /**
     * Removes those that {@code skip} can skip now, in as many rounds as one of them makes way for the next.
     *
     * @return how many are left
     */
    int settle(IntPredicate skip) {
        synchronized (positions) {
            boolean progress = true;
            while (progress) {
                progress = false;
                for (Iterator<Integer> each = positions.iterator(); each.hasNext();) {
                    if (skip.test(each.next())) {
                        each.remove();
                        progress = true;
                    }
                }
            }
            count = positions.size();
            return count;
        }
    }
}

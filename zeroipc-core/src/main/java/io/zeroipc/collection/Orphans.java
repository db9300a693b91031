package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ClaimWord;
import io.zeroipc.memory.Wrapping;
import io.zeroipc.segment.Claims;

/**
 * Elements of a queue that have no consumer any more and are to be redelivered: how many a dead one has left, as found by whoever
 * recovers in this JVM, and those that a consumer of this JVM had taken and given back. One for all segments that map the file.
 * Thread-safe.
 */
final class Orphans {

    /** Positions that are claimed in a cell of this process, in which nobody works on them. */
    record GivenBack(Claims claims, int cell, int first, int count) {

        /** Without the first positions, which are another claim's by now; null when that is all. */
        private @Nullable GivenBack without(int taken) {
            if (taken == count) {
                claims.clear(cell);
                return null;
            }
            claims.set(cell, ClaimWord.of(ClaimWord.READING, first + taken, count - taken) | ClaimWord.REDELIVER);
            return new GivenBack(claims, cell, first + taken, count - taken);
        }
    }

    /** Takes some of what was given back, from the first position on. */
    interface Taking {

        /** How many positions it has announced as its own; 0 for none. */
        int take(int first, int count);
    }

    private final List<GivenBack> givenBack = new ArrayList<>(0);
    private int dead;
    private int additions;
    /** Of both, to be read without the lock. */
    private volatile int count;

    int count() {
        return count;
    }

    /**
     * Counts what the dead have left. What is added meanwhile may have been missed, and is looked for once more.
     *
     * @param look begins to look when it is called, and goes by nothing that was looked at before
     */
    void countOfTheDead(IntSupplier look) {
        int before = additions();
        int found = look.getAsInt();
        setOfTheDead(found, before);
    }

    private synchronized int additions() {
        return additions;
    }

    private synchronized void setOfTheDead(int found, int before) {
        dead = additions == before ? found : Math.max(found, 1);
        recount();
    }

    /** So many more, perhaps counted already, which a consumer of this JVM has left as if it were dead. */
    synchronized void addOfTheDead(int more) {
        additions++;
        dead += more;
        recount();
    }

    synchronized void add(GivenBack claim) {
        givenBack.add(claim);
        recount();
    }

    /** Offers the oldest positions that were given back; without effect when there are none. */
    synchronized void takeGivenBack(Taking taking) {
        int oldest = -1;
        for (int i = 0; i < givenBack.size(); i++) {
            if (oldest < 0 || Wrapping.distance(givenBack.get(i).first, givenBack.get(oldest).first) < 0) {
                oldest = i;
            }
        }
        int taken = oldest < 0 ? 0 : taking.take(givenBack.get(oldest).first, givenBack.get(oldest).count);
        if (taken == 0) {
            return;
        }
        GivenBack rest = givenBack.get(oldest).without(taken);
        if (rest == null) {
            givenBack.remove(oldest);
        } else {
            givenBack.set(oldest, rest);
        }
        recount();
    }

    private void recount() {
        int sum = dead;
        for (GivenBack each : givenBack) {
            sum += each.count;
        }
        count = sum;
    }
}

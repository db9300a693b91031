package io.zeroipc.segment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The lanes of one segment. A platform thread finds its own at a place that its id tells, so that looking it up costs a load
 * and a comparison, and nothing of the segment stays behind in the thread. Thread-safe.
 */
final class Lanes {

    /** Places to begin with, and at most; powers of two. Threads beyond that share a lane with the virtual ones. */
    private static final int PLACES = 16;
    private static final int PLACES_MAX = 1024;
    /** Lanes that virtual threads share: as many as may run at once on most machines. */
    private static final int SHARED = 16;

    private final Attachment attachment;
    /** A lane stands at its thread's id modulo the length; copied on write. */
    private volatile @Nullable Lane[] places = new Lane[PLACES];
    /** The one that was added last: right where one thread uses the segment. Racy on purpose, as its owner never changes. */
    private Lane latest;
    private final Lane[] shared = new Lane[SHARED];
    private final List<Lane> roles = new ArrayList<>();
    /** Roles that were closed within an operation of theirs, by a consumer say, and are not out yet. */
    private final List<Lane> leaving = new ArrayList<>(0);
    /** What those lanes held that are gone: a claim may be ended by another thread than the one that began it. */
    private int heldByGone;

    Lanes(Attachment attachment) {
        this.attachment = attachment;
        for (int i = 0; i < SHARED; i++) {
            shared[i] = Lane.ofMany(attachment);
        }
        latest = shared[0];
    }

    /** The lane of the calling thread. */
    Lane mine() {
        long id = Thread.currentThread().threadId();
        // The guess is checked by a branch, which the processor predicts; a place is found by loads that wait for each other.
        Lane guess = latest;
        if (guess.belongsTo(id)) {
            return guess;
        }
        @Nullable Lane[] present = places;
        Lane lane = present[(int) id & present.length - 1];
        return lane != null && lane.belongsTo(id) ? lane : find(id);
    }

    /** One that any number of threads may use. */
    Lane ofMany() {
        return shared[0];
    }

    synchronized void add(Lane role) {
        roles.add(role);
    }

    /** Ends a role, and with it what it holds; false when it is gone already. */
    synchronized boolean remove(Lane role) {
        boolean removed = roles.remove(role);
        if (removed) {
            leaving.removeIf(Lane::isOutside);
            if (!role.isOutside()) {
                leaving.add(role);
            }
        }
        return removed;
    }

    /** A role that was removed is entered once more, to end something: it counts until it is left. */
    synchronized void comeBack(Lane lane) {
        if (lane.isRole() && !roles.contains(lane) && !leaving.contains(lane)) {
            leaving.add(lane);
        }
    }

    /** Roles that are open and at rest: no thread is in an operation of theirs, and they hold nothing. To be asked after close has begun. */
    synchronized List<Lane> idleRoles() {
        // In this order: who is out has said before what it holds, and nobody begins any more what would hold something.
        boolean busy = isBusy();
        return roles.stream().filter(role -> role.isAtRest() && !(busy && role.isShared())).toList();
    }

    /** Whether a thread is in an operation in which no code of others runs: an estimate, for whoever waits for it. */
    synchronized boolean isBusy() {
        return inUse().anyMatch(Lane::isBusy);
    }

    /**
     * Whether no thread is in an operation, and no role is open that was at rest but for a look at whether the segment is closed:
     * it was passed over by {@link #idleRoles}, and its thread, on its way out, will find it there.
     */
    synchronized boolean isEmpty() {
        return inUse().allMatch(Lane::isOutside) && roles.stream().allMatch(role -> role.held() > 0);
    }

    /** The records in which the lanes announce claims; to be asked when nobody uses them any more. */
    synchronized int[] records() {
        return all().stream().mapToInt(Lane::record).filter(record -> record > 0).toArray();
    }

    /** How much is held beyond operations. Exact while no thread is in one. */
    synchronized int held() {
        return heldByGone + all().stream().mapToInt(Lane::held).sum();
    }

    private Lane find(long id) {
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            return shared[(int) id & SHARED - 1];
        }
        return register(thread);
    }

    private synchronized Lane register(Thread thread) {
        long id = thread.threadId();
        @Nullable Lane[] present = places;
        while (true) {
            int place = (int) id & present.length - 1;
            Lane other = present[place];
            if (other == null || other.isAbandoned()) {
                @Nullable Lane[] changed = present.clone();
                Lane mine = Lane.of(attachment, thread);
                changed[place] = mine;
                // With the record of a thread that has ended, and what is said there: there are fewer records than threads that
                // come and go, and a claim may be ended by another thread than the one that began it.
                Lane ended = other != null ? drop(other) : dropAbandoned(changed, place);
                if (ended != null) {
                    mine.takeRecordOf(ended);
                }
                places = changed;
                latest = mine;
                return mine;
            }
            if (other.belongsTo(id)) {
                return other;
            }
            if (present.length == PLACES_MAX) {
                return shared[(int) id & SHARED - 1];
            }
            present = grown(present);
            places = present;
        }
    }

    /** Forgets a lane whose thread has ended. */
    private Lane drop(Lane abandoned) {
        heldByGone += abandoned.held();
        return abandoned;
    }

    /** As {@link #drop}, of one that stands at another place; null when there is none. */
    private @Nullable Lane dropAbandoned(@Nullable Lane[] lanes, int except) {
        for (int place = 0; place < lanes.length; place++) {
            Lane lane = lanes[place];
            if (place != except && lane != null && lane.isAbandoned()) {
                lanes[place] = null;
                return drop(lane);
            }
        }
        return null;
    }

    /** Twice as many places. Lanes keep apart that were apart: their ids differ in a bit that is still looked at. */
    private static @Nullable Lane[] grown(@Nullable Lane[] present) {
        @Nullable Lane[] grown = new Lane[2 * present.length];
        for (Lane lane : present) {
            if (lane != null) {
                grown[lane.place(grown.length)] = lane;
            }
        }
        return grown;
    }

    private Stream<Lane> inUse() {
        return Stream.concat(all().stream(), leaving.stream());
    }

    private List<Lane> all() {
        List<Lane> all = new ArrayList<>(roles);
        for (Lane lane : places) {
            if (lane != null) {
                all.add(lane);
            }
        }
        all.addAll(List.of(shared));
        return all;
    }
}

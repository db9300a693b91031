package io.zeroipc.stress.survival;

import java.util.List;

import io.zeroipc.segment.Segment;

/** What processes do with one structure, and what has to be true of it when some of them were killed. */
interface Workload {

    /** How an operation waits at most, so that threads see that it is enough. */
    long PATIENCE_MILLIS = 5;

    /** Tries to do something, once. */
    interface Step {

        /** Counts what it did in {@link Journal.Word#DONE}. */
        void once() throws Exception;
    }

    /** How many processes work at a time. */
    default int workers() {
        return 4;
    }

    /** Bytes of the segment. */
    default long segmentSize() {
        return 1 << 20;
    }

    /** Entries of its table. */
    default int entries() {
        return 64;
    }

    /** Creates what is needed, in an empty segment. */
    void create(Segment segment);

    /** What the threads of each worker do, one each. */
    List<String> roles();

    /** In a worker: the work of one of its threads. */
    Step bind(Seat seat);

    /**
     * After a death the survivors of each role must do so many operations until it counts as overcome: so many that every place
     * that the dead may have left unfinished was come by.
     */
    int lap();

    /** Checks what is left behind when all workers have ended, and nobody else uses it. */
    void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException;

    /** What holds the structure up just now, for the evidence. */
    String describe(Segment segment);

    /** Whether a thread has done what it should have done by the end of a round, if it lives so long. */
    default boolean hasDoneEnough(Journal journal) {
        return true;
    }

    /** Whether there is nothing left to do, so that survivors stand still for good reason. */
    default boolean isExhausted(Segment segment) {
        return false;
    }
}

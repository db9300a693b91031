package io.zeroipc.spring.boot.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.segment.Segment;

/**
 * Opens the file that replaced another. A peer that restarts removes the old file and makes a new one: to make one in
 * between would be to fight with it. Only when the name has been free for a while nobody else is going to, and the file
 * is made here. Called by one thread at a time.
 */
final class Reopener implements Supplier<Segment> {

    /** Ages for a program that removes a file and creates it again, and little for people. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final Supplier<Segment> open;
    private final Supplier<Segment> openOrCreate;
    private final long graceNanos;
    private long missingSince;
    private boolean missing;

    Reopener(Supplier<Segment> open, Supplier<Segment> openOrCreate, Duration grace) {
        this.open = open;
        this.openOrCreate = openOrCreate;
        this.graceNanos = grace.toNanos();
    }

    @Override
    public Segment get() {
        try {
            return found(open.get());
        } catch (SegmentNotFoundException e) {
            long now = System.nanoTime();
            if (!missing) {
                missing = true;
                missingSince = now;
            }
            if (now - missingSince < graceNanos) {
                throw e;
            }
            return found(openOrCreate.get());
        }
    }

    private Segment found(Segment segment) {
        missing = false;
        return segment;
    }
}

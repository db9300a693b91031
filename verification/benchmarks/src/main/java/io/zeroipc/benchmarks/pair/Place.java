package io.zeroipc.benchmarks.pair;

import java.nio.file.Path;

/**
 * What both sides of a connection agree on.
 *
 * @param directory where files go
 * @param name of this connection, unique in the run
 * @param side which one opens it: the active one first
 * @param size of each message in bytes
 */
record Place(Path directory, String name, Side side, int size) {

    private static final int CAPACITY_BYTES = 1 << 20;
    private static final int MOST_SLOTS = 1 << 16;
    private static final int LEAST_SLOTS = 16;

    /** The active side sends first and keeps the time. */
    enum Side {
        ACTIVE,
        PASSIVE;

        Side other() {
            return this == ACTIVE ? PASSIVE : ACTIVE;
        }
    }

    boolean isActive() {
        return side == Side.ACTIVE;
    }

    /** Messages in each direction that a transport with a fixed capacity has room for, a power of two: 1 MiB, but 16 at least. */
    int slots() {
        return Math.clamp(Integer.highestOneBit(CAPACITY_BYTES / size), LEAST_SLOTS, MOST_SLOTS);
    }

    Path file(String suffix) {
        return directory.resolve(name + suffix);
    }

    /** What the direction is called in which a side sends. */
    static String direction(Side from) {
        return from == Side.ACTIVE ? "there" : "back";
    }

    String outgoing() {
        return direction(side);
    }

    String incoming() {
        return direction(side.other());
    }
}

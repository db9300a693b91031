package io.zeroipc.stress.model;

/**
 * What a state consists of, as numbers one behind the other: the queue's words, the recoverer, and for each actor its fields. The
 * actors: registered producers, foreign producers, registered consumers, foreign consumers.
 */
final class Layout {

    static final int HEAD = 0;
    static final int TAIL = 1;
    /** How many may still die. */
    static final int KILLS = 2;
    static final int RECOVERER = 3;
    static final int EVIDENCE = 4;
    /** The position that the recoverer is at. */
    static final int RECOVERED = 5;
    /** A bit for each slot: its element was delivered, and the position is not released. No process can see it. */
    static final int DELIVERED = 6;
    /** The sequences of the slots. */
    static final int SEQUENCES = 7;

    // an actor's fields

    /** The step that is next. */
    static final int PC = 0;
    /** The first position it is at. */
    static final int POSITION = 1;
    /** How many positions from there. */
    static final int COUNT = 2;
    /** How many of them it is done with. */
    static final int DONE = 3;
    /** Its cell: what it says, from which position, about how many. */
    static final int CELL = 4;
    static final int CELL_POSITION = 5;
    static final int CELL_COUNT = 6;
    /** Whether the scan that is under way has seen its cell. Belongs to whoever scans. */
    static final int SCANNED = 7;
    /** How many elements it has claimed positions for, if that is limited. */
    static final int ITEMS = 8;
    static final int FIELDS = 9;

    final int capacity;
    /** Positions are taken modulo this. */
    final int modulus;
    final int positionBits;
    final int producersEnd;
    final int writersEnd;
    final int consumersEnd;
    final int actors;
    /** The number of the element in each slot, 0 for none; then the last number that each consumer has of each producer. */
    final int data;
    final int received;
    final int firstActor;
    final int length;

    Layout(Scenario scenario) {
        capacity = scenario.capacity();
        modulus = 8 * capacity;
        positionBits = Integer.numberOfTrailingZeros(modulus);
        producersEnd = scenario.producers();
        writersEnd = producersEnd + scenario.foreignProducers();
        consumersEnd = writersEnd + scenario.consumers();
        actors = consumersEnd + scenario.foreignConsumers();
        boolean numbered = scenario.has(Option.NUMBERED_ELEMENTS);
        data = SEQUENCES + capacity;
        received = data + (numbered ? capacity : 0);
        firstActor = received + (numbered ? (actors - writersEnd) * writersEnd : 0);
        length = firstActor + actors * FIELDS;
    }

    int actor(int number) {
        return firstActor + number * FIELDS;
    }

    boolean isProducer(int actor) {
        return actor < writersEnd;
    }

    boolean isRegistered(int actor) {
        return actor < producersEnd || (actor >= writersEnd && actor < consumersEnd);
    }

    int wrap(int position) {
        return position & modulus - 1;
    }

    /** As {@code Wrapping.distance}, in so many bits as the model has. */
    int distance(int later, int earlier) {
        return ((later - earlier) << (32 - positionBits)) >> (32 - positionBits);
    }

    int slot(int position) {
        return SEQUENCES + (position & capacity - 1);
    }

    /** Whether the positions from {@code first} on contain it. */
    boolean covers(int first, int count, int position) {
        return wrap(position - first) < count;
    }
}

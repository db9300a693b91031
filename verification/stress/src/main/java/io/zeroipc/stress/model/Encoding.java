package io.zeroipc.stress.model;

import java.util.Arrays;

/**
 * States as few words. Unless the scenario forbids it, states that differ in the origin of positions, or in which of several equal
 * actors is which, have the same words.
 *
 * <p>
 * Both are exact. All steps compare positions by their distance, and a slot is a position modulo the capacity: if all positions are
 * moved by the same distance, and slots with them, the steps are the same. Registered producers have the same steps, and so have
 * the others of a kind; the recoverer scans their cells in any order.
 */
final class Encoding {

    private static final int PC_BITS = 4;

    private final Layout layout;
    private final boolean relative;
    private final boolean sorted;
    private final int capacityBits;
    private final int killBits;
    private final int itemBits;
    private final int numberBits;
    private final long[] blocks;
    private long[] out = {};
    private int word;
    private int used;

    Encoding(Scenario scenario, Layout layout) {
        this.layout = layout;
        this.relative = !scenario.has(Option.ABSOLUTE_POSITIONS);
        this.sorted = !scenario.has(Option.NUMBERED_ELEMENTS);
        this.capacityBits = bits(layout.capacity);
        this.killBits = bits(scenario.kills());
        this.itemBits = bits(scenario.items());
        this.numberBits = bits(scenario.items() * layout.writersEnd);
        this.blocks = new long[layout.actors];
    }

    private static int bits(int largest) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(largest);
    }

    /** How many words a state has. */
    int words() {
        int shared = (relative ? 0 : layout.positionBits) + capacityBits + killBits + 3 + 2 + layout.positionBits
                + layout.capacity
                + layout.capacity * layout.positionBits + (layout.received - layout.data) * numberBits
                + (layout.firstActor - layout.received) * itemBits;
        int all = shared;
        for (int a = 0; a < layout.actors; a++) {
            all += actorBits(a);
        }
        return (all + Long.SIZE - 1) / Long.SIZE;
    }

    private int actorBits(int actor) {
        return PC_BITS + layout.positionBits + 2 + (layout.isRegistered(actor) ? 2 + layout.positionBits + 2 : 0)
                + (layout.isProducer(actor) ? itemBits : 0);
    }

    /** Writes a state into {@link #words} words. */
    void pack(int[] state, long[] words) {
        out = words;
        Arrays.fill(words, 0);
        word = 0;
        used = 0;
        int head = state[Layout.HEAD];
        int origin = relative ? head : 0;
        if (!relative) {
            put(head, layout.positionBits);
        }
        put(layout.wrap(state[Layout.TAIL] - head), capacityBits);
        put(state[Layout.KILLS], killBits);
        put(state[Layout.RECOVERER], 3);
        put(state[Layout.EVIDENCE], 2);
        put(state[Layout.RECOVERER] == Protocol.IDLE ? 0 : layout.wrap(state[Layout.RECOVERED] - origin),
                layout.positionBits);
        for (int i = 0; i < layout.capacity; i++) {
            int slot = layout.slot(origin + i);
            put(state[Layout.DELIVERED] >>> (slot - Layout.SEQUENCES) & 1, 1);
            put(layout.wrap(state[slot] - origin), layout.positionBits);
            if (layout.received > layout.data) {
                put(state[layout.data + slot - Layout.SEQUENCES], numberBits);
            }
        }
        for (int i = layout.received; i < layout.firstActor; i++) {
            put(state[i], itemBits);
        }
        for (int a = 0; a < layout.actors; a++) {
            blocks[a] = block(state, a, origin);
        }
        if (sorted) {
            Arrays.sort(blocks, 0, layout.producersEnd);
            Arrays.sort(blocks, layout.producersEnd, layout.writersEnd);
            Arrays.sort(blocks, layout.writersEnd, layout.consumersEnd);
            Arrays.sort(blocks, layout.consumersEnd, layout.actors);
        }
        for (int a = 0; a < layout.actors; a++) {
            put(blocks[a], actorBits(a));
        }
    }

    private long block(int[] state, int actor, int origin) {
        int at = layout.actor(actor);
        long block = state[at + Layout.PC];
        block = block << layout.positionBits
                | (Protocol.hasPosition(state[at + Layout.PC]) ? layout.wrap(state[at + Layout.POSITION] - origin) : 0);
        block = block << 1 | state[at + Layout.COUNT] - 1;
        block = block << 1 | state[at + Layout.DONE];
        if (layout.isRegistered(actor)) {
            block = block << 2 | state[at + Layout.CELL];
            block = block << layout.positionBits | (state[at + Layout.CELL] == Protocol.NONE
                    ? 0
                    : layout.wrap(state[at + Layout.CELL_POSITION] - origin));
            block = block << 1 | state[at + Layout.CELL_COUNT] - 1;
            block = block << 1 | state[at + Layout.SCANNED];
        }
        if (layout.isProducer(actor)) {
            block = block << itemBits | state[at + Layout.ITEMS];
        }
        return block;
    }

    /** Reads a state back; positions count from head then, if they are relative. */
    void unpack(long[] words, int[] state) {
        out = words;
        word = 0;
        used = 0;
        int head = relative ? 0 : (int) take(layout.positionBits);
        state[Layout.HEAD] = head;
        state[Layout.TAIL] = layout.wrap(head + (int) take(capacityBits));
        state[Layout.KILLS] = (int) take(killBits);
        state[Layout.RECOVERER] = (int) take(3);
        state[Layout.EVIDENCE] = (int) take(2);
        state[Layout.RECOVERED] = (int) take(layout.positionBits);
        state[Layout.DELIVERED] = 0;
        for (int i = 0; i < layout.capacity; i++) {
            state[Layout.DELIVERED] |= (int) take(1) << i;
            state[Layout.SEQUENCES + i] = (int) take(layout.positionBits);
            if (layout.received > layout.data) {
                state[layout.data + i] = (int) take(numberBits);
            }
        }
        for (int i = layout.received; i < layout.firstActor; i++) {
            state[i] = (int) take(itemBits);
        }
        for (int a = 0; a < layout.actors; a++) {
            unblock(take(actorBits(a)), a, state);
        }
    }

    private void unblock(long packed, int actor, int[] state) {
        int at = layout.actor(actor);
        int positions = layout.modulus - 1;
        long block = packed;
        state[at + Layout.ITEMS] = 0;
        if (layout.isProducer(actor)) {
            state[at + Layout.ITEMS] = (int) block & (1 << itemBits) - 1;
            block >>>= itemBits;
        }
        state[at + Layout.SCANNED] = 0;
        state[at + Layout.CELL_COUNT] = 1;
        state[at + Layout.CELL_POSITION] = 0;
        state[at + Layout.CELL] = Protocol.NONE;
        if (layout.isRegistered(actor)) {
            state[at + Layout.SCANNED] = (int) block & 1;
            state[at + Layout.CELL_COUNT] = (int) (block >>> 1 & 1) + 1;
            block >>>= 2;
            state[at + Layout.CELL_POSITION] = (int) block & positions;
            block >>>= layout.positionBits;
            state[at + Layout.CELL] = (int) block & 3;
            block >>>= 2;
        }
        state[at + Layout.DONE] = (int) block & 1;
        state[at + Layout.COUNT] = (int) (block >>> 1 & 1) + 1;
        block >>>= 2;
        state[at + Layout.POSITION] = (int) block & positions;
        state[at + Layout.PC] = (int) (block >>> layout.positionBits);
    }

    private void put(long value, int width) {
        if (width == 0) {
            return;
        }
        out[word] |= value << used;
        used += width;
        if (used >= Long.SIZE) {
            used -= Long.SIZE;
            word++;
            if (used > 0) {
                out[word] |= value >>> (width - used);
            }
        }
    }

    private long take(int width) {
        if (width == 0) {
            return 0;
        }
        long value = out[word] >>> used;
        used += width;
        if (used >= Long.SIZE) {
            used -= Long.SIZE;
            word++;
            if (used > 0) {
                value |= out[word] << (width - used);
            }
        }
        return value & (1L << width) - 1;
    }
}

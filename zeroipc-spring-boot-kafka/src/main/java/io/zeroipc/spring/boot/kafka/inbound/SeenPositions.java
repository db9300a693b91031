package io.zeroipc.spring.boot.kafka.inbound;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import io.zeroipc.collection.SharedArray;

/**
 * Which positions of which origins have arrived, in shared memory, so that it outlives the process. For one thread.
 *
 * <p>
 * A position behind all others of its origin is new. Of the {@value #WINDOW} positions before the highest one it is known which
 * have arrived, whatever their order and their partition. Before that, a position has arrived if a higher one has in the same
 * partition, as positions grow there; so a partition that is far behind the others loses nothing.
 *
 * <p>
 * A process may be killed between any two stores. Bits are cleared ahead of the window, so a half advance loses nothing that is
 * still asked for, and marking a position twice changes nothing.
 */
final class SeenPositions {

    /** Positions before the highest one of which each is known. */
    static final int WINDOW = 32_768;
    /** Longs that one origin takes. */
    static final int ORIGIN_LONGS = 4 + 2 * WINDOW / Long.SIZE + Progress.PARTITIONS_MAX;

    private static final int BITS = 2 * WINDOW;
    private static final int WORDS = BITS / Long.SIZE;
    private static final int ID_HIGH = 0;
    private static final int ID_LOW = 1;
    /** When it was last marked, counted in markings of all. */
    private static final int AGE = 2;
    /** The highest position and 1. */
    private static final int NEXT = 3;
    private static final int BITMAP = 4;
    /** The highest position and 1, by partition. */
    private static final int NEXT_BY_PARTITION = BITMAP + WORDS;

    private final SharedArray<Long> memory;
    private final int capacity;
    private final Map<UUID, Integer> slots = new HashMap<>();
    private long age;
    private long evicted;

    SeenPositions(SharedArray<Long> memory) {
        this.memory = memory;
        this.capacity = (int) (memory.capacity() / ORIGIN_LONGS);
        for (int slot = 0; slot < capacity; slot++) {
            long high = memory.getLongAcquire(at(slot, ID_HIGH));
            long low = memory.getLongAcquire(at(slot, ID_LOW));
            if (high != 0 && low != 0) {
                slots.put(new UUID(high, low), slot);
                age = Math.max(age, memory.getLongAcquire(at(slot, AGE)));
            }
        }
    }

    /** Whether a position has arrived before. */
    boolean contains(UUID origin, long position, int partition) {
        Integer slot = slots.get(origin);
        if (slot == null) {
            return false;
        }
        long next = memory.getLongAcquire(at(slot, NEXT));
        if (position >= next) {
            return false;
        }
        if (position >= next - WINDOW) {
            return (memory.getLongAcquire(wordOf(slot, position)) & bitOf(position)) != 0;
        }
        return position < memory.getLongAcquire(at(slot, NEXT_BY_PARTITION + partition));
    }

    /** Notes that a position has arrived. */
    void mark(UUID origin, long position, int partition) {
        Integer known = slots.get(origin);
        int slot = known != null ? known : add(origin);
        age++;
        memory.setLongRelease(at(slot, AGE), age);
        long next = memory.getLongAcquire(at(slot, NEXT));
        if (position >= next) {
            clear(slot, next, position);
            memory.setLongRelease(at(slot, NEXT), position + 1);
        }
        if (position >= Math.max(next, position + 1) - WINDOW) {
            long word = wordOf(slot, position);
            memory.setLongRelease(word, memory.getLongAcquire(word) | bitOf(position));
        }
        long inPartition = at(slot, NEXT_BY_PARTITION + partition);
        if (position >= memory.getLongAcquire(inPartition)) {
            memory.setLongRelease(inPartition, position + 1);
        }
    }

    /** Origins that had to make room for others, since this was opened: of those nothing is known any more. */
    long evicted() {
        return evicted;
    }

    /** Clears the words that are entered between two positions; each of them is a whole window away from what is asked for. */
    private void clear(int slot, long next, long position) {
        long first = Math.floorDiv(next + Long.SIZE - 1, Long.SIZE);
        long last = Math.floorDiv(position, Long.SIZE);
        for (long word = Math.max(first, last - WORDS + 1); word <= last; word++) {
            memory.setLongRelease(at(slot, BITMAP + (int) Math.floorMod(word, (long) WORDS)), 0);
        }
    }

    private int add(UUID origin) {
        int slot = slots.size() < capacity ? free() : oldest();
        memory.setLongRelease(at(slot, ID_HIGH), 0);
        memory.setLongRelease(at(slot, ID_LOW), 0);
        for (int word = AGE; word < ORIGIN_LONGS; word++) {
            memory.setLongRelease(at(slot, word), 0);
        }
        memory.setLongRelease(at(slot, ID_LOW), origin.getLeastSignificantBits());
        memory.setLongRelease(at(slot, ID_HIGH), origin.getMostSignificantBits());
        slots.put(origin, slot);
        return slot;
    }

    private int free() {
        int slot = 0;
        while (slots.containsValue(slot)) {
            slot++;
        }
        return slot;
    }

    /** Takes the place of the origin that was marked longest ago. */
    private int oldest() {
        UUID victim = null;
        long least = Long.MAX_VALUE;
        for (Map.Entry<UUID, Integer> entry : slots.entrySet()) {
            long seen = memory.getLongAcquire(at(entry.getValue(), AGE));
            if (seen < least) {
                least = seen;
                victim = entry.getKey();
            }
        }
        evicted++;
        Integer slot = slots.remove(victim);
        return slot == null ? 0 : slot;
    }

    private static long at(int slot, int word) {
        return (long) slot * ORIGIN_LONGS + word;
    }

    private static long wordOf(int slot, long position) {
        return at(slot, BITMAP + (int) (Math.floorMod(position, (long) BITS) / Long.SIZE));
    }

    private static long bitOf(long position) {
        return 1L << (position % Long.SIZE);
    }
}

package io.zeroipc.spring.boot.kafka.inbound;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/** Elements that are pushed together, and the records that they come from. For one thread. */
final class Chunk {

    private final List<Object> elements = new ArrayList<>(Progress.CHUNK_MAX);
    private final List<@Nullable Place> places = new ArrayList<>(Progress.CHUNK_MAX);
    private final Set<Place> taken = new HashSet<>();
    private final long[] records = new long[Progress.CHUNK_MAX];
    /** Behind the last record that was looked at, by partition. */
    private final Map<Integer, Long> ends = new HashMap<>();
    private int pushed;

    /**
     * Where an element was in its structure, on another machine.
     *
     * @param origin which life of the structure
     */
    record Place(UUID origin, long position) {}

    boolean isFull() {
        return elements.size() == Progress.CHUNK_MAX;
    }

    int size() {
        return elements.size();
    }

    /** Whether an element of this place is in it. */
    boolean contains(Place place) {
        return taken.contains(place);
    }

    void add(Object element, int partition, long offset, @Nullable Place place) {
        records[elements.size()] = Progress.record(partition, offset);
        elements.add(element);
        places.add(place);
        if (place != null) {
            taken.add(place);
        }
        pass(partition, offset);
    }

    /** Is done with a record that brings no element. */
    void pass(int partition, long offset) {
        ends.put(partition, offset + 1);
    }

    /** By {@link Progress#record}; of them, {@link #size} count. */
    long[] records() {
        return records;
    }

    /** What is not pushed. */
    List<Object> left() {
        return elements.subList(pushed, elements.size());
    }

    boolean isPushed() {
        return pushed == elements.size();
    }

    /** So many more were pushed, which the structure will know again. */
    void pushed(int count, SeenPositions seen) {
        for (int end = pushed + count; pushed < end; pushed++) {
            Place place = places.get(pushed);
            if (place != null) {
                seen.mark(place.origin(), place.position(), Progress.partitionOf(records[pushed]));
            }
        }
    }

    /** Tells how far this has come: to the first record of each partition whose element is not pushed. */
    void settle(Progress progress) {
        Map<Integer, Long> next = new HashMap<>(ends);
        for (int i = elements.size() - 1; i >= pushed; i--) {
            next.put(Progress.partitionOf(records[i]), Progress.offsetOf(records[i]));
        }
        next.forEach(progress::advance);
    }

    /** Tells that this is done with, whatever becomes of what is not pushed. */
    void giveUp(Progress progress) {
        ends.forEach(progress::advance);
    }

    void clear() {
        elements.clear();
        places.clear();
        taken.clear();
        ends.clear();
        pushed = 0;
    }
}

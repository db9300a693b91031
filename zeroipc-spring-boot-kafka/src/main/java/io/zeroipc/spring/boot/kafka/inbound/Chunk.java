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

    private static final int NONE = -1;

    private final List<Object> elements = new ArrayList<>(Progress.CHUNK_MAX);
    private final List<UUID> origins = new ArrayList<>();
    private final Set<Place> places = new HashSet<>();
    private final int[] partitions = new int[Progress.CHUNK_MAX];
    private final long[] offsets = new long[Progress.CHUNK_MAX];
    private final int[] originIndexes = new int[Progress.CHUNK_MAX];
    private final long[] positions = new long[Progress.CHUNK_MAX];
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
        return elements.size() == Progress.CHUNK_MAX || origins.size() == Progress.ORIGINS_MAX;
    }

    int size() {
        return elements.size();
    }

    /** Whether an element of this place is in it. */
    boolean contains(Place place) {
        return places.contains(place);
    }

    /** @param place null where nobody knows */
    void add(Object element, int partition, long offset, @Nullable Place place) {
        int index = elements.size();
        partitions[index] = partition;
        offsets[index] = offset;
        originIndexes[index] = place == null ? NONE : indexOf(place.origin());
        positions[index] = place == null ? NONE : place.position();
        elements.add(element);
        if (place != null) {
            places.add(place);
        }
        pass(partition, offset);
    }

    private int indexOf(UUID origin) {
        int index = origins.lastIndexOf(origin);
        if (index < 0) {
            index = origins.size();
            origins.add(origin);
        }
        return index;
    }

    /** Is done with a record that brings no element. */
    void pass(int partition, long offset) {
        ends.put(partition, offset + 1);
    }

    /** Where its elements are from. */
    List<UUID> origins() {
        return origins;
    }

    int partitionOf(int index) {
        return partitions[index];
    }

    long offsetOf(int index) {
        return offsets[index];
    }

    /** Which of the {@link #origins} an element is from; -1 where nobody knows. */
    int originOf(int index) {
        return originIndexes[index];
    }

    long positionOf(int index) {
        return positions[index];
    }

    /** What is not pushed. */
    List<Object> left() {
        return elements.subList(pushed, elements.size());
    }

    boolean isPushed() {
        return pushed == elements.size();
    }

    /** So many more were pushed, which will be known again. */
    void pushed(int count, SeenPositions seen) {
        for (int end = pushed + count; pushed < end; pushed++) {
            int origin = originIndexes[pushed];
            if (origin != NONE) {
                seen.mark(origins.get(origin), positions[pushed], partitions[pushed]);
            }
        }
    }

    /** Tells how far this has come: to the first record of each partition whose element is not pushed. */
    void settle(Progress progress) {
        Map<Integer, Long> next = new HashMap<>(ends);
        for (int i = elements.size() - 1; i >= pushed; i--) {
            next.put(partitions[i], offsets[i]);
        }
        next.forEach(progress::advance);
    }

    /** Tells that this is done with, whatever becomes of what is not pushed. */
    void giveUp(Progress progress) {
        ends.forEach(progress::advance);
    }

    void clear() {
        elements.clear();
        origins.clear();
        places.clear();
        ends.clear();
        pushed = 0;
    }
}

package io.zeroipc.stress.survival;

import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/** Threads put, find and remove the same few keys. A value tells which key it belongs to. */
final class KeyWorkload implements Workload {

    static final String NAME = "keys";
    /** Key and the upper half of the value, which is a number of any sort. */
    static final int KEYS = 24;
    static final int CAPACITY = 64;

    /** A map, or a set, whose values are those that it should have. */
    interface Keys {

        boolean add(long key, long value);

        /** The value; null when it is not there. */
        @Nullable
        Long find(long key);

        @Nullable
        Long remove(long key);

        int size();

        /** Throws when an entry is in nobody's hands. */
        void visit();
    }

    private final java.util.function.Consumer<Segment> creation;
    private final Function<Segment, Keys> opening;

    KeyWorkload(java.util.function.Consumer<Segment> creation, Function<Segment, Keys> opening) {
        this.creation = creation;
        this.opening = opening;
    }

    static KeyWorkload map() {
        return new KeyWorkload(
                segment -> SharedMap.create(segment, NAME, Codecs.int64(), Codecs.int64(), CAPACITY),
                segment -> new OfMap(SharedMap.open(segment, NAME, Codecs.int64(), Codecs.int64())));
    }

    static KeyWorkload set() {
        return new KeyWorkload(segment -> SharedSet.create(segment, NAME, Codecs.int64(), CAPACITY),
                segment -> new OfSet(SharedSet.open(segment, NAME, Codecs.int64())));
    }

    static long value(long key, int number) {
        return ((long) number << Integer.SIZE) | (mixed(key, number) & 0xFFFF_FFFFL);
    }

    static boolean fits(long key, long value) {
        return value(key, (int) (value >>> Integer.SIZE)) == value;
    }

    private static long mixed(long key, int number) {
        long mixed = (key * 0x9E3779B97F4A7C15L + number) * 0xBF58476D1CE4E5B9L;
        return mixed >>> Integer.SIZE;
    }

    @Override
    public void create(Segment segment) {
        creation.accept(segment);
    }

    @Override
    public List<String> roles() {
        return List.of("writer", "remover");
    }

    @Override
    public int lap() {
        return 20 * KEYS;
    }

    @Override
    public String describe(Segment segment) {
        return "size " + opening.apply(segment).size() + " of " + CAPACITY;
    }

    @Override
    public Step bind(Seat seat) {
        Keys keys = opening.apply(seat.segment());
        Journal journal = seat.journal();
        return () -> {
            long key = 1L + seat.random().nextInt(KEYS);
            journal.set(Word.PENDING, key);
            Long found = null;
            switch (seat.random().nextInt(3)) {
                case 0 -> keys.add(key, value(key, seat.random().nextInt()));
                case 1 -> found = keys.find(key);
                default -> found = seat.role() == 0 ? keys.find(key) : keys.remove(key);
            }
            if (found != null && !fits(key, found)) {
                journal.torn(key, found);
            }
            journal.set(Word.PENDING, 0);
            journal.add(Word.DONE, 1);
        };
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        Keys keys = opening.apply(segment);
        int busy = findings.count(Promise.WEDGE);
        for (long key = 1; key <= KEYS; key++) {
            try {
                Long found = keys.find(key);
                if (found != null && !fits(key, found)) {
                    findings.add(Promise.TORN, "key " + key + " has value " + Long.toHexString(found));
                }
                keys.add(key, value(key, 0));
                keys.remove(key);
                if (keys.find(key) != null) {
                    findings.add(Promise.DUPLICATE, "key " + key + " is still there when it was removed");
                }
            } catch (ZeroIpcException e) {
                findings.add(Promise.WEDGE, "key " + key + ": " + e.getMessage());
            }
        }
        try {
            keys.visit();
        } catch (ZeroIpcException e) {
            findings.add(Promise.WEDGE, "all keys: " + e.getMessage());
        }
        if (findings.count(Promise.WEDGE) > busy) {
            return;
        }
        // Who is killed between counting a key and saying so may have counted it or not: the size is an estimate from then on.
        long killed = crew.threads().filter(Crew.Hand::wasPending).count();
        if (keys.size() > killed) {
            findings.add(Promise.LEAK, "size is " + keys.size() + " when all keys were removed, and " + killed
                    + " threads were killed at it");
        }
        int added = 0;
        while (added <= CAPACITY && keys.add(1000L + added, value(1000L + added, 1))) {
            added++;
        }
        if (added != CAPACITY) {
            findings.add(Promise.LEAK, added + " of " + CAPACITY + " entries can be filled when all keys were removed");
        }
    }

    /** A map. */
    private record OfMap(SharedMap<Long, Long> map) implements Keys {

        @Override
        public boolean add(long key, long value) {
            return map.put(key, value);
        }

        @Override
        public @Nullable Long find(long key) {
            return map.get(key);
        }

        @Override
        public @Nullable Long remove(long key) {
            return map.remove(key);
        }

        @Override
        public int size() {
            return map.size();
        }

        @Override
        public void visit() {
            map.forEach((_, _) -> {
                // Only whether it ends.
            });
        }
    }

    /** A set. */
    private record OfSet(SharedSet<Long> set) implements Keys {

        @Override
        public boolean add(long key, long value) {
            return set.add(key);
        }

        @Override
        public @Nullable Long find(long key) {
            return set.contains(key) ? value(key, 0) : null;
        }

        @Override
        public @Nullable Long remove(long key) {
            return set.remove(key) ? value(key, 0) : null;
        }

        @Override
        public int size() {
            return set.size();
        }

        @Override
        public void visit() {
            set.forEach(_ -> {
                // Only whether it ends.
            });
        }
    }
}

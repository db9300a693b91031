package io.zeroipc.stress.survival;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

/**
 * Processes create structures in one segment, some names each for itself and some that all of them want, and now and then another
 * segment that all of them want.
 */
final class TableWorkload implements Workload {

    /** Structures of one process; then it only opens what is there. */
    static final int CREATIONS = 200;

    private static final int ENTRIES = 1 << 16;
    private static final long SIZE = 64 << 20;
    private static final String WANTED = "wanted-";
    private static final String OTHER_SEGMENT = "other-";
    private static final int OTHER_SEGMENTS = 8;
    private static final int OTHER_SIZE = 1 << 16;
    /** One step in so many is about another segment. */
    private static final int OTHERS = 20;

    /** What a kind of several blocks adds to its name. */
    private static final Pattern SUFFIX = Pattern.compile("_[a-z_]+$");

    private final int workers;

    TableWorkload(int workers) {
        this.workers = workers;
    }

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public long segmentSize() {
        return SIZE;
    }

    @Override
    public int entries() {
        return ENTRIES;
    }

    @Override
    public void create(Segment segment) {
        // All that there is to do is left to the workers.
    }

    @Override
    public List<String> roles() {
        return List.of("creator");
    }

    @Override
    public int lap() {
        return 10;
    }

    @Override
    public boolean hasDoneEnough(Journal journal) {
        return journal.get(Word.ACKNOWLEDGED) == CREATIONS;
    }

    @Override
    public String describe(Segment segment) {
        return segment.entryOccupancy().toString();
    }

    private static Spec<?> spec(int number) {
        return switch (number % 6) {
            case 0 -> SharedQueue.spec(Codecs.int64(), 2 + number % 5);
            case 1 -> SharedArray.spec(Codecs.int32(), 1 + number % 7);
            case 2 -> SharedMutex.spec();
            case 3 -> SharedRwLock.spec();
            case 4 -> SharedMap.spec(Codecs.int64(), Codecs.int64(), 1 + number % 11);
            default -> SharedArray.spec(Codecs.int64(), 3 + number % 13);
        };
    }

    private static String name(long id, int number) {
        return "own-" + id + "-" + number;
    }

    @Override
    public Step bind(Seat seat) {
        Segment segment = seat.segment();
        Journal journal = seat.journal();
        return () -> {
            int number = (int) journal.get(Word.ACKNOWLEDGED);
            if (seat.random().nextInt(OTHERS) == 0) {
                openOther(segment.path(), seat.random().nextInt(OTHER_SEGMENTS), journal);
            } else if (number == CREATIONS) {
                int known = seat.random().nextInt(CREATIONS);
                segment.open(name(seat.id(), known), spec(known));
            } else {
                journal.set(Word.ANNOUNCED, number + 1L);
                segment.openOrCreate(WANTED + number, spec(number + 1));
                segment.create(name(seat.id(), number), spec(number));
                journal.set(Word.ACKNOWLEDGED, number + 1L);
            }
            journal.add(Word.DONE, 1);
        };
    }

    private static Path other(Path path, int number) {
        return path.resolveSibling(OTHER_SEGMENT + number);
    }

    private static void openOther(Path path, int number, Journal journal) {
        journal.set(Word.HELD, number + 1L);
        try (Segment segment = Segment.at(other(path, number)).size(OTHER_SIZE).openOrCreate()) {
            segment.openOrCreate(WANTED, SharedMutex.spec());
        }
        journal.set(Word.HELD, 0);
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        List<TableEntry> entries = segment.entries();
        checkLayout(entries, segment.byteSize(), findings);
        Set<String> present = entries.stream().map(TableEntry::name).collect(Collectors.toSet());
        Set<String> expected = new HashSet<>();
        crew.threads(0).forEach(creator -> {
            for (int number = 0; number < creator.get(Word.ANNOUNCED); number++) {
                boolean certain = number < creator.get(Word.ACKNOWLEDGED);
                if (certain || present.contains(name(creator.id(), number))) {
                    require(segment, name(creator.id(), number), number, creator, findings);
                }
                if (expected.add(WANTED + number) && (certain || present.contains(WANTED + number))) {
                    require(segment, WANTED + number, number + 1, creator, findings);
                }
                expected.add(name(creator.id(), number));
            }
        });
        entries.stream()
                .filter(entry -> !expected.contains(SUFFIX.matcher(entry.name()).replaceFirst("")))
                .filter(entry -> !entry.name().startsWith("__zipc_"))
                .forEach(entry -> findings.add(Promise.TABLE, "nobody has begun to create " + entry));
        IntStream.range(0, OTHER_SEGMENTS).forEach(number -> checkOther(segment.path(), number, findings));
    }

    private static void require(Segment segment, String name, int number, Crew.Hand creator, Findings findings) {
        try {
            segment.open(name, spec(number));
        } catch (ZeroIpcException e) {
            findings.add(Promise.TABLE, "structure of " + creator + " cannot be opened: acknowledged="
                    + creator.get(Word.ACKNOWLEDGED) + ", " + e);
        }
    }

    private static void checkOther(Path path, int number, Findings findings) {
        try (Segment segment = Segment.at(other(path, number)).size(OTHER_SIZE).openOrCreate()) {
            segment.openOrCreate(WANTED, SharedMutex.spec());
            checkLayout(segment.entries(), segment.byteSize(), findings);
        } catch (ZeroIpcException e) {
            findings.add(Promise.TABLE, "segment that processes were killed at: " + e);
        }
    }

    /** Rows are whole, have different names, and lie beside each other. */
    static void checkLayout(List<TableEntry> entries, long size, Findings findings) {
        Map<String, TableEntry> names = new HashMap<>();
        for (TableEntry entry : entries) {
            TableEntry before = names.put(entry.name(), entry);
            if (before != null) {
                findings.add(Promise.TABLE, "name stands in the table twice: " + before + " and " + entry);
            }
            if (!entry.valid() || entry.name().isEmpty() || entry.byteSize() <= 0
                    || entry.offset() + entry.byteSize() > size) {
                findings.add(Promise.TABLE, "row is not whole: " + entry);
            }
        }
        List<TableEntry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(TableEntry::offset));
        for (int i = 1; i < sorted.size(); i++) {
            TableEntry before = Objects.requireNonNull(sorted.get(i - 1));
            if (before.offset() + before.byteSize() > sorted.get(i).offset()) {
                findings.add(Promise.TABLE, "blocks overlap: " + before + " and " + sorted.get(i));
            }
        }
    }
}

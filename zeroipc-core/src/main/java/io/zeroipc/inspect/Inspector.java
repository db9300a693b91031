package io.zeroipc.inspect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.Occupancy;
import io.zeroipc.Shape;
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.segment.TableEntry;

/**
 * Describes any segment, whoever made it, without the application's types. Never writes, never waits; figures are
 * estimates. Safe for any thread.
 *
 * <p>
 * Kinds are found in the order of trust: what this process opened; then what the
 * catalogue beside the segment says, unless the bytes contradict; then composites, whose several names betray them;
 * then single blocks. Recognised is what fits one kind and no other, be it less well: an array of elements of any size
 * included, which has no mark at all; only what would fit in the middle of a change does not count against what is at rest.
 * What fits several kinds is reported as possible, with all of them, and never guessed.
 * Names are evidence too: rows called as those of a composite, with numbers that agree, are one, unless each of them could
 * be an array.
 *
 * <p>
 * Damage is shown, not hidden: a row whose name is that of an earlier one, which nobody can open, is reported as opaque
 * under that name and its number, and a structure that shares bytes with another one has the detail {@code overlaps}.
 */
public final class Inspector {

    private static final Occupancy UNKNOWN = Occupancy.ofElements(0, 0);
    private static final String PYTHON_CHANNEL_SUFFIX = "_sync";
    private static final int PYTHON_CHANNEL_BYTES = 16;

    private Inspector() {
    }

    /**
     * Everything in the segment.
     *
     * @throws IllegalStateException when the segment is closed
     * @throws io.zeroipc.SegmentDetachedException when its file was replaced, removed or truncated
     */
    public static SegmentReport report(Segment segment) {
        try {
            SequencedMap<String, StructureReport> structures = new Survey(segment).structures();
            return new SegmentReport(segment.name(), segment.path(), SegmentDescriptor.VERSION, segment.isCreated(),
                    segment.isReadOnly(), segment.occupancy(), segment.entryOccupancy(), segment.catalogueState(),
                    structures);
        } catch (InternalError e) {
            throw segment.attachment().translate(e);
        }
    }

    /** One structure of the segment; empty when there is none of this name. */
    public static Optional<StructureReport> report(Segment segment, String structure) {
        return Optional.ofNullable(report(segment).structures().get(structure));
    }

    /**
     * Which structure of a report has the block of a participant's claim.
     *
     * @param blockOffset as the claim says
     * @return its name; empty when no row of the table has it, now
     */
    public static Optional<String> structureAt(Segment segment, SegmentReport report, long blockOffset) {
        return segment.entries()
                .stream()
                .filter(entry -> blockOffset >= entry.offset() && blockOffset - entry.offset() < entry.byteSize())
                .findFirst()
                .flatMap(entry -> report.structures()
                        .values()
                        .stream()
                        .filter(structure -> structure.entryNames().contains(entry.name()))
                        .findFirst())
                .map(StructureReport::name);
    }

    /** One walk over the table. */
    private static final class Survey {

        private final Segment segment;
        private final Map<String, TableEntry> entries = new LinkedHashMap<>();
        private final List<TableEntry> unreachable = new ArrayList<>();
        private final Map<String, Set<String>> overlaps;
        private final Map<String, Structure> opened;
        private final Set<String> explained = new HashSet<>();
        private final Map<String, StructureReport> byFirstEntry = new LinkedHashMap<>();

        Survey(Segment segment) {
            this.segment = segment;
            List<TableEntry> rows = segment.entries();
            for (int i = 0; i < rows.size(); i++) {
                TableEntry row = rows.get(i);
                if (entries.putIfAbsent(row.name(), row) != null) {
                    unreachable.add(new TableEntry(row.name() + " (row " + i + ")", row.offset(), row.byteSize(),
                            row.valid()));
                }
            }
            this.overlaps = overlaps();
            this.opened = segment.opened();
        }

        /** By the name of a row, the rows that share bytes with it: the work of two programs that added at the same time. */
        private Map<String, Set<String>> overlaps() {
            List<TableEntry> byOffset = Stream.concat(entries.values().stream(), unreachable.stream())
                    .filter(TableEntry::valid)
                    .sorted(Comparator.comparingLong(TableEntry::offset))
                    .toList();
            Map<String, Set<String>> found = new HashMap<>();
            TableEntry farthest = null;
            for (TableEntry each : byOffset) {
                if (farthest != null && each.offset() < end(farthest)) {
                    found.computeIfAbsent(each.name(), _ -> new TreeSet<>()).add(farthest.name());
                    found.computeIfAbsent(farthest.name(), _ -> new TreeSet<>()).add(each.name());
                }
                farthest = farthest == null || end(each) > end(farthest) ? each : farthest;
            }
            return found;
        }

        private static long end(TableEntry entry) {
            return entry.offset() + entry.byteSize();
        }

        SequencedMap<String, StructureReport> structures() {
            for (Structure structure : opened.values()) {
                Catalog.find(structure.kind().label())
                        .ifPresent(type -> add(structure.name(), type, Trust.DECLARED, structure.elementSchema(),
                                structure.options()));
            }
            segment.declared().values().forEach(this::believe);
            for (StructureType type : Catalog.types()) {
                if (type.kind().suffixes().size() > 1) {
                    recogniseComposites(type);
                }
            }
            for (TableEntry entry : entries.values()) {
                if (!explained.contains(entry.name()) && !isOfPythonsChannel(entry)) {
                    examine(entry);
                }
            }
            SequencedMap<String, StructureReport> inTableOrder = new LinkedHashMap<>();
            for (String entry : entries.keySet()) {
                StructureReport report = byFirstEntry.get(entry);
                if (report != null) {
                    inTableOrder.put(report.name(), report);
                }
            }
            unreachable.forEach(row -> inTableOrder.putIfAbsent(row.name(),
                    withOverlaps(unknown(row.name(), List.of(row), List.of()))));
            return inTableOrder;
        }

        /** What the catalogue says is believed of the very block that it was said of, unless the bytes contradict. */
        private void believe(DeclaredType declared) {
            StructureType type = Catalog.find(declared.kind()).orElse(null);
            if (type == null) {
                return;
            }
            TableEntry entry = entries.get(declared.name() + type.kind().decidingSuffix());
            if (entry != null && entry.offset() == declared.offset() && !explained.contains(entry.name())
                    && match(type.probe(), declared.name()) != Match.NO && hasElements(declared, type)) {
                add(declared.name(), type, Trust.DECLARED, declared.element(), declared.options());
            }
        }

        /** Not when the bytes have elements of another size: then the line is of a structure that was here before. */
        private boolean hasElements(DeclaredType declared, StructureType type) {
            Description description = describe(type, segment.blocks(declared.name()));
            return description == null || description.elementSize() == 0 || declared.element() == null
                    || description.elementSize() == declared.element().byteSize();
        }

        private void recogniseComposites(StructureType type) {
            String deciding = type.kind().decidingSuffix();
            for (TableEntry entry : entries.values()) {
                if (!explained.contains(entry.name()) && entry.name().endsWith(deciding)) {
                    String name = entry.name().substring(0, entry.name().length() - deciding.length());
                    List<TableEntry> rows = rows(name, type.kind());
                    // What a row is known to be alone, it is not as a part of something else.
                    boolean free = !name.isEmpty() && rows.stream().noneMatch(row -> explained.contains(row.name()));
                    Match match = free ? match(type.probe(), name) : Match.NO;
                    if (match == Match.CERTAIN && !areAllArrays(rows)) {
                        add(name, type, Trust.RECOGNISED, null, Map.of());
                    } else if (match != Match.NO) {
                        List<StructureType> candidates = new ArrayList<>(List.of(type));
                        candidates.addAll(fitting(entry).keySet());
                        put(unknown(name, rows, labels(candidates)));
                    }
                }
            }
        }

        private boolean areAllArrays(List<TableEntry> rows) {
            return rows.stream().allMatch(row -> match(SharedArray.PROBE, row.name()) != Match.NO);
        }

        /**
         * A channel of the original's Python is a queue and, beside it, 16 bytes about who waits, which would pass for a
         * semaphore now and then.
         */
        private boolean isOfPythonsChannel(TableEntry entry) {
            if (!entry.name().endsWith(PYTHON_CHANNEL_SUFFIX) || entry.byteSize() != PYTHON_CHANNEL_BYTES) {
                return false;
            }
            String queue = entry.name().substring(0, entry.name().length() - PYTHON_CHANNEL_SUFFIX.length());
            if (match(SharedQueue.PROBE, queue) == Match.NO) {
                return false;
            }
            put(unknown(entry.name(), List.of(entry), List.of()).with("pythonChannel", queue));
            return true;
        }

        private void examine(TableEntry entry) {
            SequencedMap<StructureType, Match> fitting = fitting(entry);
            if (fitting.containsValue(Match.CERTAIN)) {
                // What fits at rest is not taken for something else that would have to be in the middle of a change.
                fitting.values().removeIf(match -> match == Match.UNSETTLED);
            }
            if (fitting.size() == 1) {
                Map.Entry<StructureType, Match> only = fitting.firstEntry();
                add(entry.name(), only.getKey(), only.getValue() == Match.CERTAIN ? Trust.RECOGNISED : Trust.POSSIBLE,
                        null, Map.of());
            } else {
                put(unknown(entry.name(), List.of(entry), labels(fitting.keySet())));
            }
        }

        /** The kinds of a single block that a row fits. */
        private SequencedMap<StructureType, Match> fitting(TableEntry entry) {
            SequencedMap<StructureType, Match> fitting = new LinkedHashMap<>();
            for (StructureType type : Catalog.types()) {
                if (entry.valid() && type.kind().suffixes().size() == 1) {
                    Match match = match(type.probe(), entry.name());
                    if (match != Match.NO) {
                        fitting.put(type, match);
                    }
                }
            }
            return fitting;
        }

        private static StructureReport unknown(String name, List<TableEntry> rows, List<String> candidates) {
            boolean opaque = candidates.isEmpty();
            return new StructureReport(name, opaque ? StructureReport.OPAQUE : StructureReport.POSSIBLE,
                    opaque ? Trust.OPAQUE : Trust.POSSIBLE, candidates, names(rows), rows.getFirst().offset(),
                    bytes(rows), 0, "", null, UNKNOWN, Map.of(), List.of());
        }

        /** Takes a report for its rows, whose bytes others may have as well. */
        private void put(StructureReport report) {
            explained.addAll(report.entryNames());
            byFirstEntry.put(report.entryNames().getFirst(), withOverlaps(report));
        }

        private StructureReport withOverlaps(StructureReport report) {
            Set<String> others = new TreeSet<>();
            report.entryNames().forEach(row -> others.addAll(overlaps.getOrDefault(row, Set.of())));
            return others.isEmpty() ? report : report.with("overlaps", String.join(", ", others));
        }

        private Match match(Probe probe, String name) {
            try {
                return probe.match(segment.blocks(name));
            } catch (ZeroIpcException | IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException e) {
                // Changed or incomplete while we looked: not this kind, as far as anybody can tell now.
                return Match.NO;
            }
        }

        private void add(String name, StructureType type, Trust trust, @Nullable ElementSchema schema,
                Map<String, String> options) {
            List<TableEntry> rows = rows(name, type.kind());
            if (rows.isEmpty()) {
                return;
            }
            Description description = describe(type, segment.blocks(name));
            if (description == null || !isBounded(description, schema, rows)) {
                description = new Description(0, UNKNOWN);
            }
            List<String> candidates = trust == Trust.POSSIBLE ? labels(List.of(type)) : List.of();
            StructureReport report = new StructureReport(name, type.kind().label(), trust, candidates, names(rows),
                    rows.getFirst().offset(),
                    bytes(rows), description.elementSize(), schema == null ? "" : schema.typeName(), schema,
                    description.occupancy(), description.details(), description.views());
            Shape shape = shape(options, description);
            put(shape == null ? report : report.with(Declaration.SHAPE, shape.lengths()));
        }

        /** Null when there is none, or the bytes have another number of elements. */
        private static @Nullable Shape shape(Map<String, String> options, Description description) {
            String text = options.get(Declaration.SHAPE);
            try {
                Shape shape = text == null ? null : Shape.parse(text);
                return shape != null && shape.count() == description.occupancy().capacity() ? shape : null;
            } catch (IllegalArgumentException e) {
                return null;
            }
        }

        /**
         * Whether all values lie in the structure's own rows. The numbers were read after the structure was found right, or
         * it was only opened here, long ago: whoever allocates or maps by them shall not be led astray.
         */
        private static boolean isBounded(Description description, @Nullable ElementSchema schema,
                List<TableEntry> rows) {
            long elementSize = description.elementSize();
            return elementSize >= 0
                    && (elementSize == 0 || schema == null || elementSize == schema.byteSize())
                    && description.views()
                            .stream()
                            .allMatch(view -> rows.stream()
                                    .anyMatch(row -> row.valid()
                                            && view.isWithin(row.offset(), end(row), elementSize)));
        }

        private static List<String> names(List<TableEntry> rows) {
            return rows.stream().map(TableEntry::name).toList();
        }

        private static long bytes(List<TableEntry> rows) {
            return rows.stream().mapToLong(TableEntry::byteSize).sum();
        }

        private List<TableEntry> rows(String name, StructureKind kind) {
            List<TableEntry> rows = new ArrayList<>();
            for (String suffix : kind.suffixes()) {
                TableEntry row = entries.get(name + suffix);
                if (row != null) {
                    rows.add(row);
                }
            }
            return rows;
        }

        private static @Nullable Description describe(StructureType type, Blocks blocks) {
            try {
                return type.probe().describe(blocks);
            } catch (ZeroIpcException | IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException e) {
                // A peer is changing it this very moment: the next look will tell.
                return null;
            }
        }

        private static List<String> labels(Collection<StructureType> types) {
            return types.stream().map(type -> type.kind().label()).toList();
        }
    }
}

package io.zeroipc.inspect;

import java.util.ArrayList;
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
import io.zeroipc.StructureKind;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Description;
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
 * then single blocks. A block that fits several kinds is reported as possible and never guessed.
 *
 * <p>
 * Damage is shown, not hidden: a row whose name is that of an earlier one, which nobody can open, is reported as opaque
 * under that name and its number, and a structure that shares bytes with another one has the detail {@code overlaps}.
 */
public final class Inspector {

    private static final Occupancy UNKNOWN = Occupancy.ofElements(0, 0);

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
                        .ifPresent(type -> add(structure.name(), type, Trust.DECLARED, structure.elementSchema()));
            }
            segment.declared().values().forEach(this::believe);
            for (StructureType type : Catalog.types()) {
                if (type.kind().suffixes().size() > 1) {
                    recogniseComposites(type);
                }
            }
            for (TableEntry entry : entries.values()) {
                if (!explained.contains(entry.name())) {
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
            unreachable.forEach(row -> inTableOrder.putIfAbsent(row.name(), unknown(row, List.of())));
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
                    && match(type, declared.name()) != Match.NO && hasElements(declared, type)) {
                add(declared.name(), type, Trust.DECLARED, declared.element());
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
                    if (!name.isEmpty() && match(type, name) == Match.CERTAIN) {
                        add(name, type, Trust.RECOGNISED, null);
                    }
                }
            }
        }

        private void examine(TableEntry entry) {
            List<StructureType> certain = new ArrayList<>();
            List<StructureType> possible = new ArrayList<>();
            for (StructureType type : Catalog.types()) {
                if (type.kind().decidingSuffix().isEmpty()) {
                    Match match = entry.valid() ? match(type, entry.name()) : Match.NO;
                    if (match != Match.NO) {
                        (match == Match.CERTAIN ? certain : possible).add(type);
                    }
                }
            }
            if (certain.size() == 1) {
                add(entry.name(), certain.getFirst(), Trust.RECOGNISED, null);
            } else if (certain.isEmpty() && possible.size() == 1) {
                add(entry.name(), possible.getFirst(), Trust.POSSIBLE, null);
            } else {
                explained.add(entry.name());
                byFirstEntry.put(entry.name(), unknown(entry, labels(certain.isEmpty() ? possible : certain)));
            }
        }

        private StructureReport unknown(TableEntry entry, List<String> candidates) {
            boolean opaque = candidates.isEmpty();
            return new StructureReport(entry.name(), opaque ? StructureReport.OPAQUE : StructureReport.POSSIBLE,
                    opaque ? Trust.OPAQUE : Trust.POSSIBLE, candidates, List.of(entry.name()), entry.offset(),
                    entry.byteSize(), 0, "", null, UNKNOWN, withOverlaps(Map.of(), List.of(entry.name())), List.of());
        }

        private Map<String, Object> withOverlaps(Map<String, Object> details, List<String> rows) {
            Set<String> others = new TreeSet<>();
            rows.forEach(row -> others.addAll(overlaps.getOrDefault(row, Set.of())));
            if (others.isEmpty()) {
                return details;
            }
            Map<String, Object> all = new LinkedHashMap<>(details);
            all.put("overlaps", String.join(", ", others));
            return all;
        }

        private Match match(StructureType type, String name) {
            try {
                return type.probe().match(segment.blocks(name));
            } catch (ZeroIpcException | IndexOutOfBoundsException | ArithmeticException | IllegalArgumentException e) {
                // Changed or incomplete while we looked: not this kind, as far as anybody can tell now.
                return Match.NO;
            }
        }

        private void add(String name, StructureType type, Trust trust, @Nullable ElementSchema schema) {
            List<TableEntry> rows = rows(name, type.kind());
            if (rows.isEmpty()) {
                return;
            }
            long bytes = 0;
            List<String> names = new ArrayList<>();
            for (TableEntry row : rows) {
                explained.add(row.name());
                names.add(row.name());
                bytes += row.byteSize();
            }
            Description description = describe(type, segment.blocks(name));
            List<String> candidates = trust == Trust.POSSIBLE ? labels(List.of(type)) : List.of();
            TableEntry first = rows.getFirst();
            byFirstEntry.put(first.name(),
                    new StructureReport(name, type.kind().label(), trust, candidates, names, first.offset(), bytes,
                            description == null ? 0 : description.elementSize(),
                            schema == null ? "" : schema.typeName(), schema,
                            description == null ? UNKNOWN : description.occupancy(),
                            withOverlaps(description == null ? Map.of() : description.details(), names),
                            description == null ? List.of() : description.views()));
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

        private static List<String> labels(List<StructureType> types) {
            return types.stream().map(type -> type.kind().label()).toList();
        }
    }
}

package io.zeroipc.spring.boot.actuate.endpoint;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.zeroipc.Occupancy;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Preview;
import io.zeroipc.inspect.SegmentReport;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.manifest.Manifest;
import io.zeroipc.segment.HugePages;
import io.zeroipc.segment.Paging;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ArenaRegistry;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.sync.SharedMutex;

/**
 * {@link Endpoint @Endpoint} that shows the segments of this application and what is in them, whoever put it there.
 *
 * <p>
 * All figures are snapshots of memory that other threads and processes are changing: each is right for some moment, and
 * two of them may be of different moments. Nothing is opened or waited for, and nothing is changed unless its access is
 * unrestricted and somebody asks for a repair.
 */
@Endpoint(id = "zeroipc", defaultAccess = Access.READ_ONLY)
public class ZeroIpcEndpoint {

    private final SegmentRegistry registry;
    private final Map<String, DeclaredSegmentInfo> declared;
    private final Sanitizer sanitizer;
    private final Show showValues;
    private final ArenaRegistry arenas;

    /** As the other one, without arenas. */
    public ZeroIpcEndpoint(SegmentRegistry registry, Map<String, DeclaredSegmentInfo> declared,
            Iterable<SanitizingFunction> sanitizingFunctions, Show showValues) {
        this(registry, declared, sanitizingFunctions, showValues, new ArenaRegistry(List.of()));
    }

    /**
     * @param registry the segments to show
     * @param declared what is known of those that are declared, by name
     * @param sanitizingFunctions what may hide paths and elements
     * @param showValues who may see elements
     * @param arenas the packed arenas to show
     */
    public ZeroIpcEndpoint(SegmentRegistry registry, Map<String, DeclaredSegmentInfo> declared,
            Iterable<SanitizingFunction> sanitizingFunctions, Show showValues, ArenaRegistry arenas) {
        this.arenas = arenas;
        this.registry = registry;
        this.declared = Map.copyOf(declared);
        this.sanitizer = new Sanitizer(sanitizingFunctions);
        this.showValues = showValues;
    }

    /** All segments. */
    @ReadOperation
    public SegmentsDescriptor segments() {
        return segments(false);
    }

    /** All segments, with or without the details of each structure. */
    SegmentsDescriptor segments(boolean withDetails) {
        Map<String, SegmentDescriptor> segments = new LinkedHashMap<>();
        for (String name : registry.names()) {
            segments.put(name, describe(name, withDetails));
        }
        Map<String, ArenaDescriptor> shown = new LinkedHashMap<>();
        arenas.names().forEach(name -> shown.put(name, Objects.requireNonNull(arena(name))));
        return new SegmentsDescriptor(segments, shown.isEmpty() ? null : shown);
    }

    /** One packed arena; null when there is none of this name. */
    public @Nullable ArenaDescriptor arena(String name) {
        return arenas.definition(name)
                .map(definition -> ArenaDescriptor.of(arenas, definition,
                        path -> String.valueOf(sanitizer.sanitize(
                                new SanitizableData(null, "zeroipc.arenas." + name + ".path", path), true))))
                .orElse(null);
    }

    /**
     * One segment, or one packed arena; null when there is none of this name, or the manifest or types of a segment are wanted that
     * is not open.
     *
     * @param view what of a segment; its summary when this is missing
     * @return a {@link SegmentDescriptor}, an {@link ArenaDescriptor}, or the text of the manifest or of the types
     * @throws InvalidEndpointRequestException when one of its types cannot be written in the language
     */
    @ReadOperation
    public @Nullable Object segment(@Selector String segment, @Nullable SegmentView view) {
        if (view == null || !view.isText()) {
            SegmentDescriptor found = segment(segment, view == SegmentView.DETAILS);
            return found != null ? found : arena(segment);
        }
        return view.language() == null ? manifest(segment) : types(segment, view.language());
    }

    /** The summary of one segment; null when there is none of this name. */
    public @Nullable SegmentDescriptor segment(String segment) {
        return segment(segment, false);
    }

    @Nullable
    SegmentDescriptor segment(String segment, boolean withDetails) {
        return registry.names().contains(segment) ? describe(segment, withDetails) : null;
    }

    /** The manifest of one segment, as JSON; null when there is none of this name, or it is not open. */
    public @Nullable String manifest(String segment) {
        return look(segment, open -> Manifest.of(open, sanitized(segment, open.path())));
    }

    /**
     * The types of the elements of one segment, as source text; null when there is none of this name, or it is not open.
     *
     * @throws InvalidEndpointRequestException when one of them cannot be written in the language
     */
    public @Nullable String types(String segment, Language language) {
        try {
            return look(segment, open -> Export.of(open).at(sanitized(segment, open.path())).source(language));
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
    }

    /**
     * One structure; null when there is none of this name.
     *
     * @param structure its name in the segment's table, or its name in this application
     * @param preview how many elements to show, if everybody may see them; none when it is missing
     */
    @ReadOperation
    public @Nullable StructureDescriptor structure(@Selector String segment, @Selector String structure,
            @Nullable Integer preview) {
        return structure(segment, structure, preview, showValues == Show.ALWAYS);
    }

    /**
     * The same for somebody who may see elements or not.
     *
     * @throws InvalidEndpointRequestException when the number of elements is negative
     */
    @Nullable
    StructureDescriptor structure(String segment, String structure, @Nullable Integer preview, boolean showElements) {
        if (preview != null && preview < 0) {
            String message = "number of elements is negative: preview=" + preview + " (expected: 0 to "
                    + PreviewDescriptor.ELEMENTS_MAX + ")";
            throw refused(message);
        }
        if (!registry.names().contains(segment)) {
            return null;
        }
        SegmentReport report = report(segment);
        if (report == null) {
            return null;
        }
        StructureReport found = report.structures().get(structure);
        if (found == null) {
            found = definition(segment, structure).map(StructureDefinition::entryName)
                    .map(report.structures()::get)
                    .orElse(null);
        }
        if (found == null) {
            return null;
        }
        PreviewDescriptor elements = preview == null || !showElements ? null : preview(segment, found, preview);
        return describe(segment, found, keys(segment), true, elements);
    }

    /**
     * Ends, in a structure of this application, what a program that takes no part has left in the middle when it died; on the word of
     * somebody who knows that it is dead.
     *
     * @param structure its name in the segment's table, or its name in this application
     * @param action {@code skip}: goes on at the position that everybody waits for, in a queue or channel; {@code unlock}: unlocks a
     *            mutex
     * @param position of a skip: where the structure is stuck; at another one nothing is done
     * @return the structure afterwards; null when this application has none of this name open
     * @throws InvalidEndpointRequestException when there is nothing of the kind to end, or what is to be ended may be a live
     *             participant's
     */
    @WriteOperation
    public @Nullable StructureDescriptor repair(@Selector String segment, @Selector String structure, String action,
            @Nullable Long position) {
        String entry = definition(segment, structure).map(StructureDefinition::entryName).orElse(structure);
        Structure opened = registry.find(segment).map(open -> open.opened().get(entry)).orElse(null);
        if (opened == null || registry.isDetached(segment)) {
            return null;
        }
        try {
            switch (action) {
                case "skip" -> skip(opened, position);
                case "unlock" -> unlock(opened);
                default -> throw refused("action is unknown: action=" + action + " (expected: skip or unlock)");
            }
        } catch (StructureBusyException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
        return structure(segment, structure, null, false);
    }

    private static void skip(Structure structure, @Nullable Long position) {
        Stall stall = structure.stall();
        if (position == null) {
            throw refused("position is missing (expected: the one that the structure is stuck at)");
        }
        if (stall == null || stall.position() != position || !structure.breakStall(stall)) {
            throw refused("structure is not stuck there: structure=" + structure.name() + ", position=" + position
                    + ", now=" + (stall == null ? "not stuck" : stall));
        }
    }

    private static void unlock(Structure structure) {
        if (!(structure instanceof SharedMutex mutex)) {
            throw refused("structure cannot be unlocked: structure=" + structure.name() + ", kind=" + structure.kind()
                    + " (expected: a mutex)");
        }
        if (!mutex.breakLock()) {
            throw refused("mutex is not locked: structure=" + structure.name());
        }
    }

    private static InvalidEndpointRequestException refused(String message) {
        return new InvalidEndpointRequestException(message, message);
    }

    /** Null when its elements cannot be looked at without taking them. */
    private @Nullable PreviewDescriptor preview(String name, StructureReport report, int elements) {
        String key = "zeroipc.segments." + name + ".structures." + report.name() + ".elements";
        return look(name,
                segment -> Preview.of(segment, report, Math.min(elements, PreviewDescriptor.ELEMENTS_MAX))
                        .map(preview -> PreviewDescriptor.of(preview, report.kind(), report.elementSize(),
                                value -> sanitizer.sanitize(new SanitizableData(null, key, value), true)))
                        .orElse(null));
    }

    private SegmentDescriptor describe(String name, boolean withDetails) {
        DeclaredSegmentInfo info = declared.get(name);
        SegmentReport report = report(name);
        if (report == null) {
            Path path = registry.find(name).map(Segment::path).orElse(info == null ? null : info.path());
            SegmentState state = registry.find(name).isPresent() ? SegmentState.DETACHED : SegmentState.NOT_OPEN;
            return new SegmentDescriptor(path == null ? null : sanitized(name, path), info == null ? null : info.mode(),
                    state, info == null ? null : info.bean(), null, null, null, null, null, null, null, Map.of(),
                    List.of());
        }
        Map<String, StructureDescriptor> structures = new LinkedHashMap<>();
        List<String> unmanaged = new ArrayList<>();
        Map<String, String> keys = keys(name);
        report.structures().forEach((structure, found) -> {
            StructureDescriptor descriptor = describe(name, found, keys, withDetails, null);
            structures.put(structure, descriptor);
            if (!descriptor.managed()) {
                unmanaged.add(structure);
            }
        });
        return new SegmentDescriptor(sanitized(name, report.path()), info == null ? null : info.mode(),
                SegmentState.OPEN, info == null ? null : info.bean(), report.created(), report.readOnly(),
                report.formatVersion(), SizeDescriptor.of(report.bytes()), EntriesDescriptor.of(report.entries()),
                look(name, segment -> RecoveryDescriptor.of(segment, report)), look(name, ZeroIpcEndpoint::paging),
                structures, unmanaged);
    }

    /** Null when nothing was asked of the kernel. */
    private static @Nullable Paging paging(Segment segment) {
        Paging paging = segment.paging();
        return paging.asked() != HugePages.NEVER || paging.preTouched() ? paging : null;
    }

    private StructureDescriptor describe(String segment, StructureReport report, Map<String, String> keys,
            boolean withDetails, @Nullable PreviewDescriptor preview) {
        Optional<String> key = Optional.ofNullable(keys.get(report.name()));
        DeclaredSegmentInfo info = declared.get(segment);
        boolean managed = key.isPresent() || isOpened(segment, report.name());
        String channel = managed ? new ChannelName(segment, key.orElse(report.name())).toString() : null;
        String bean = info == null ? null : key.map(info.structureBeans()::get).orElse(null);
        Occupancy occupancy = report.occupancy();
        // Without a capacity there is nothing to say about how full it is.
        boolean counted = occupancy.capacity() > 0;
        return new StructureDescriptor(report.kind(), report.trust(),
                report.candidates().isEmpty() ? null : report.candidates(),
                report.elementType().isEmpty() ? null : report.elementType(),
                report.elementSize() == 0 ? null : report.elementSize(),
                withDetails && report.schema() != null ? Fingerprint.of(report.schema()) : null,
                counted ? occupancy.capacity() : null,
                counted ? occupancy.used() : null, counted ? occupancy.usage() : null,
                counted ? occupancy.unit() : null, report.offset(), report.bytes(), report.entryNames(), channel, bean,
                managed, options(segment, report.name()), channel == null ? null : stuck(channel),
                withDetails ? report.details() : null, preview);
    }

    /** Null when it has none, or this application has not opened it. */
    private @Nullable Map<String, String> options(String segment, String structure) {
        return registry.find(segment)
                .map(open -> open.opened().get(structure))
                .map(Structure::options)
                .filter(options -> !options.isEmpty())
                .orElse(null);
    }

    private @Nullable StuckDescriptor stuck(String channel) {
        return registry.stuck()
                .stream()
                .filter(stuck -> stuck.channel().toString().equals(channel))
                .findFirst()
                .map(stuck -> new StuckDescriptor(stuck.stall().position(), stuck.stall().side(), stuck.since()))
                .orElse(null);
    }

    /** Whether this application has opened it, in code for example. That it is known by name proves nothing. */
    private boolean isOpened(String segment, String structure) {
        return registry.find(segment).filter(open -> open.opened().containsKey(structure)).isPresent();
    }

    /** What this application calls the structures that it declares, by their names in the segment's table. */
    private Map<String, String> keys(String segment) {
        Map<String, String> keys = new HashMap<>();
        registry.definition(segment)
                .ifPresent(definition -> definition.structures()
                        .values()
                        .forEach(structure -> keys.putIfAbsent(structure.entryName(), structure.name())));
        return keys;
    }

    private Optional<StructureDefinition> definition(String segment, String structure) {
        return registry.definition(segment).map(SegmentDefinition::structures).map(all -> all.get(structure));
    }

    /** Null when the segment is not open, or not any more. */
    private @Nullable SegmentReport report(String name) {
        return look(name, Inspector::report);
    }

    /** What is seen in a segment; null when it is not open, or not any more. */
    private <T> @Nullable T look(String name, Function<Segment, @Nullable T> view) {
        Segment segment = registry.find(name).orElse(null);
        if (segment == null || registry.isDetached(name)) {
            return null;
        }
        try {
            return view.apply(segment);
        } catch (SegmentDetachedException | IllegalStateException e) {
            // Replaced or closed since the look above.
            return null;
        }
    }

    private String sanitized(String segment, Path path) {
        SanitizableData data = new SanitizableData(null, "zeroipc.segments." + segment + ".path", path.toString());
        return String.valueOf(sanitizer.sanitize(data, true));
    }

    /**
     * All segments.
     *
     * @param segments by name
     * @param arenas packed arenas by name; missing when none is declared
     */
    public record SegmentsDescriptor(Map<String, SegmentDescriptor> segments,
            @Nullable Map<String, ArenaDescriptor> arenas) implements OperationResponseBody {}

    /**
     * One segment. What is in it is missing unless it is open.
     *
     * @param path its file
     * @param mode how this application opens it, if it declares it
     * @param state whether it can be used
     * @param bean name of its bean, if it has one
     * @param created whether this application created the file
     * @param readOnly whether this application can only read it
     * @param formatVersion of the table
     * @param size bytes
     * @param entries rows of the table
     * @param recovery who takes part, who has died, and what was mended
     * @param paging what was asked of the pages, and granted; missing when nothing was asked
     * @param structures by their names in the table
     * @param unmanaged names of the structures that other processes put there and this application neither declares nor
     *            uses
     */
    public record SegmentDescriptor(@Nullable String path, @Nullable String mode, SegmentState state,
            @Nullable String bean, @Nullable Boolean created, @Nullable Boolean readOnly,
            @Nullable Integer formatVersion, @Nullable SizeDescriptor size, @Nullable EntriesDescriptor entries,
            @Nullable RecoveryDescriptor recovery, @Nullable Paging paging, Map<String, StructureDescriptor> structures,
            List<String> unmanaged)
            implements OperationResponseBody {}

    /**
     * Bytes of a segment.
     *
     * @param total of the segment
     * @param used up to the end of the last structure
     * @param free after it
     * @param usage used over total, 0 to 1
     */
    public record SizeDescriptor(long total, long used, long free, double usage) {

        static SizeDescriptor of(Occupancy bytes) {
            return new SizeDescriptor(bytes.capacity(), bytes.used(), bytes.capacity() - bytes.used(), bytes.usage());
        }
    }

    /**
     * Rows of a segment's table.
     *
     * @param used in use; some kinds of structures use several
     * @param max there are
     */
    public record EntriesDescriptor(long used, long max) {

        static EntriesDescriptor of(Occupancy entries) {
            return new EntriesDescriptor(entries.used(), entries.capacity());
        }
    }

    /**
     * One structure. What cannot be known of it is missing.
     *
     * @param type kind, {@code possible} or {@code opaque}
     * @param trust how the type is known
     * @param candidates kinds that the bytes fit, when the type is not certain
     * @param elementType of one element
     * @param elementSize bytes of one element
     * @param fingerprint of the type of its elements, as in {@code docs/format/fingerprint.md}, when details were asked for
     * @param capacity elements there is room for
     * @param size elements now
     * @param usage size over capacity, 0 to 1
     * @param unit what capacity and size count
     * @param offset of the first byte in the segment
     * @param bytes in all
     * @param entries its rows in the table
     * @param channel what this application's listeners and template call it
     * @param bean name of its bean, if it has one
     * @param managed whether this application declares or uses it
     * @param options of its kind, such as {@code overwrite}; missing unless this application has opened it
     * @param stuck where nobody has got any further for some seconds; missing unless this application uses it
     * @param details further figures, when they were asked for
     * @param preview some of its elements, when they were asked for and may be shown
     */
    public record StructureDescriptor(String type, Trust trust, @Nullable List<String> candidates,
            @Nullable String elementType, @Nullable Long elementSize, @Nullable String fingerprint,
            @Nullable Long capacity, @Nullable Long size, @Nullable Double usage, @Nullable String unit, long offset,
            long bytes, List<String> entries,
            @Nullable String channel, @Nullable String bean, boolean managed, @Nullable Map<String, String> options,
            @Nullable StuckDescriptor stuck, @Nullable Map<String, Object> details,
            @Nullable PreviewDescriptor preview)
            implements OperationResponseBody {}

    /**
     * A position that everybody behind it waits for.
     *
     * @param position in the structure's own count
     * @param side what was begun there and not finished
     * @param since when it was seen first
     */
    public record StuckDescriptor(long position, Stall.Side side, Instant since) {}
}

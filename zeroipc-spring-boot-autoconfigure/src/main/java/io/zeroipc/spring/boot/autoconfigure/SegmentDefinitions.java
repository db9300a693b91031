package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

import io.zeroipc.PrintableText;
import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.boot.autoconfigure.ZeroIpcProperties.SegmentMode;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.StructureMode;

/** Turns properties into what the registry opens segments by. */
final class SegmentDefinitions {

    /** Segments are mapped in pages: a last page that is used in part costs as much as a full one. */
    private static final long PAGE = 4096;

    private final ZeroIpcProperties properties;
    private final ZeroIpcConnectionDetails connectionDetails;
    private final String application;
    private final Function<String, Codec<?>> codecs;

    /** @param application what the others call this process; the engine's own name for it when this is none */
    SegmentDefinitions(ZeroIpcProperties properties, ZeroIpcConnectionDetails connectionDetails, String application,
            Function<String, Codec<?>> codecs) {
        this.properties = properties;
        this.connectionDetails = connectionDetails;
        this.application = application;
        this.codecs = codecs;
    }

    List<SegmentDefinition> create(BeanPlan plan) {
        return plan.segments().stream().map(bean -> switch (bean.segment()) {
            case ConfiguredSegment segment -> definition(segment);
            case DefinedSegment segment -> segment.definition();
        }).toList();
    }

    /** The manifests to write, by the segments' keys. */
    static Map<String, Path> manifests(BeanPlan plan, ZeroIpcConnectionDetails connectionDetails) {
        Map<String, Path> manifests = new LinkedHashMap<>();
        plan.segments().forEach(bean -> {
            Path manifest = bean.segment() instanceof ConfiguredSegment segment
                    ? manifest(segment, connectionDetails)
                    : null;
            if (manifest != null) {
                manifests.put(bean.segment().key(), manifest);
            }
        });
        return manifests;
    }

    /** The file of a segment. */
    static Path path(ConfiguredSegment segment, ZeroIpcConnectionDetails connectionDetails) {
        Path path = segment.properties().path();
        return (path != null
                ? connectionDetails.getPath(path)
                : connectionDetails.getBaseDirectory().resolve(connectionDetails.getFilePrefix() + segment.fileName()))
                .toAbsolutePath()
                .normalize();
    }

    private static @Nullable Path manifest(ConfiguredSegment segment, ZeroIpcConnectionDetails connectionDetails) {
        Path manifest = segment.properties().manifest();
        if (manifest == null) {
            return null;
        }
        Path path = path(segment, connectionDetails).resolveSibling(manifest).normalize();
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new InvalidZeroIpcPropertyException(segment.property() + ".manifest", manifest,
                    "manifest cannot be written to " + path,
                    "Write the path of a file in a directory that exists and is writable.");
        }
        return path;
    }

    /** Bytes that a segment needs; empty when only a codec that is a bean knows, or when it is created elsewhere. */
    static Optional<Long> requiredSize(ConfiguredSegment segment) {
        return computable(segment).map(structures -> requiredSize(segment, structures));
    }

    /** The same by its parts. */
    static Optional<String> describeSizes(ConfiguredSegment segment) {
        return computable(segment).map(structures -> describeSizes(segment, structures));
    }

    private static Optional<List<StructureDefinition>> computable(ConfiguredSegment segment) {
        if (!segment.properties().mode().mayCreate()
                || !segment.structures().stream().allMatch(DeclaredStructure::isComplete)) {
            return Optional.empty();
        }
        return Optional.of(segment.structures()
                .stream()
                .map(structure -> structure.definition(SegmentDefinitions::noCodec))
                .toList());
    }

    private static Codec<?> noCodec(String name) {
        throw new IllegalStateException("codec cannot be known here: bean=" + name);
    }

    private SegmentDefinition definition(ConfiguredSegment segment) {
        List<StructureDefinition> structures = segment.structures()
                .stream()
                .map(structure -> structure.definition(codecs))
                .toList();
        SegmentBuilder builder = builder(segment, structures);
        return SegmentDefinition.named(segment.key())
                .structures(structures)
                .onReplaced(segment.properties().onReplaced())
                .startupFailurePolicy(properties.startupFailurePolicy())
                .openTimeout(properties.openTimeout())
                .openRetryInterval(properties.openRetryInterval())
                .reopenWith(reopener(segment.properties().mode(), builder))
                .openedBy(switch (segment.properties().mode()) {
                    case OPEN_OR_CREATE -> builder::openOrCreate;
                    case CREATE -> builder::create;
                    case OPEN -> builder::open;
                    case READ_ONLY -> builder::openReadOnly;
                    case RECREATE -> builder::recreate;
                });
    }

    private static Supplier<Segment> reopener(SegmentMode mode, SegmentBuilder builder) {
        return switch (mode) {
            case OPEN -> builder::open;
            case READ_ONLY -> builder::openReadOnly;
            case OPEN_OR_CREATE, CREATE, RECREATE -> new Reopener(builder::open, builder::openOrCreate, Reopener.GRACE);
        };
    }

    private SegmentBuilder builder(ConfiguredSegment segment, List<StructureDefinition> structures) {
        ZeroIpcProperties.Segment given = segment.properties();
        Path path = path(segment, connectionDetails);
        if (given.mode().mayCreate()) {
            requireDirectory(segment, path);
        }
        SegmentBuilder builder = Segment.at(path)
                .label(segment.key())
                .preallocate(given.preallocate())
                .owner(given.owner())
                .onClose(given.onClose())
                .catalogue(given.catalogue())
                .recovery(given.recovery())
                .hugePages(given.hugePages())
                .preTouch(given.preTouch())
                .openTimeout(properties.openTimeout());
        if (!application.isBlank() && PrintableText.isName(application)) {
            builder.participant(application);
        }
        Integer node = given.numaNode();
        if (node != null) {
            checked(segment.property() + ".numa-node", node, () -> builder.numaNode(node),
                    "Write the number of a node, from 0 on, or remove it: without it the kernel chooses.");
        }
        checked(segment.property() + ".max-entries", segment.maxEntries(),
                () -> builder.maxEntries(segment.maxEntries()), "Write 1 or more.");
        builder.permissions(given.permissions().toString());
        DataSize size = given.size();
        if (size != null) {
            checked(segment.property() + ".size", size, () -> builder.size(size.toBytes()),
                    "Write a size such as 64KB, or remove it: without it the size is computed.");
            builder.strictSize(given.strictSize());
        }
        if (given.mode().mayCreate()) {
            long needed = requiredSize(segment, structures);
            if (size == null) {
                // Somebody else's idea of a size is as good as what was computed here, as long as everything fits.
                builder.size(Math.ceilDiv(needed, PAGE) * PAGE).strictSize(false);
            } else if (size.toBytes() < needed) {
                throw new InvalidZeroIpcPropertyException(segment.property() + ".size", size,
                        "segment is too small for its structures",
                        "The least value is '" + needed + "B', in bytes: " + describeSizes(segment, structures)
                                + ". Without the property the size is computed. A number without a unit is that of bytes.");
            }
        }
        return builder;
    }

    /** A segment that is only opened may get its directory from whoever creates it. */
    private static void requireDirectory(ConfiguredSegment segment, Path path) {
        Path directory = path.getParent();
        if (directory == null || Files.isDirectory(directory)) {
            return;
        }
        Path given = segment.properties().path();
        throw new InvalidZeroIpcPropertyException(
                given != null ? segment.property() + ".path" : PropertyNames.PREFIX + ".base-directory",
                given != null ? given : directory,
                Files.exists(directory)
                        ? "'" + directory + "' is a file, and was to be the directory of segment '" + segment.key()
                                + "'"
                        : "there is no directory '" + directory + "' for segment '" + segment.key() + "'",
                "Create the directory, or write one that exists, such as /dev/shm.");
    }

    private static long requiredSize(ConfiguredSegment segment, List<StructureDefinition> structures) {
        int maxEntries = segment.maxEntries();
        int entries = segment.entries();
        if (maxEntries > 0 && entries > maxEntries) {
            throw new InvalidZeroIpcPropertyException(segment.property() + ".max-entries", maxEntries,
                    "table is too small for the structures", "The least value is " + entries + ".");
        }
        return Segment.requiredSize(maxEntries, created(structures));
    }

    private static List<Spec<?>> created(List<StructureDefinition> structures) {
        List<Spec<?>> specs = new ArrayList<>();
        for (StructureDefinition structure : structures) {
            if (structure.mode() != StructureMode.OPEN) {
                specs.add(structure.spec());
            }
        }
        return specs;
    }

    private static String describeSizes(ConfiguredSegment segment, List<StructureDefinition> structures) {
        int maxEntries = segment.maxEntries();
        long table = Segment.requiredSize(maxEntries, List.of());
        String parts = structures.stream()
                .filter(structure -> structure.mode() != StructureMode.OPEN)
                .map(structure -> structure.name() + " "
                        + (Segment.requiredSize(maxEntries, List.of(structure.spec())) - table))
                .collect(Collectors.joining(", "));
        return "table " + table + (parts.isEmpty() ? "" : ", " + parts);
    }

    private static void checked(String property, @Nullable Object value, Runnable setter, String remedy) {
        try {
            setter.run();
        } catch (IllegalArgumentException e) {
            throw InvalidZeroIpcPropertyException.of(property, value, e, remedy);
        }
    }
}

package io.zeroipc.spring.cloud.stream.binder.provisioning;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.stream.provisioning.ProvisioningException;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SegmentBuilder;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.cloud.stream.binder.properties.QueueProperties;
import io.zeroipc.spring.cloud.stream.binder.properties.ZeroIpcBinderProperties;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.SegmentRegistry;

/**
 * The segments of the destinations of one binder: made or opened when they are first asked for, and in the registry of segments under
 * the name of their file, so that listeners, health and meters know them. Thread-safe.
 */
public final class StreamSegments {

    private static final Pattern DESTINATION = Pattern.compile("[A-Za-z0-9._-]{1,200}");
    /** Of the files that stand beside the one of a segment. */
    private static final Pattern BESIDE = Pattern.compile(".*[.]zipc(-[a-z]+)?");
    /** What C++ and Python open with default arguments. */
    private static final int ENTRIES_MIN = 64;
    /** Entries that are no queues. */
    private static final int OWN_ENTRIES = 2;

    private final SegmentRegistry registry;
    private final Path baseDirectory;
    private final String filePrefix;
    private final String applicationName;
    private final ZeroIpcBinderProperties properties;
    private final @Nullable ClassLoader loader;
    private final Map<String, DestinationSegment> open = new ConcurrentHashMap<>();

    /**
     * @param filePrefix in front of the names of files, as of all segments
     * @param applicationName what this process is called among those that use a segment; empty for the default
     * @param loader finds records that are elements, whichever thread sends; null for the thread's own
     */
    public StreamSegments(SegmentRegistry registry, Path baseDirectory, String filePrefix, String applicationName,
            ZeroIpcBinderProperties properties, @Nullable ClassLoader loader) {
        this.registry = registry;
        this.baseDirectory = baseDirectory;
        this.filePrefix = filePrefix;
        this.applicationName = applicationName;
        this.properties = properties;
        this.loader = loader;
    }

    public SegmentRegistry registry() {
        return registry;
    }

    /**
     * What a binding wants, with the binder's properties where it says nothing.
     *
     * @param binding its properties' prefix, for messages
     * @param elementType of native elements; null for messages
     */
    QueueSettings settings(String binding, QueueProperties queue, @Nullable String elementType) {
        return QueueSettings.of(binding, queue.getCapacity(), queue.getElementSize(), elementType, properties, loader);
    }

    /** Those that are open. */
    public Collection<DestinationSegment> open() {
        return List.copyOf(open.values());
    }

    /**
     * The segment of a destination.
     *
     * @param settings of a queue in it: a new segment has room for several of that kind
     */
    DestinationSegment get(String destination, QueueSettings settings) {
        DestinationSegment known = open.get(destination);
        return known != null ? known : open.computeIfAbsent(destination, _ -> open(destination, settings));
    }

    /** What a destination is called in the registry, and with the prefix of all files in the base directory. */
    private String nameOf(String destination) {
        if (!DESTINATION.matcher(destination).matches() || BESIDE.matcher(destination).matches()
                || !properties.prefix().matches("[A-Za-z0-9._-]*")) {
            throw new ProvisioningException("destination cannot be a segment: destination=" + destination + ", prefix="
                    + properties.prefix()
                    + " (expected: letters, digits, '.', '_' and '-', as in the name of a topic, at"
                    + " most 200, and not '.zipc' at the end)");
        }
        return properties.prefix() + destination;
    }

    private DestinationSegment open(String destination, QueueSettings settings) {
        String name = nameOf(destination);
        Path path = baseDirectory.toAbsolutePath().normalize().resolve(filePrefix + name);
        Optional<Segment> present = registry.find(name);
        if (present.isEmpty()) {
            registry.define(SegmentDefinition.named(name).openedBy(builder(name, settings)::openOrCreate));
        } else if (!present.get().path().equals(path)) {
            throw new ProvisioningException("name of a segment is taken: segment=" + name + ", path="
                    + present.get().path() + ", destination=" + destination
                    + " (expected: another name of the segment, or another spring.cloud.stream.zeroipc.binder.prefix)");
        }
        try {
            return new DestinationSegment(destination, name, registry.get(name), registry, loader);
        } catch (ZeroIpcException e) {
            throw new ProvisioningException("destination has no segment: destination=" + destination + ", path=" + path
                    + ": " + e.getMessage(), e);
        }
    }

    private SegmentBuilder builder(String name, QueueSettings settings) {
        int entries = Math.max(ENTRIES_MIN, properties.queues() + OWN_ENTRIES);
        SegmentBuilder builder = Segment.named(filePrefix + name)
                .baseDirectory(baseDirectory)
                .label(name)
                .size(sizeOf(entries, settings))
                .strictSize(false)
                .maxEntries(entries)
                .permissions(properties.permissions())
                .preallocate(properties.preallocate())
                .owner(properties.owner());
        return applicationName.isBlank() ? builder : builder.participant(applicationName);
    }

    /** Room for queues like the first one, or like those that nobody says anything about: half of them for dead letters. */
    private long sizeOf(int entries, QueueSettings first) {
        QueueSettings other = QueueSettings.of("spring.cloud.stream.zeroipc.binder", null, null, null, properties,
                loader);
        QueueSettings largest = first.byteSize() > other.byteSize() ? first : other;
        List<Spec<?>> queues = new ArrayList<>();
        for (int i = 0; i < properties.queues(); i++) {
            queues.add((i % 2 == 0 ? largest : largest.ofDeadLetters()).spec());
        }
        queues.add(DestinationSegment.changesSpec());
        return Segment.requiredSize(entries, queues);
    }
}

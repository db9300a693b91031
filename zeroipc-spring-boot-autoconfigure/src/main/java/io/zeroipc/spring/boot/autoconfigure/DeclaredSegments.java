package io.zeroipc.spring.boot.autoconfigure;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.SegmentBean;
import io.zeroipc.spring.boot.autoconfigure.BeanPlan.StructureBean;

/** What is declared, for those who tell about it: names, files and beans. */
@Internal
public final class DeclaredSegments {

    private final SequencedMap<String, SegmentBean> segments = new LinkedHashMap<>();
    private final ZeroIpcConnectionDetails connectionDetails;

    DeclaredSegments(BeanPlan plan, ZeroIpcConnectionDetails connectionDetails) {
        plan.segments().forEach(segment -> segments.put(segment.segment().key(), segment));
        this.connectionDetails = connectionDetails;
    }

    /**
     * Reads the properties where there is no bean to ask.
     *
     * @throws RuntimeException when they are not consistent
     */
    public static DeclaredSegments read(Environment environment) {
        ZeroIpcProperties properties = Binder.get(environment)
                .bindOrCreate(PropertyNames.PREFIX, ZeroIpcProperties.class);
        return new DeclaredSegments(BeanPlan.of(ConfiguredSegment.readAll(properties)),
                new PropertiesZeroIpcConnectionDetails(properties));
    }

    /** Those that are enabled, in the order of declaration. */
    public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedMap(segments).sequencedKeySet();
    }

    /** The segment's file, whether it exists or not; empty where only the bean knows that defines it. */
    public Optional<Path> path(String name) {
        return configured(name).map(segment -> SegmentDefinitions.path(segment, connectionDetails));
    }

    /** Empty where only the bean knows that defines it. */
    public Optional<ZeroIpcProperties.SegmentMode> mode(String name) {
        return configured(name).map(segment -> segment.properties().mode());
    }

    /** Name of the segment's bean. */
    public String beanName(String name) {
        return require(name).name();
    }

    /** Names of the beans of the segment's structures, by the structures' keys. */
    public Map<String, String> structureBeanNames(String name) {
        Map<String, String> names = new LinkedHashMap<>();
        for (StructureBean structure : require(name).structures()) {
            names.put(structure.structure().key(), structure.name());
        }
        return names;
    }

    /** Full name of the segment's properties, without a last part. */
    public String property(String name) {
        return require(name).segment().property();
    }

    /**
     * Full name of a structure's properties, without a last part.
     *
     * @param entryName its name in the segment's table
     */
    public String property(String name, String entryName) {
        DeclaredSegment segment = require(name).segment();
        return segment.structures()
                .stream()
                .filter(structure -> structure.entryName().equals(entryName))
                .map(DeclaredStructure::property)
                .findFirst()
                .orElseGet(() -> PropertyNames.structure(name, entryName));
    }

    /** Bytes that the declared structures need; empty when only a codec that is a bean knows. */
    public Optional<Long> requiredSize(String name) {
        return configured(name).flatMap(SegmentDefinitions::requiredSize);
    }

    /** The bytes of the table and of each declared structure; empty as {@link #requiredSize} is. */
    public Optional<String> describeSizes(String name) {
        return configured(name).flatMap(SegmentDefinitions::describeSizes);
    }

    private Optional<ConfiguredSegment> configured(String name) {
        return require(name).segment() instanceof ConfiguredSegment segment ? Optional.of(segment) : Optional.empty();
    }

    SegmentBean require(String name) {
        SegmentBean segment = segments.get(name);
        if (segment == null) {
            throw new IllegalArgumentException(
                    "segment is not declared: name=" + name + " (expected: one of " + segments.keySet() + ")");
        }
        return segment;
    }
}

package io.zeroipc.spring.boot.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.core.NearMatches;
import io.zeroipc.spring.core.OnReplaced;

/**
 * The properties of one segment, read and found consistent.
 *
 * @param property full name of the properties' parent
 * @param key its name in this application
 * @param structures those that are enabled, in the order of declaration
 */
record ConfiguredSegment(String property, String key, ZeroIpcProperties.Segment properties,
        List<DeclaredStructure> structures) implements DeclaredSegment {

    private static final int FILE_NAME_BYTES_MAX = 255;
    /** What peers in C++ and Python expect that say nothing else. */
    private static final int MAX_ENTRIES = 64;

    ConfiguredSegment {
        structures = List.copyOf(structures);
    }

    /** What the environment declares; the registrar of beans runs when there is nothing else. */
    static List<ConfiguredSegment> readAll(Environment environment) {
        PropertyKeys.check(environment);
        UnknownProperties.check(environment);
        return readAll(PropertyBinding.checked(
                () -> Binder.get(environment).bindOrCreate(PropertyNames.PREFIX, ZeroIpcProperties.class)));
    }

    /**
     * Checks everything that can be checked without opening a file.
     *
     * @return those that are enabled, in the order of declaration
     * @throws InvalidZeroIpcPropertyException naming the property
     */
    static List<ConfiguredSegment> readAll(ZeroIpcProperties properties) {
        if (!properties.enabled()) {
            // Conditions are frozen when an application is processed ahead of time; properties are not.
            return List.of();
        }
        checkFigures(properties);
        List<ConfiguredSegment> segments = new ArrayList<>();
        Map<Path, ConfiguredSegment> files = new LinkedHashMap<>();
        properties.segments().forEach((key, segment) -> {
            if (segment.enabled()) {
                ConfiguredSegment declared = read(key, segment);
                ConfiguredSegment other = files.putIfAbsent(declared.relativePath(), declared);
                if (other != null) {
                    throw new InvalidZeroIpcPropertyException(declared.property(), null,
                            "segment has the same file as " + other.property(),
                            "Set 'name' or 'path' of one of them, or declare its structures with the other.");
                }
                segments.add(declared);
            }
        });
        return segments;
    }

    /** @param keys of all segments that are declared */
    static void checkPrimary(@Nullable String primary, Collection<String> keys) {
        if (primary != null && !keys.contains(primary)) {
            throw new InvalidZeroIpcPropertyException(PropertyNames.PREFIX + ".primary-segment", primary,
                    "no segment of this name is declared",
                    NearMatches.question(primary, keys) + "Declared are: " + String.join(", ", keys) + ".");
        }
    }

    private static void checkFigures(ZeroIpcProperties properties) {
        checkTime("open-timeout", properties.openTimeout());
        if (!properties.openRetryInterval().isPositive()) {
            throw new InvalidZeroIpcPropertyException(PropertyNames.PREFIX + ".open-retry-interval",
                    properties.openRetryInterval(), "time is not positive", "Write 1ms or more.");
        }
        checkTime("template.send-timeout", properties.template().sendTimeout());
        checkTime("template.receive-timeout", properties.template().receiveTimeout());
        checkUsage("segment-usage-threshold", properties.health().segmentUsageThreshold());
        checkUsage("structure-usage-threshold", properties.health().structureUsageThreshold());
    }

    private static void checkTime(String property, Duration time) {
        if (time.isNegative()) {
            throw new InvalidZeroIpcPropertyException(PropertyNames.PREFIX + "." + property, time, "time is negative",
                    "Write 0s for no waiting, or more.");
        }
    }

    private static void checkUsage(String property, @Nullable Double threshold) {
        if (threshold != null && !(threshold >= 0 && threshold <= 1)) {
            throw new InvalidZeroIpcPropertyException(PropertyNames.PREFIX + ".health." + property, threshold,
                    "usage is not between 0 and 1", "Write a number from 0 to 1: 0.9 for 90 percent.");
        }
    }

    String fileName() {
        String name = properties.name() != null ? properties.name() : key;
        return name.startsWith("/") ? name.substring(1) : name;
    }

    /** Rows of the table that the structures need. */
    int entries() {
        return structures.stream().mapToInt(structure -> structure.entryNames().size()).sum();
    }

    /** Rows of a new table: as many as are given, and otherwise enough. */
    int maxEntries() {
        Integer given = properties.maxEntries();
        return given != null ? given : Math.max(MAX_ENTRIES, entries());
    }

    @Override
    public OnReplaced onReplaced() {
        return properties.onReplaced();
    }

    @Override
    public ConfiguredSegment with(DeclaredStructure structure) {
        List<DeclaredStructure> all = new ArrayList<>(structures);
        all.add(structure);
        return new ConfiguredSegment(property, key, properties, all);
    }

    private Path relativePath() {
        return properties.path() != null ? properties.path().toAbsolutePath().normalize() : Path.of(fileName());
    }

    private static ConfiguredSegment read(String key, ZeroIpcProperties.Segment properties) {
        String property = PropertyNames.segment(key);
        List<DeclaredStructure> structures = new ArrayList<>();
        Map<String, DeclaredStructure> entries = new LinkedHashMap<>();
        properties.structures().forEach((structureKey, structureProperties) -> {
            if (structureProperties.enabled()) {
                DeclaredStructure structure = UntypedStructure.isMeantBy(properties.mode(), structureProperties)
                        ? UntypedStructure.read(key, structureKey, structureProperties)
                        : ConfiguredStructure.read(key, properties.mode(), structureKey, structureProperties);
                for (String entry : structure.entryNames()) {
                    DeclaredStructure other = entries.putIfAbsent(entry, structure);
                    if (other != null) {
                        throw new InvalidZeroIpcPropertyException(structure.property() + ".name",
                                structure.entryName(),
                                "structure needs the name '" + entry + "' in the segment, as " + other.property()
                                        + " does",
                                "Set 'name' of one of them to another name.");
                    }
                }
                structures.add(structure);
            }
        });
        ConfiguredSegment segment = new ConfiguredSegment(property, key, properties, structures);
        segment.checkFile();
        return segment;
    }

    private void checkFile() {
        properties.permissions().check(property + ".permissions");
        if (properties.path() != null && properties.name() != null) {
            throw new InvalidZeroIpcPropertyException(property + ".name", properties.name(),
                    "segment has a name and a path", "Remove one of them: the path ends in the name.");
        }
        String file = fileName();
        if (properties.path() == null && (file.isEmpty() || file.equals(".") || file.equals("..")
                || file.indexOf('/') >= 0 || file.getBytes(StandardCharsets.UTF_8).length > FILE_NAME_BYTES_MAX)) {
            throw new InvalidZeroIpcPropertyException(property + ".name", file, "name cannot be that of a file",
                    "Write 1 to " + FILE_NAME_BYTES_MAX + " bytes without '/', or set 'path' for a file elsewhere.");
        }
    }
}

package io.zeroipc.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.export.Export;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.Declaration;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.DeclaredType;
import io.zeroipc.segment.Segment;

/**
 * A segment as the configuration of an application declares it, {@code zeroipc.segments.<segment>}, whether there is one or not.
 * Records are those that the thread's context class loader finds.
 */
final class DeclaredSegment {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");
    private static final Set<String> SIZED = Set.of("bytes", "string", "frame");
    private static final String ELEMENT_TYPE = "element-type";
    private static final String ELEMENT_SIZE = "element-size";

    private final Property configuration;
    private final Property properties;

    private DeclaredSegment(Property configuration, Property properties) {
        this.configuration = configuration;
        this.properties = properties;
    }

    /**
     * Finds one by its key or its name.
     *
     * @param name null for the only one that is enabled
     * @throws UsageException when there is none, or several without a name
     */
    static DeclaredSegment of(Property configuration, @Nullable String name) {
        List<DeclaredSegment> declared = new ArrayList<>();
        Property segments = configuration.find("zeroipc.segments");
        for (Property segment : segments == null ? List.<Property>of() : segments.all()) {
            requireKey(segment);
            DeclaredSegment each = new DeclaredSegment(configuration, segment);
            if (segment.key().equals(name) || each.fileName().equals(name)) {
                return each;
            }
            if (name != null || isEnabled(segment)) {
                declared.add(each);
            }
        }
        if (declared.isEmpty()) {
            throw new UsageException("no segment is declared: property=zeroipc.segments (expected: structures at"
                    + " zeroipc.segments.<segment>.structures.<structure>)");
        }
        String keys = String.join(", ", declared.stream().map(each -> each.properties.key()).toList());
        if (name != null) {
            throw new UsageException("segment is not declared: segment=" + name + " (declared: " + keys + ")");
        }
        if (declared.size() > 1) {
            throw new UsageException("several segments are declared: " + keys + " (expected: one of them as SEGMENT)");
        }
        return declared.getFirst();
    }

    /**
     * The types of its structures.
     *
     * @param wanted their keys or names; empty for all that are known
     * @param notes told what was left out
     * @throws UsageException when nothing is known of one that is wanted, or something declared is wrong
     */
    Export export(List<String> wanted, Consumer<String> notes) {
        Map<String, Property> byKey = new LinkedHashMap<>();
        DeclaredKeys.OF_SEGMENT.require(properties);
        Property structures = properties.find("structures");
        if (structures == null || structures.all().isEmpty()) {
            throw new UsageException(
                    "segment has no structures: property=" + properties.path() + " at " + properties.at()
                            + (properties.all().isEmpty()
                                    ? ""
                                    : ", which has "
                                            + String.join(", ", properties.all().stream().map(Property::key).toList()))
                            + " (expected: " + properties.path() + ".structures.<structure>)");
        }
        for (Property structure : structures.all()) {
            requireKey(structure);
            DeclaredKeys.OF_STRUCTURE.require(structure);
            byKey.put(structure.key(), structure);
        }
        List<DeclaredType> types = new ArrayList<>();
        if (wanted.isEmpty()) {
            for (Property structure : byKey.values()) {
                if (isEnabled(structure)) {
                    String reason = reasonUnknown(structure);
                    if (reason == null) {
                        types.add(type(structure));
                    } else {
                        notes.accept("left out: " + structure.path() + " at " + structure.at() + ", " + reason);
                    }
                }
            }
        } else {
            wanted.forEach(name -> types.add(known(byKey, name)));
        }
        return Export.of(path(), types);
    }

    private DeclaredType known(Map<String, Property> byKey, String name) {
        Property structure = byKey.get(name);
        for (Property each : byKey.values()) {
            structure = structure == null && name.equals(each.text("name")) ? each : structure;
        }
        if (structure == null) {
            throw new UsageException("structure is not declared: segment=" + properties.key() + ", name=" + name
                    + " (declared: " + String.join(", ", byKey.keySet()) + ")");
        }
        String reason = reasonUnknown(structure);
        DeclaredType type = reason == null ? type(structure) : null;
        if (type == null || type.element() == null) {
            throw new UsageException("element type is not known: property=" + structure.path() + ", at="
                    + structure.at() + ", "
                    + (reason == null ? "a " + structure.text("type") + " has no elements" : reason)
                    + " (expected: a structure with a type and an element type)");
        }
        return type;
    }

    private static boolean isEnabled(Property properties) {
        return !"false".equals(properties.text("enabled"));
    }

    /** Why only the application, or whoever creates it, can tell; null when it is declared here. */
    private static @Nullable String reasonUnknown(Property structure) {
        if (structure.text("codec") != null) {
            return "its elements are those of the bean '" + structure.text("codec") + "'";
        }
        return structure.text("type") == null && structure.text(ELEMENT_TYPE) == null
                ? "it is what its creator declares"
                : null;
    }

    private static DeclaredType type(Property structure) {
        String name = structure.text("name") == null ? structure.key() : String.valueOf(structure.text("name"));
        String kind = structure.text("type");
        StructureType type = Catalog.find(String.valueOf(kind))
                .orElseThrow(() -> new UsageException("structure has no type that is known: property="
                        + structure.path() + ".type, value=" + kind + ", at=" + structure.at() + " (expected: "
                        + String.join(", ", Catalog.labels()) + ")"));
        Map<String, String> options = options(structure);
        try {
            type.kind().requireName(name);
            Declaration declaration = new Declaration(element(structure), 0, options);
            var _ = type.spec(declaration);
            Codec<?> element = declaration.element();
            return new DeclaredType(name, type.kind().label(), 0, element == null ? null : element.schema(),
                    options.containsKey("key") ? declaration.codecOption("key").schema() : null, options);
        } catch (UsageException e) {
            throw e; // names the property itself
        } catch (IllegalArgumentException | InvalidStructureNameException e) {
            throw new UsageException("structure cannot be read: property=" + structure.path() + ", at="
                    + structure.at() + ", " + e.getMessage()
                    + (String.valueOf(e.getMessage()).startsWith("unknown element type")
                            ? "; records are those on the --class-path"
                            : ""));
        }
    }

    private static @Nullable Codec<?> element(Property structure) {
        String size = structure.text(ELEMENT_SIZE);
        String written = structure.text(ELEMENT_TYPE);
        if (written == null && size == null) {
            return null;
        }
        String type = written == null ? "bytes" : written;
        if (size == null) {
            return Codecs.forType(type, null);
        }
        String sized = type.toLowerCase(Locale.ROOT);
        if (!SIZED.contains(sized)) {
            throw new IllegalArgumentException("element type has a size of its own: " + ELEMENT_TYPE + "=" + type + ", "
                    + ELEMENT_SIZE + "=" + size + " (expected: one of them, or the type bytes, string or frame)");
        }
        long bytes = new Declaration(null, 0, Map.of(ELEMENT_SIZE, size)).sizeOption(ELEMENT_SIZE, 0);
        return Codecs.forType(sized + "(" + bytes + ")", null);
    }

    private static Map<String, String> options(Property structure) {
        Map<String, String> options = new LinkedHashMap<>();
        Property written = structure.find("options");
        for (Property option : written == null ? List.<Property>of() : written.all()) {
            options.put(option.key(), String.valueOf(option.text()).strip());
        }
        String shape = structure.text(Declaration.SHAPE);
        if (shape != null) {
            options.putIfAbsent(Declaration.SHAPE, shape);
        }
        return options;
    }

    /** As the application does. */
    private static void requireKey(Property property) {
        String key = property.key();
        if (!(property.isBracketed() ? ALLOWED : PLAIN).matcher(key).matches()) {
            throw new UsageException("key has characters that get lost, or are not allowed: property=" + property.path()
                    + ", at=" + property.at() + " (expected: letters, digits and -, with 'name' below it for another"
                    + " name, or \"[" + key.replaceAll("[^A-Za-z0-9_-]", "_") + "]\")");
        }
    }

    private String fileName() {
        String name = properties.text("name");
        return name == null ? properties.key() : name.startsWith("/") ? name.substring(1) : name;
    }

    private Path path() {
        String path = properties.text("path");
        if (path != null) {
            return Path.of(path);
        }
        String directory = configuration.text("zeroipc.base-directory");
        String prefix = configuration.text("zeroipc.file-prefix");
        return (directory == null ? Segment.defaultDirectory() : Path.of(directory))
                .resolve((prefix == null ? "" : prefix) + fileName());
    }
}

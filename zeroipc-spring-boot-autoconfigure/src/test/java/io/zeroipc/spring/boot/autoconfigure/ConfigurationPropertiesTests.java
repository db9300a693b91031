package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.testing.ModuleOutput;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Holds three together: the records that are bound, the metadata that editors show, and the reference for people. The
 * metadata ends at the maps; what is below them is read from the source.
 */
class ConfigurationPropertiesTests {

    private static final String SEGMENT = "zeroipc.segments.<segment>.";
    private static final String STRUCTURE = SEGMENT + "structures.<structure>.";
    private static final String ARENA = "zeroipc.arenas.<arena>.";
    private static final String ARRAY = ARENA + "arrays.<array>.";
    private static final List<String> MAPS = List.of("segments", "structures", "arenas", "arrays");
    private static final String NOT_SET = "–";

    private final Map<String, Property> bound = bound();

    private record Property(String name, String defaultValue, String description) {}

    @Test
    void propertiesAreAllDescribedByTheRules() {
        assertThat(bound.values()).isNotEmpty().allSatisfy(property -> {
            assertThat(property.description()).as(property.name()).isNotBlank().endsWith(".");
            assertThat(property.description()).as(property.name()).doesNotStartWith("The ").doesNotStartWith("A ");
            if (property.defaultValue().equals("true") || property.defaultValue().equals("false")) {
                assertThat(property.description()).as(property.name()).startsWith("Whether");
            }
        });
    }

    @Test
    void metadataDescribesEveryProperty() throws IOException {
        Map<String, Property> metadata = metadata();
        bound.forEach((name, property) -> {
            if (!name.startsWith(SEGMENT) && !name.startsWith(ARENA)) {
                assertThat(metadata).containsEntry(name, property);
            }
        });
        metadata.keySet().removeAll(bound.keySet());
        assertThat(metadata).containsOnlyKeys("zeroipc.arenas", "zeroipc.segments",
                "management.endpoint.channellisteners.access",
                "management.endpoint.channellisteners.cache.time-to-live", "management.endpoint.zeroipc.access",
                "management.endpoint.zeroipc.roles",
                "management.endpoint.zeroipc.show-values",
                "management.endpoint.zeroipc.cache.time-to-live", "management.health.channellisteners.enabled",
                "management.health.zeroipc.enabled", "management.info.zeroipc.enabled");
        assertThat(metadata.values()).allSatisfy(property -> assertThat(property.description()).isNotBlank());
    }

    @Test
    void additionalMetadataIsSortedAndNamesExistingProperties() throws IOException {
        JsonNode additional = json("META-INF/additional-spring-configuration-metadata.json");
        List<String> names = new ArrayList<>();
        additional.get("properties").forEach(property -> names.add(property.get("name").asString()));
        assertThat(names).isSorted().doesNotHaveDuplicates();
        additional.get("hints").forEach(hint -> assertThat(bound).containsKey(hint.get("name").asString()));
    }

    @Test
    void guideListsEveryPropertyWithDefaultAndMeaning() throws IOException {
        Map<String, Property> guide = guide();
        Map<String, Property> expected = new TreeMap<>(bound);
        metadata().forEach((name, property) -> {
            if (name.startsWith("management.")) {
                expected.put(name, new Property(name, property.defaultValue().replace('_', '-'),
                        property.description()));
            }
        });
        assertThat(guide).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    void guideListsEveryKindWithItsOptions() {
        String page = Repository.read("docs/guide/configuration.md");
        String table = page.substring(page.indexOf("| `type` | Bean |"));
        Map<String, List<String>> rows = new TreeMap<>();
        for (String line : table.substring(0, table.indexOf("\n\n")).lines().skip(2).toList()) {
            String[] cells = line.split("\\|");
            String kind = cells[1].replace("`", "").strip();
            assertThat(rows.put(kind, List.of(cells[2], cells[4]))).as("first of two rows for " + kind).isNull();
        }
        assertThat(rows).containsOnlyKeys(Catalog.labels());
        for (StructureType type : Catalog.types()) {
            List<String> row = rows.get(type.kind().label());
            assertThat(row.getFirst()).contains("`" + type.structureClass().getSimpleName());
            assertThat(type.optionNames()).allSatisfy(option -> assertThat(row.getLast()).contains("`" + option));
            assertThat(row.getLast().isBlank()).as(type.kind().label()).isEqualTo(type.optionNames().isEmpty());
        }
    }

    private static Map<String, Property> guide() throws IOException {
        Map<String, Property> rows = new LinkedHashMap<>();
        Pattern row = Pattern.compile("\\| `((?:zeroipc|management)\\.[^`]+)` \\| ([^|]+) \\| ([^|]+) \\|");
        for (String line : Files.readAllLines(Repository.root().resolve("docs/guide/configuration.md"))) {
            Matcher matcher = row.matcher(line);
            if (matcher.matches()) {
                String defaultValue = matcher.group(2).replace("`", "").replace("(empty)", "");
                rows.put(matcher.group(1),
                        new Property(matcher.group(1), defaultValue, matcher.group(3).replace('`', '\'')));
            }
        }
        return rows;
    }

    private static Map<String, Property> metadata() {
        Map<String, Property> properties = new TreeMap<>();
        json("META-INF/spring-configuration-metadata.json").get("properties").forEach(node -> {
            String name = node.get("name").asString();
            JsonNode defaultValue = node.get("defaultValue");
            JsonNode description = node.get("description");
            properties.put(name, new Property(name, defaultValue == null ? NOT_SET : defaultValue.asString(),
                    description == null ? "" : description.asString()));
        });
        return properties;
    }

    private static JsonNode json(String path) {
        return JsonMapper.shared().readTree(ModuleOutput.text(ZeroIpcProperties.class, path));
    }

    private static Map<String, Property> bound() {
        Map<String, Property> properties = new TreeMap<>();
        add(properties, ZeroIpcProperties.class, "zeroipc.");
        add(properties, ZeroIpcProperties.Segment.class, SEGMENT);
        add(properties, ZeroIpcProperties.Structure.class, STRUCTURE);
        add(properties, ZeroIpcProperties.Arena.class, ARENA);
        add(properties, ZeroIpcProperties.Array.class, ARRAY);
        return properties;
    }

    private static void add(Map<String, Property> properties, Class<?> type, String prefix) {
        Map<String, String> descriptions = descriptions(type);
        DefaultValue[] defaults = defaults(type);
        RecordComponent[] components = type.getRecordComponents();
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            if (component.getType().isRecord()) {
                add(properties, component.getType(), prefix + kebab(component.getName()) + ".");
            } else if (component.getType() != Map.class
                    || !MAPS.contains(component.getName())) {
                String name = prefix + kebab(component.getName());
                String[] value = defaults[i] == null ? new String[0] : defaults[i].value();
                properties.put(name, new Property(name, value.length == 0 ? NOT_SET : value[0],
                        descriptions.getOrDefault(component.getName(), "")));
            }
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** The annotation is one of parameters, which a record component does not carry. */
    private static DefaultValue[] defaults(Class<?> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(
                        Class<?>[]::new);
        try {
            return Arrays.stream(type.getDeclaredConstructor(types).getParameters())
                    .map(parameter -> parameter.getAnnotation(DefaultValue.class))
                    .toArray(DefaultValue[]::new);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The {@code @param} lines of a record. */
    private static Map<String, String> descriptions(Class<?> type) {
        Path source = Repository.root()
                .resolve("zeroipc-spring-boot-autoconfigure")
                .resolve("src/main/java/io/zeroipc/spring/boot/autoconfigure/ZeroIpcProperties.java");
        String text;
        try {
            text = Files.readString(source);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        String before = text.substring(0, text.indexOf("public record " + type.getSimpleName() + "("));
        String comment = before.substring(before.lastIndexOf("/**"), before.lastIndexOf("*/"));
        Map<String, String> descriptions = new LinkedHashMap<>();
        for (String part : comment.replaceAll("\\s*\\n\\s*\\*\\s*", " ").split("@param ")) {
            int space = part.indexOf(' ');
            descriptions.put(part.substring(0, Math.max(0, space)), part.substring(space + 1)
                    .strip()
                    .replaceAll(
                            "\\s+", " "));
        }
        return descriptions;
    }
}

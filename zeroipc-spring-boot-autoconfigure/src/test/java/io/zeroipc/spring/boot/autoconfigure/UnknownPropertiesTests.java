package io.zeroipc.spring.boot.autoconfigure;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/** What nobody reads is refused, with what may have been meant. */
class UnknownPropertiesTests {

    private static final String SEGMENT = "zeroipc.segments.market";
    private static final String STRUCTURE = SEGMENT + ".structures.orders";

    /** Every property there is, with keys in place of what stands for them. */
    private static List<String> properties() {
        List<String> properties = new ArrayList<>();
        collect(PropertyTree.of(ZeroIpcProperties.class), PropertyNames.PREFIX, properties);
        assertThat(properties).contains("zeroipc.enabled", SEGMENT + ".max-entries", STRUCTURE + ".element-type",
                "zeroipc.listener.dead-letter.full-action");
        return properties;
    }

    private static void collect(PropertyTree tree, String prefix, List<String> properties) {
        tree.names().forEach((name, below) -> {
            if (below.names().isEmpty() && below.values() == null) {
                properties.add(prefix + "." + name);
            }
            collect(below, prefix + "." + name, properties);
        });
        if (tree.values() != null) {
            collect(tree.values(), prefix + (prefix.equals(PropertyNames.SEGMENTS) ? ".market" : ".orders"),
                    properties);
        }
    }

    /** Each property, without the letter in the middle of its name. */
    static Stream<String> misspelled() {
        return properties().stream();
    }

    @ParameterizedTest
    @MethodSource("misspelled")
    void propertyWhenALetterIsMissingIsRefusedWithTheRightName(String property) {
        int last = property.lastIndexOf('.') + 1;
        String name = property.substring(last);
        // Where a word begins a dash may be missing: that is relaxed binding.
        int middle = name.charAt(name.length() / 2) == '-' ? name.length() / 2 - 1 : name.length() / 2;
        String wrong = property.substring(0, last) + name.substring(0, middle) + name.substring(middle + 1);

        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class).isThrownBy(() -> check(wrong, "x"))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(wrong.replace("-.", ".").replaceAll("-$", ""));
                    assertThat(e.remedy()).startsWith("Did you mean '").contains("'" + name + "'");
                });
    }

    /** Each property that stands below a group, and the same without that group. */
    static Stream<String[]> oneLevelTooHigh() {
        List<String> properties = properties();
        List<String[]> moved = new ArrayList<>();
        for (String property : properties) {
            String[] elements = property.split("\\.");
            if (elements.length > 2) {
                List<String> higher = new ArrayList<>(List.of(elements));
                higher.remove(elements.length - 2);
                String wrong = String.join(".", higher);
                if (!properties.contains(wrong) && elements.length != 4 && elements.length != 6) {
                    moved.add(new String[] {wrong, property});
                }
            }
        }
        assertThat(moved).hasSizeGreaterThan(10);
        return moved.stream();
    }

    @ParameterizedTest
    @MethodSource("oneLevelTooHigh")
    void propertyWhenItStandsALevelTooHighIsRefusedWithItsPlace(String wrong, String right) {
        String name = right.substring(right.lastIndexOf('.') + 1);
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class).isThrownBy(() -> check(wrong, "x"))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(wrong);
                    assertThat(e.remedy()).containsAnyOf("'" + right + "'", "Did you mean '", "." + name + "'");
                });
    }

    @ParameterizedTest
    @MethodSource("misspelled")
    void propertyWhenItStandsALevelTooLowIsRefused(String property) {
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> check(property.equals("zeroipc.listener.endpoints") || property.endsWith(".options")
                        ? property.replaceFirst("\\.(\\w+)$", ".more.$1")
                        : property + ".more", "x"))
                .satisfies(e -> assertThat(e.problem()).contains("there is no property 'more'"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            zeroipc.segments.market.structures.orders.capcity | Did you mean 'capacity'?
            zeroipc.segments.market.structure.orders.type     | Did you mean 'structures'?
            zeroipc.segment.market.size                       | Did you mean 'segments'?
            zeroipc.listener.concurency                       | Did you mean 'concurrency'?
            zeroipc.segments.market.structures.orders.elment-size | Did you mean 'element-size'?
            zeroipc.structures.orders.type                    | 'zeroipc.segments.<name>.structures'
            zeroipc.segments.market.capacity                  | 'zeroipc.segments.market.structures.<name>.capacity'
            zeroipc.send-timeout                              | 'zeroipc.template.send-timeout'
            zeroipc.segments.market.xyzzy                     | Known are: enabled, name, path, mode,
            """)
    void propertyWhenItIsWrongIsRefusedWithWhatWasMeant(String property, String remedy) {
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class).isThrownBy(() -> check(property, "x"))
                .satisfies(e -> assertThat(e.remedy()).contains(remedy));
    }

    @Test
    void optionWhenItStandsBesideOptionsIsRefusedWithItsPlace() {
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> check(Map.of(STRUCTURE + ".type", "ring", STRUCTURE + ".overwrite", "true")))
                .satisfies(e -> assertThat(e.remedy())
                        .isEqualTo(
                                "Write it as '" + STRUCTURE + ".options.overwrite': it is an option of the structure's"
                                        + " type."));
    }

    @ParameterizedTest
    @CsvSource({"zeroipc.segments", "zeroipc.segments.market.structures",
            "zeroipc.segments.market.structures.orders.options"})
    void mapWhenItIsWrittenAsAListIsRefused(String map) {
        boolean texts = map.endsWith("options");
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> check(map + "[0]" + (texts ? "" : ".name"), "x"))
                .satisfies(e -> {
                    assertThat(e.property()).isEqualTo(map);
                    assertThat(e.problem()).isEqualTo("property is written as a list");
                });
    }

    @Test
    void groupWhenItHasAValueIsRefused() {
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> check("zeroipc.listener.retry", "true"))
                .satisfies(e -> assertThat(e.remedy()).contains("enabled, max-retries"));
        assertThatNoException().isThrownBy(() -> check("zeroipc.listener.retry", ""));
    }

    @Test
    void propertyWhenItIsRelaxedIsAccepted() {
        assertThatNoException().isThrownBy(() -> check(Map.of("zeroipc.baseDirectory", "/tmp",
                "zeroipc.open_timeout", "1s", SEGMENT + ".maxEntries", 8, "zeroipc.segments[my_market].max-entries", 8,
                STRUCTURE + ".options.anything", "x", "zeroipc.listener.endpoints.App.on.concurrency", 2)));
    }

    @Test
    void environmentVariableWhenItIsUnknownIsLeftAlone() {
        assertThatNoException()
                .isThrownBy(() -> checkAll(sources -> sources.addFirst(new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        Map.of("ZEROIPC_SEGMENTS_MARKET_MAXENTRIES", "8", "ZEROIPC_HOME", "/opt",
                                "ZEROIPC_BASEDIRECTORY", "/")))));
    }

    @Test
    void systemPropertyWhenItIsNoneOfOursIsLeftAloneUnlessItIsNear() {
        assertThatNoException().isThrownBy(() -> checkAll(system("zeroipc.native")));
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> checkAll(system("zeroipc.primery-segment")))
                .satisfies(e -> assertThat(e.remedy()).isEqualTo("Did you mean 'primary-segment'?"));
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> checkAll(system("zeroipc.listener.concurency")));
    }

    private static Consumer<MutablePropertySources> system(String property) {
        return sources -> sources.addFirst(new MapPropertySource(
                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, Map.of(property, "x")));
    }

    @Test
    void propertyWhenAnotherLibraryDeclaresItIsAccepted(@TempDir Path jar) throws IOException {
        Path metadata = Files.createDirectories(jar.resolve("META-INF"))
                .resolve("additional-spring-configuration-metadata.json");
        Files.writeString(metadata, """
                {"groups": [{"name": "zeroipc.bridge"}], "properties": [{"name": "zeroipc.lonely"}]}""");
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader with = new URLClassLoader(new URL[] {jar.toUri().toURL()}, before)) {
            thread.setContextClassLoader(with);
            assertThatNoException()
                    .isThrownBy(() -> check(Map.of("zeroipc.bridge.port", 1, "zeroipc.lonely", "x")));
            assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                    .isThrownBy(() -> check("zeroipc.bridges.port", "1"));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void propertyWhenItIsWrongInAFileIsTheOneThatStandsThere() throws IOException {
        String yaml = """
                zeroipc:
                  segments:
                    market:
                      structures:
                        - type: queue
                """;
        assertThatExceptionOfType(InvalidZeroIpcPropertyException.class)
                .isThrownBy(() -> checkAll(sources -> load(sources, yaml)))
                .satisfies(e -> assertThat(e.property()).isEqualTo(SEGMENT + ".structures"));
    }

    private static void load(MutablePropertySources sources, String yaml) {
        try {
            new YamlPropertySourceLoader()
                    .load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                    .forEach(sources::addLast);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void check(String property, Object value) {
        check(Map.of(property, value));
    }

    private static void check(Map<String, Object> properties) {
        checkAll(sources -> sources.addLast(new MapPropertySource("file", new LinkedHashMap<>(properties))));
    }

    private static void checkAll(Consumer<MutablePropertySources> with) {
        StandardEnvironment environment = new StandardEnvironment() {
            @Override
            protected void customizePropertySources(MutablePropertySources sources) {
                // Nothing of this process.
            }
        };
        with.accept(environment.getPropertySources());
        UnknownProperties.check(environment);
    }
}

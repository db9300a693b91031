package io.zeroipc.spring.boot.kafka;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.spring.boot.kafka.actuate.BridgeMetrics;
import io.zeroipc.spring.boot.kafka.autoconfigure.BridgeProperties;
import io.zeroipc.testing.ModuleOutput;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** The page about bridges says what there is, and its configuration works. */
class BridgesGuideTests {

    private static final String PAGE = "docs/guide/bridges.md";

    @TempDir
    Path directory;

    @Test
    void pageListsEveryPropertyOfABridge() {
        assertThat(cells("\\| `([a-z-]+)` \\| [^|]+ \\| [A-Z][^|]+ \\|"))
                .containsExactlyElementsOf(Arrays.stream(BridgeProperties.Bridge.class.getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(DataObjectPropertyName::toDashedForm)
                        .toList());
    }

    @Test
    void propertiesAreDescribedInTheMetadata() throws IOException {
        JsonNode metadata = JsonMapper.shared()
                .readTree(ModuleOutput.text(Bridge.class, "META-INF/spring-configuration-metadata.json"));

        assertThat(metadata.get("properties").values()).extracting(each -> each.get("name").asString())
                .contains("zeroipc.bridges", "management.health.bridges.enabled");
        assertThat(metadata.get("properties").values()).allSatisfy(
                property -> assertThat(property.get("description").asString()).as(property.toString()).endsWith("."));
    }

    @Test
    void pageListsEveryHeader() {
        assertThat(cells("\\| `(zeroipc-[a-z]+)` \\|")).containsExactly(BridgeHeaders.TYPE, BridgeHeaders.FORMAT,
                BridgeHeaders.ORIGIN, BridgeHeaders.STRUCTURE, BridgeHeaders.POSITION);
    }

    @Test
    void pageListsEveryMeter() throws IOException {
        run(bridges -> {
            SimpleMeterRegistry meters = new SimpleMeterRegistry();
            new BridgeMetrics(bridges).bindTo(meters);
            assertThat(cells("\\| `(zeroipc\\.bridge\\.[a-z.]+)` \\|")).containsExactlyInAnyOrderElementsOf(
                    meters.getMeters().stream().map(Meter::getId).map(Meter.Id::getName).distinct().toList());
        });
    }

    @Test
    void configurationOfThePageStartsWithoutABroker() throws IOException {
        run(bridges -> {
            assertThat(bridges.definitions()).extracting(BridgeDefinition::name)
                    .containsExactly("trades-out", "quotes-in");
            assertThat(bridges.find("trades-out").orElseThrow().definition().key()).isEqualTo("symbol");
            assertThat(bridges.bridges()).allMatch(Bridge::isRunning);
        });
    }

    private void run(Consumer<BridgeRegistry> test) throws IOException {
        String page = Repository.read(PAGE);
        int begin = page.indexOf("```yaml\n") + "```yaml\n".length();
        String yaml = page.substring(begin, page.indexOf("```", begin))
                .replace("com.acme.Trade", Trade.class.getName())
                .replace("com.acme.Quote", Trade.class.getName());
        List<PropertySource<?>> sources = new YamlPropertySourceLoader().load("page",
                new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
        BridgedApplication.in(directory, "localhost:1")
                .withPropertyValues("zeroipc.segments.market.size=8MB")
                .withInitializer(context -> sources.forEach(context.getEnvironment().getPropertySources()::addLast))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    test.accept(context.getBean(BridgeRegistry.class));
                });
    }

    private static List<String> cells(String pattern) {
        Stream<String> lines = Repository.read(PAGE).lines();
        Pattern row = Pattern.compile(pattern + ".*");
        return lines.map(row::matcher).filter(matcher -> matcher.matches()).map(matcher -> matcher.group(1)).toList();
    }
}

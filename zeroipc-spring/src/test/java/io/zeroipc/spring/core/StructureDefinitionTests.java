package io.zeroipc.spring.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class StructureDefinitionTests {

    @TempDir
    private Path directory;

    @Test
    void builderSaysWhatPropertiesSay() {
        StructureDefinition limits = StructureDefinition.named("market/limits")
                .type(SharedMap.class)
                .option("key", "string(8)")
                .elements(double.class)
                .capacity(16)
                .entryName("Limits v2")
                .build();
        assertThat(limits.segment()).isEqualTo("market");
        assertThat(limits.name()).isEqualTo("limits");
        assertThat(limits.entryName()).isEqualTo("Limits v2");
        assertThat(limits.mode()).isEqualTo(StructureMode.OPEN_OR_CREATE);
        assertThat(limits.kind()).isEqualTo(SharedMap.KIND);
        assertThat(limits.elementTypes()).isEqualTo(List.of(String.class, Double.class));
        assertThat(limits.isAsCreated()).isFalse();
        assertThat(StructureDefinition.named("limits").type("mutex").build().segment()).isNull();
    }

    @Test
    void builderWhenSomethingIsMissingOrWrongNamesIt() {
        assertThatExceptionOfType(InvalidStructureDefinitionException.class)
                .isThrownBy(() -> StructureDefinition.named("market/orders").capacity(4).build())
                .withMessageContaining("channel=market/orders, structure has no type (expected: one of array, queue")
                .satisfies(e -> assertThat(e.channel()).isEqualTo("market/orders"));
        assertThatThrownBy(() -> StructureDefinition.named("market/").type("queue").build())
                .hasMessageContaining("channel=market/, channel name is incomplete");
        assertThatThrownBy(() -> StructureDefinition.named("").type("queue").build())
                .hasMessageContaining("structure has no name");
        assertThatThrownBy(() -> StructureDefinition.named("orders").type(Structure.class).build())
                .hasMessageContaining("class is no kind of structure: type=io.zeroipc.segment.Structure");
        assertThatThrownBy(() -> StructureDefinition.named("orders").type("queue").capacity(4).build())
                .hasMessageContaining("element type is missing");
        assertThatThrownBy(() -> StructureDefinition.named("orders").type("mutex").entryName("m".repeat(40)).build())
                .isInstanceOf(InvalidStructureDefinitionException.class)
                .hasMessageContaining("channel=orders");
    }

    @Test
    void segmentWhenGivenAStructureOfAnotherRefusesIt() {
        StructureDefinition orders = StructureDefinition.named("market/orders").type("mutex").build();
        assertThat(SegmentDefinition.named("market").structure(orders).openedBy(() -> null).structures())
                .containsOnlyKeys("orders");
        assertThatThrownBy(() -> SegmentDefinition.named("plant").structure(orders))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("structure is of another segment: segment=plant, structure=market/orders (expected: orders,"
                        + " or plant/orders)");
    }

    @Test
    void structureAsCreatedIsWhatTheCatalogueSays() {
        StructureDefinition orders = StructureDefinition.named("plant/orders").mode(StructureMode.OPEN).build();
        assertThat(orders.isAsCreated()).isTrue();
        try (Segment plant = Segment.at(directory.resolve("plant")).size(1 << 16).create()) {
            assertThatThrownBy(() -> orders.foundIn(plant)).isInstanceOf(StructureNotFoundException.class)
                    .hasMessage("structure not found: segment=plant, name=orders (present: no structures)");
            SharedQueue.create(plant, "orders", Codecs.int32(), 8);
            StructureDefinition found = orders.foundIn(plant);
            assertThat(found.kind()).isEqualTo(SharedQueue.KIND);
            assertThat(found.elementTypes()).isEqualTo(List.of(Integer.class));
            assertThat(found.foundIn(plant)).isSameAs(found);
            assertThat(orders.openIn(plant)).isSameAs(plant.opened().get("orders"));
        }
    }

    @Test
    void structureAsCreatedWaitsForTheLineThatItsCreatorIsAboutToWrite() throws Exception {
        StructureDefinition orders = StructureDefinition.named("plant/orders").mode(StructureMode.OPEN).build();
        Path line = directory.resolve("plant.zipc");
        Path later = directory.resolve("later");
        try (Segment theirs = Segment.at(directory.resolve("plant")).size(1 << 16).create()) {
            SharedQueue.create(theirs, "orders", Codecs.int32(), 8);
            StructureDefinition found = null;
            // Again where a busy machine had the line come too late.
            for (int attempt = 0; found == null && attempt < 100; attempt++) {
                Files.move(line, later);
                FutureTask<StructureDefinition> finding = new FutureTask<>(() -> findIn(orders));
                Thread thread = Thread.ofPlatform().start(finding);
                while (thread.isAlive() && thread.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
                Files.move(later, line);
                thread.join();
                found = finding.get();
            }
            assertThat(found).isNotNull();
            assertThat(found.kind()).isEqualTo(SharedQueue.KIND);
        }
    }

    /** Null when nobody had said what it is. */
    private @Nullable StructureDefinition findIn(StructureDefinition definition) {
        try (Segment plant = Segment.at(directory.resolve("plant")).open()) {
            return definition.foundIn(plant);
        } catch (UnknownStructureTypeException e) {
            return null;
        }
    }
}

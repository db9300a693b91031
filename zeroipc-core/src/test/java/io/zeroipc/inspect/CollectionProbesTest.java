package io.zeroipc.inspect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Description;
import io.zeroipc.segment.Probe;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Stack, pool, set and map as strangers and configuration see them. */
class CollectionProbesTest {

    private static final List<Probe> PROBES = List
            .of(SharedStack.PROBE, SharedPool.PROBE, SharedSet.PROBE, SharedMap.PROBE);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldNotThrowWhenTheBytesAreAnything() {
        Random random = Seeds.of(Seeds.next(), 0);
        Map<String, Integer> fitting = new TreeMap<>();
        Map<String, Integer> contradicting = new TreeMap<>();
        Segment segment = segments.create(1 << 16);
        // Sizes that each of the four can have.
        for (int capacity = 1; capacity <= 8; capacity++) {
            SharedStack.create(segment, "stack" + capacity, Codecs.int32(), capacity);
            SharedPool.create(segment, "pool" + capacity, Codecs.int64(), capacity);
            SharedSet.create(segment, "set" + capacity, Codecs.int16(), capacity);
            SharedMap.create(segment, "map" + capacity, Codecs.int32(), Codecs.float64(), capacity);
        }
        Map<String, byte[]> fresh = segment.entries()
                .stream()
                .collect(Collectors.toMap(TableEntry::name,
                        row -> segment.blocks(row.name()).require("").memory().toArray(ValueLayout.JAVA_BYTE)));
        for (int round = 0; round < 20_000; round++) {
            String name = List.of("stack", "pool", "set", "map").get(random.nextInt(4)) + (1 + random.nextInt(8));
            MemorySegment memory = segment.blocks(name).require("").memory();
            int word = random.nextInt((int) memory.byteSize() / 4);
            Atomics.putInt(memory, 4L * word, random.nextBoolean() ? random.nextInt() : random.nextInt(12) - 2);
            for (Probe probe : PROBES) {
                boolean fits = probe.match(segment.blocks(name)) != Match.NO;
                (fits ? fitting : contradicting).merge(probe.kind().label(), 1, Integer::sum);
                if (fits) {
                    Description description = probe.describe(segment.blocks(name));
                    assertThat(description.elementSize()).as("%s of %s", description, name)
                            .isBetween(1L, memory.byteSize());
                    assertThat(description.occupancy().capacity()).as("%s of %s", description, name)
                            .isBetween(1L, memory.byteSize());
                }
            }
            if (round % 200 == 199) {
                // What is nonsense once stays so, number after number: begin again.
                for (Map.Entry<String, byte[]> each : fresh.entrySet()) {
                    segment.blocks(each.getKey()).require("").memory().copyFrom(MemorySegment.ofArray(each.getValue()));
                }
            }
        }
        List<String> kinds = PROBES.stream().map(probe -> probe.kind().label()).toList();
        assertThat(fitting).as("kinds that anything was taken for").containsOnlyKeys(kinds);
        assertThat(contradicting).containsOnlyKeys(kinds);
        assertThat(fitting.values()).allSatisfy(times -> assertThat(times).isGreaterThan(20));
    }

    @Test
    void shouldGuessNothingWhenABlockIsAGoodStackAndAGoodSet() {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        SharedSet<Integer> set = SharedSet.create(segment, "block", Codecs.int32(), 2);
        MemorySegment memory = segment.blocks("block").require("").memory();
        // No element and one deleted entry; or one element, 0, whose slot is READY.
        Atomics.putInt(memory, 16 + 8, 2);

        assertThat(set.isEmpty()).isTrue();
        assertThat(SharedStack.open(segment, "block", Codecs.int32()).pop()).isZero();
        Atomics.putInt(memory, 0, 0);
        Atomics.putInt(memory, 16 + 8, 2);
        StructureReport report = Inspector.report(segments.openReadOnly(segment), "block").orElseThrow();
        assertThat(report.trust()).isEqualTo(Trust.POSSIBLE);
        assertThat(report.candidates()).containsExactly("stack", "set");
    }

    @Test
    void shouldMakeTheSpecsWhenDeclaredInConfiguration() {
        Segment segment = segments.create(builder -> builder.size(1 << 14).catalogue(false));
        for (String kind : List.of("stack", "pool", "set")) {
            StructureType type = Catalog.find(kind).orElseThrow();
            segment.create(kind, type.spec(new Declaration(Codecs.int32(), 5, Map.of())));
        }
        StructureType type = Catalog.find("map").orElseThrow();
        segment.create("map", type.spec(new Declaration(Codecs.float64(), 5, Map.of("key", "string(6)"))));
        assertThat(SharedMap.open(segment, "map", Codecs.string(6), Codecs.float64()).capacity()).isEqualTo(5);
        assertThat(SharedSet.open(segment, "set", Codecs.int32()).capacity()).isEqualTo(5);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> type.spec(new Declaration(Codecs.float64(), 5, Map.of())))
                .withMessageContaining("option=key");
        Segment stranger = segments.openReadOnly(segment);
        for (String kind : List.of("stack", "pool", "set", "map")) {
            StructureReport report = Inspector.report(stranger, kind).orElseThrow();
            assertThat(report.kind()).isEqualTo(kind);
            assertThat(report.trust()).isEqualTo(Trust.RECOGNISED);
        }
    }
}

package io.zeroipc.json;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Absent;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.codec.Unsigned;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

@SuppressWarnings("ArrayRecordComponent") // that is what fixed arrays look like
class FingerprintTest {

    private static final String PAGE = "docs/format/fingerprint.md";

    enum Side {
        BUY, SELL
    }

    record Tick(long time, double price, @Length(4) String symbol) {}

    record Level(double price, @Unsigned(8) int weight) {}

    record Order(long id, Side side, @Length(2) Level[] levels, @Absent Instant sent,
            @Absent(Absent.By.FLAG) Level best, @Length(3) int[] gr\u00f6\u00dfen) {}

    @TempDir
    Path directory;

    private static List<ElementSchema> schemas() {
        ElementSchema tick = Codecs.record(Tick.class).schema();
        return Stream.concat(Stream.<Codec<?>>of(Codecs.record(Order.class), Codecs.int32(), Codecs.string(16))
                .map(Codec::schema),
                Stream.of(tick, with(tick, 0, "gr\u00f6\u00dfe \"\\", "int64", 0, 1, List.of(), null))).toList();
    }

    /** Of types that are equal, and of those that differ in one place, there are thousands. */
    @Test
    void shouldBeOneExactlyWhereLayoutsAndNamesAreOneInTenThousandTypes() {
        long seed = Long.getLong("zeroipc.fingerprint.seed", System.nanoTime());
        RandomTypes random = new RandomTypes(seed);
        Map<ElementSchema, String> byType = new HashMap<>();
        Map<String, ElementSchema> byFingerprint = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            ElementSchema type = random.next();
            String fingerprint = Fingerprint.of(random.elsewhere(type));
            String before = byType.put(type, fingerprint);
            assertThat(fingerprint).as("seed=%s, type=%s", seed, type).isEqualTo(before == null ? fingerprint : before);
            ElementSchema other = byFingerprint.put(fingerprint, type);
            assertThat(type).as("seed=%s, fingerprint=%s", seed, fingerprint).isEqualTo(other == null ? type : other);
        }
        assertThat(byType).as("seed=%s", seed).hasSizeBetween(4_000, 8_000);
    }

    @Test
    void shouldBeWhatThePageShowsWhenItIsTheExample() {
        ElementSchema tick = Codecs.record(Tick.class).schema();
        assertThat(Repository.read(PAGE)).contains("\n" + Fingerprint.canonical(tick) + "\n")
                .contains("\n" + Fingerprint.of(tick) + "\n");
    }

    @Test
    void shouldIgnorePackageAndOuterClassWhenARecordIsNamed() {
        ElementSchema tick = Codecs.record(Tick.class).schema();
        assertThat(Fingerprint.of(named(tick, "com.acme.Tick"))).isEqualTo(Fingerprint.of(tick));
        assertThat(Fingerprint.of(named(tick, "Tock"))).isNotEqualTo(Fingerprint.of(tick));
    }

    @Test
    void shouldDifferWhenAnythingDiffers() {
        ElementSchema order = Codecs.record(Order.class).schema();
        List<ElementSchema> variants = new ArrayList<>(List.of(order,
                new ElementSchema(order.typeName(), order.byteSize() + 8, 8, order.fields()),
                new ElementSchema(order.typeName(), order.byteSize(), 4, order.fields()),
                new ElementSchema(order.typeName(), order.byteSize(), 8, List.of())));
        for (int i = 0; i < order.fields().size(); i++) {
            ElementSchema.Field field = order.fields().get(i);
            variants.add(with(order, i, "x", field.typeName(), field.offset(), field.count(), field.constants(),
                    field.nested()));
            variants.add(with(order, i, field.name(), field.nested() == null ? "uint16" : "optional(x)", field.offset(),
                    field.count() + 2, field.constants(), field.nested()));
            variants.add(with(order, i, field.name(), field.typeName(), field.offset() + 1, field.count(),
                    field.constants(), field.nested()));
            variants.add(with(order, i, field.name(), field.typeName(), field.offset(), field.count() + 1,
                    field.constants(), field.nested()));
            variants.add(with(order, i, field.name(), field.typeName(), field.offset(), field.count(),
                    List.of("SELL", "BUY"), field.nested()));
            variants.add(with(order, i, field.name(), field.typeName(), field.offset(), field.count(),
                    field.constants(), field.nested() == null ? order : named(field.nested(), "Other")));
        }
        Set<String> fingerprints = new HashSet<>();
        for (ElementSchema variant : variants) {
            assertThat(fingerprints.add(Fingerprint.of(variant))).as("%s", variant).isTrue();
        }
    }

    private static ElementSchema named(ElementSchema schema, String name) {
        return new ElementSchema(name, schema.byteSize(), schema.alignment(), schema.fields());
    }

    private static ElementSchema with(ElementSchema schema, int index, String name, String type, int offset,
            int count, List<String> constants, @Nullable ElementSchema nested) {
        List<ElementSchema.Field> fields = new ArrayList<>(schema.fields());
        fields.set(index, new ElementSchema.Field(name, type, offset, fields.get(index).byteSize(), count, constants,
                nested));
        return new ElementSchema(schema.typeName(), schema.byteSize(), schema.alignment(), fields);
    }

    @Test
    @Tag("process")
    void pythonOfThePageMakesTheSame() throws Exception {
        String page = Repository.read(PAGE);
        int begin = page.indexOf("```python\n") + "```python\n".length();
        Path program = Files.writeString(directory.resolve("fingerprint.py"),
                page.substring(begin, page.indexOf("```", begin)) + """

                        import sys
                        for line in open(sys.argv[1], encoding="utf-8"):
                            print(fingerprint(json.loads(line)))
                        """);
        Path elements = Files.write(directory.resolve("elements"),
                schemas().stream().map(SchemaJson::toJson).map(Json::write).toList());
        Path output = directory.resolve("output");
        Process python = new ProcessBuilder(Requirements.python().toString(), "-B", program.toString(),
                elements.toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();

        assertThat(python.waitFor()).as(() -> read(output)).isZero();
        assertThat(read(output).lines()).containsExactlyElementsOf(schemas().stream().map(Fingerprint::of).toList());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

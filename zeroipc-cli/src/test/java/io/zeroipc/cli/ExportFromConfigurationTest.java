package io.zeroipc.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Repository;

import static org.assertj.core.api.Assertions.assertThat;

/** Types of what the configuration of an application declares, without the application. */
class ExportFromConfigurationTest extends CommandLineTest {

    /** Of elements of queues. */
    record Trade(long id, double price, @Length(8) String symbol) {}

    /** Of keys of maps. */
    record Key(int venue, @Length(4) String code) {}

    private Path yaml(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private int from(Path file, String... more) {
        List<String> arguments = new ArrayList<>(List.of("export", "--from", file.toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource
    void shouldWriteWhatItWritesOfTheSegmentWhenThatIsThere(Language language) throws IOException {
        Path file = yaml("application.yml", """
                zeroipc:
                  base-directory: %s
                  segments:
                    market:
                      structures:
                        trades:
                          type: queue
                          element-type: %s
                          capacity: 1048576
                        newest:
                          type: state
                          element-type: float64
                        frames:
                          name: all_frames
                          type: ring
                          elementType: frame
                          element_size: 1KB
                          options:
                            overwrite: true
                        places:
                          type: map
                          element-type: int64
                          options: {key: %s}
                        grid:
                          type: array
                          element-type: float32
                          shape: [20, 3]
                        orders:
                          type: counter
                """.formatted(directory, Trade.class.getName(), Key.class.getName()));
        assertThat(from(file, "-l", language.label())).as(() -> err).isZero();
        String declared = out;
        assertThat(declared).contains("market", "symbol", "venue");
        try (Segment segment = Segment.at(directory.resolve("market")).size(1 << 16).create()) {
            SharedQueue.create(segment, "trades", Codecs.record(Trade.class), 4);
            SharedState.create(segment, "newest", Codecs.float64());
            segment.create("all_frames", SharedRing.spec(Codecs.frame(1024), 4, true));
            SharedMap.create(segment, "places", Codecs.record(Key.class), Codecs.int64(), 4);
            SharedArray.create(segment, "grid", Codecs.float32(), Shape.of(20, 3));
            SharedCounter.openOrCreate(segment, "orders");
        }
        assertThat(in("export", "market", "-l", language.label())).as(() -> err).isZero();
        assertThat(declared).isEqualTo(out);
    }

    @Test
    void shouldFindRecordsOnTheClassPath() throws Exception {
        compile("classes", "Quote", "record Quote(long id, double bid) { record Venue(int one) {} }");
        Path file = yaml("application.yml", """
                zeroipc.segments.lab.structures:
                  quotes: {type: queue, element-type: com.acme.Quote}
                  seen.type: set
                  seen.element-type: com.acme.Quote.Venue
                  size: {type: map, element-type: int32, options.key: com.acme.Quote.Venue}
                """);
        Path header = directory.resolve("lab.hpp");
        assertThat(from(file, "--class-path", directory + "/classes", "-l", "cpp", "-o", header.toString()))
                .as(() -> err)
                .isZero();
        assertThat(Files.readString(header)).contains("quotes: queue of com.acme.Quote, 16 bytes",
                "static_assert(offsetof(Quote, bid) == 8", "seen: set of com.acme.Quote$Venue",
                "size key: keys of map of com.acme.Quote$Venue");

        assertThat(from(file, "-l", "cpp", "--class-path", directory.toString())).isEqualTo(2);
        assertThat(err).contains("structure cannot be read", "zeroipc.segments.lab.structures.quotes", file + ":2",
                "unknown element type: name=com.acme.Quote", "records are those on the --class-path");
    }

    /** Maven calls the command with these words. */
    @Test
    void shouldKeepAHeaderCurrentByTheStepOfMavenOnThePage() throws Exception {
        String page = Repository.read("docs/guide/other-languages.md");
        String step = page.substring(page.indexOf("<executable>zeroipc</executable>"), page.indexOf("</arguments>"));
        String[] arguments = Pattern.compile("<argument>(.*)</argument>")
                .matcher(step)
                .results()
                .map(result -> result.group(1)
                        .replace("${project.build.outputDirectory}", directory + "/target/classes")
                        .replace("${project.basedir}", directory.toString()))
                .toArray(String[]::new);
        Path header = Files.createDirectory(directory.resolve("native")).resolve("reading_types.hpp");

        compile("target/classes", "Reading", "public record Reading(long timestamp, double value) {}");
        assertThat(run(arguments)).as(() -> err).isZero();
        assertThat(Files.readString(header)).contains("static_assert(sizeof(Reading) == 16");
        FileTime written = FileTime.from(Instant.EPOCH);
        Files.setLastModifiedTime(header, written);
        assertThat(run(arguments)).isZero();
        assertThat(Files.getLastModifiedTime(header)).as("nothing to compile again").isEqualTo(written);

        compile("target/classes", "Reading", "public record Reading(long timestamp, double value, int sensor) {}");
        assertThat(run(arguments)).isZero();
        assertThat(Files.readString(header)).contains("static_assert(sizeof(Reading) == 24");
    }

    private void compile(String classes, String name, String text) throws IOException {
        Path source = directory.resolve("com/acme/" + name + ".java");
        Files.createDirectories(source.getParent());
        Files.writeString(source, "package com.acme; " + text);
        assertThat(ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", directory.resolve(classes).toString(), source.toString())).isZero();
    }

    @Test
    void shouldTakeStructuresAndSegmentsByKeyOrName() throws IOException {
        Path file = yaml("application.yml", """
                zeroipc:
                  segments:
                    market:
                      name: market-v2
                      structures:
                        prices: {type: state, element-type: float64}
                        "[sensor_data]": {type: state, element-type: int16}
                    plant:
                      path: /data/plant.seg
                      structures:
                        level: {name: level-1, type: signal, element-type: float32}
                        lock: {type: mutex}
                        old: {enabled: off, type: signal, element-type: nothing}
                """);
        assertThat(from(file, "plant", "-l", "c")).as(() -> err).isZero();
        assertThat(out).startsWith("// Types of plant.seg,")
                .contains("level-1: signal of float32",
                        "of a type that nobody wrote down: lock\n")
                .doesNotContain("old", "market");
        assertThat(from(file, "market-v2", "sensor_data", "-l", "c")).as(() -> err).isZero();
        assertThat(out).contains("sensor_data: state of int16").doesNotContain("prices");
        assertThat(from(file, "plant", "level-1", "-l", "c")).as(() -> err).isZero();

        assertThat(from(file, "-l", "c")).isEqualTo(2);
        assertThat(err).contains("several segments are declared: market, plant (expected: one of them as SEGMENT)");
        assertThat(from(file, "garden", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("segment is not declared: segment=garden (declared: market, plant)");
        assertThat(from(file, "plant", "pump", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("structure is not declared: segment=plant, name=pump (declared: level, lock, old)");
        assertThat(from(file, "plant", "lock", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("element type is not known", "a mutex has no elements");
    }

    @Test
    void shouldReadDocumentsAndProfilesInTheirOrder() throws IOException {
        Path file = yaml("application.yml", """
                zeroipc.segments.lab.structures.a: {type: queue, element-type: int8}
                spring.config.import: optional:file:other.yml
                ---
                ---
                spring.config.activate.on-profile: prod
                zeroipc.segments.lab.structures.a.element-type: int16
                ---
                spring.config.activate.on-profile: [dev, "!prod"]
                zeroipc.segments.lab.structures.b: {type: queue, element-type: int32}
                ---
                spring.config.activate.on-profile: a & b
                server.port: 8080
                """);
        assertThat(from(file, "-l", "c")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of int8", "b: queue of int32");
        assertThat(err).contains("left out: segments at " + file + ":6, which are those of the profile prod (--profile",
                "not read: spring.config.import=optional:file:other.yml at " + file + ":2");
        assertThat(from(file, "-l", "c", "--profile", "eu,prod")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of int16").doesNotContain("b: queue");
        assertThat(err).contains("which are those of the profile dev, !prod");

        yaml("application-eu.yml", "zeroipc.segments.lab.structures.a.elementType: uint64");
        assertThat(from(file, "-l", "c", "--profile", "prod", "--profile", "eu")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of uint64");
        Path other = yaml("other.yml", "zeroipc.segments.lab.structures.a.element-type: bool");
        assertThat(from(file, "--from", other.toString(), "-l", "c")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of bool");
    }

    @Test
    void shouldKnowAliasesAndPlaceholders() throws IOException {
        Path file = yaml("application.yml", """
                lab.element: ${none.${x:y}:int${lab.bits}}
                lab.bits: 32
                base: &base {type: queue, element-type: int8, options: {on-consumer-death: redeliver}}
                zeroipc:
                  segments:
                    lab:
                      name: ${PATH:}${none:lab}
                      path: ${PATH:}/${none:lab}
                      structures:
                        a: {element-type: "${lab.element}", <<: *base}
                        b: {<<: *base}
                        c: *base
                """);
        assertThat(from(file, "-l", "c")).as(() -> err).isZero();
        assertThat(out).startsWith("// Types of lab, made")
                .contains("a: queue of int32", "b: queue of int8",
                        "c: queue of int8");
    }

    /** However they are written, and whether types depend on them or not. */
    @Test
    void shouldTakeAllThatTheApplicationKnows() throws IOException {
        StringBuilder text = new StringBuilder("zeroipc.segments.lab:\n");
        DeclaredKeys.OF_SEGMENT.names()
                .stream()
                .filter(key -> !key.equals("structures"))
                .forEach(key -> text.append("  ").append(key).append(": \"\"\n"));
        text.append(
                "  structures:\n    a:\n      type: queue\n      ELEMENT_TYPE: int8\n      options: {on-consumer-death: drop}\n");
        DeclaredKeys.OF_STRUCTURE.names()
                .stream()
                .filter(key -> !List.of("type", "element-type", "options").contains(key))
                .forEach(key -> text.append("      ").append(key.replace('-', '_')).append(": \"\"\n"));
        assertThat(from(yaml("application.yml", text.toString()), "-l", "c")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of int8");
    }

    /** What only the application knows, nobody asks the file. */
    @Test
    void shouldSayWhatItLeavesOut() throws IOException {
        Path file = yaml("application.yml", """
                zeroipc:
                  segments:
                    lab:
                      mode: open
                      structures:
                        a: {type: queue, element-type: uuid}
                        theirs: {}
                        audit: {type: queue, codec: auditCodec}
                """);
        assertThat(from(file, "-l", "c")).as(() -> err).isZero();
        assertThat(out).contains("a: queue of uuid").doesNotContain("theirs", "audit");
        assertThat(err).contains("left out: zeroipc.segments.lab.structures.audit at " + file
                + ":8, its elements are those of the bean 'auditCodec'");
        assertThat(from(file, "lab", "audit", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("element type is not known",
                "the bean 'auditCodec' (expected: a structure with a type");
    }

    @Test
    void shouldKnowEachKind() throws IOException {
        StringBuilder text = new StringBuilder("zeroipc.segments.all.structures:\n");
        for (StructureType type : Catalog.types()) {
            String label = type.kind().label();
            text.append("  a-").append(label).append(":\n    type: ").append(label).append('\n');
            if (type.structureClass().getTypeParameters().length > 0) {
                text.append("    element-type: int32\n");
            }
            if (type.optionNames().contains("key")) {
                text.append("    options.key: string(3)\n");
            }
        }
        assertThat(from(yaml("application.yml", text.toString()), "-l", "python")).as(() -> err).isZero();
        for (StructureType type : Catalog.types()) {
            assertThat(out).contains("a-" + type.kind().label());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            server.port: 1                                        | no segment is declared
            - a                                                   | no properties, at=%s:1
            a: @b@                                                | cannot start any token. (Do not use @ for indentation), at=%s:1 (expected: a file in YAML as the application has it, such as target/classes
            a: &a [*a]                                            | at=%s:1
            {a: {b: 1}, a.b: 2}                                   | property is written twice in one document: property=a.b, value=1, at=%s:1
            {a: 1, a: 2}                                          | property is written twice in one document
            {aB: 1, a-b: 2}                                       | another spelling of one in the same document: aB at %s:1, key=a-b
            {? [a] : 1}                                           | a key is no text, at=%s:1
            zeroipc.segments.lab.structures.a_b: {type: mutex}    | key has characters that get lost, or are not allowed: property=zeroipc.segments.lab.structures.a_b, at=%s:1 (expected: letters, digits and -, with 'name' below it for another name, or "[a_b]")
            zeroipc.segments.lab.structres.a: {type: mutex}       | unknown key of a segment: segment=lab, key=structres, at=%s:1; did you mean structures? (expected: enabled, name, path,
            zeroipc.segments.lab: {name: lab}                     | segment has no structures: property=zeroipc.segments.lab at %s:1, which has name (expected: zeroipc.segments.lab.structures.<structure>)
            zeroipc.segments.lab: {structures.a: {type: mutex}, pth: /x} | unknown key of a segment: segment=lab, key=pth, at=%s:1; did you mean path? (expected: enabled,
            zeroipc.segments.lab.structures.a: {type: queue, element-type: int8, capactiy: 5} | unknown key of a structure: structure=a, key=capactiy, at=%s:1; did you mean capacity? (expected: enabled, name, type, element-type, codec,
            zeroipc.segments.lab.structures.a: {typ: ring, element-type: int8} | unknown key of a structure: structure=a, key=typ, at=%s:1; did you mean type? (expected:
            zeroipc.segments.lab.structures.a: {type: queue, elemntType: int8} | structure=a, key=elemntType, at=%s:1; did you mean element-type?
            zeroipc.segments.lab.structures.a: {type: ring, element-type: int8, overwrite: true} | structure=a, key=overwrite, at=%s:1; did you mean options.overwrite? (expected:
            zeroipc.segments.lab.structures.a: {type: queue, element-type: int8, watermark: 3} | structure=a, key=watermark, at=%s:1 (expected: enabled,
            zeroipc.segments.lab.structures.a: {codec: mine, capactiy: 5} | structure=a, key=capactiy, at=%s:1; did you mean capacity?
            zeroipc.segments.lab.structures.a: {type: queue, element-type: int8, "[capactiy]": 5} | structure=a, key=capactiy, at=%s:1; did you mean capacity?
            zeroipc.segments.lab.structures.a: {enabled: off, capactiy: 5} | structure=a, key=capactiy, at=%s:1; did you mean capacity?
            zeroipc.segments.lab.structures.a: {type: quue, element-type: int8} | property=zeroipc.segments.lab.structures.a.type, value=quue, at=%s:1 (expected: array, queue,
            zeroipc.segments.lab.structures.a: {element-type: int8} | property=zeroipc.segments.lab.structures.a.type, value=null
            zeroipc.segments.lab.structures.a: {type: queue}      | structure cannot be read: property=zeroipc.segments.lab.structures.a, at=%s:1, element type is missing (expected: int32
            zeroipc.segments.lab.structures.a: {type: queue, element-type: double} | unknown element type: name=double
            zeroipc.segments.lab.structures.a: {type: queue, element-type: java.lang.String} | element type is not a record
            zeroipc.segments.lab.structures.a: {type: mutex, element-type: int8} | there are no elements: element type=int8
            zeroipc.segments.lab.structures.a: {type: map, element-type: int8} | option is missing: option=key
            zeroipc.segments.lab.structures.a: {type: queue, element-type: int8, options.overwrite: true} | unknown option: kind=queue, option=overwrite
            zeroipc.segments.lab.structures.a: {type: queue, element-type: int8, element-size: 4} | element type has a size of its own: element-type=int8, element-size=4
            zeroipc.segments.lab.structures.a: {type: queue, element-size: many} | option is no size: option=element-size, value=many
            zeroipc.segments.lab.structures.a: {type: queue, element-type: bytes} | bytes(n), with the number of bytes?
            zeroipc.segments.lab.structures.a: {type: queue, element-type: "${no.such}"} | placeholder stands for nothing here: property=zeroipc.segments.lab.structures.a.element-type, value=${no.such}, at=%s:1, placeholder=${no.such}
            zeroipc.segments.lab.structures.a: {type: queue, element-type: "${a", } | placeholder stands for nothing here
            {x: "${x}", zeroipc.segments.lab.structures.a: {type: queue, element-type: "${x}"}} | zeroipc: placeholder stands for nothing here: property=zeroipc.segments.lab.structures.a.element-type, value=${x}
            {spring.config.activate.on-profile: a & b, zeroipc.segments.lab.structures.a.type: mutex} | profiles cannot be read: property=spring.config.activate.on-profile, value=a & b, at=%s:1
            zeroipc.segments.lab.structures.a-name-that-is-longer-than-31-bytes: {type: mutex} | structure cannot be read: property=zeroipc.segments.lab.structures.a-name-that
            """)
    void shouldNameThePlaceAndTheWayOutWhenTheFileIsWrong(String text, String message) throws IOException {
        Path file = yaml("application.yml", text + "\n");
        assertThat(from(file, "-l", "c")).isEqualTo(2);
        assertThat(err).contains(message.replace("%s", file.toString()));
        assertThat(out).isEmpty();
    }

    @Test
    void shouldRefuseWhatDoesNotGoTogether() throws IOException {
        Path file = yaml("application.yml", "zeroipc.segments.lab.structures.a: {type: queue, element-type: int8}");
        assertThat(from(file, "--type", "com.acme.Quote", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("a configuration and records are given");
        assertThat(run("export", "lab", "--profile", "prod", "-l", "c")).isEqualTo(2);
        assertThat(err).contains("profile is given without a configuration: profile=prod (expected: --from with it)");
        assertThat(from(directory.resolve("none.yml"), "-l", "c")).isEqualTo(2);
        assertThat(err).contains("configuration cannot be read: path=" + directory.resolve("none.yml"),
                "NoSuchFileException", "target/classes/application.yml");
    }
}

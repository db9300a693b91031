package io.zeroipc.interop;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import javax.tools.ToolProvider;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.json.Fingerprint;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random records, laid out by the engine, exported, and given to the compilers and interpreters of the other languages, which compare
 * each size, alignment and offset with what they make of the types themselves.
 */
@Tag("process")
class ExportInteropTest {

    private static final int FEW = 40;
    private static final int MANY = 10_000;
    /** Of so many some are the same; only Java compiles them. */
    private static final int WITH_COPIES = 250;
    /** Types in one file: compilers take longer to start than to read. */
    private static final int BATCH = 250;
    private static final long SEED = Long.getLong("zeroipc.export.seed", System.nanoTime());

    private record Tick(long time, double price, @Length(4) String symbol) {}

    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheLayoutOfTheEngine(Language language) throws Exception {
        shouldAgree(language, FEW);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("stress")
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void shouldHaveTheLayoutOfTheEngineInTenThousandTypes(Language language) throws Exception {
        shouldAgree(language, MANY);
    }

    private void shouldAgree(Language language, int count) throws Exception {
        List<ElementSchema> schemas = schemas(count);
        for (int batch = 0; batch * BATCH < count; batch++) {
            SequencedMap<String, ElementSchema> elements = new LinkedHashMap<>();
            schemas.subList(batch * BATCH, Math.min(count, (batch + 1) * BATCH))
                    .forEach(schema -> elements.put(schema.typeName(), schema));
            String name = "Batch" + batch;
            String source = Export.of("random", elements).named(name).source(language);
            elements.values()
                    .forEach(schema -> assertThat(source).as(schema::typeName).contains(Fingerprint.of(schema)));
            Outcome outcome = compile(language, name, source);
            assertThat(outcome.ok()).as("seed=%s, file=%s:%n%s", SEED, name, outcome.text()).isTrue();
            if (language == Language.JAVA) {
                shouldBeTheSameRecords(name, source, elements);
            }
        }
    }

    /** What compiles could still be another type. */
    private void shouldBeTheSameRecords(String name, String source, Map<String, ElementSchema> elements)
            throws Exception {
        Set<String> found = new HashSet<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.resolve("classes").toUri().toURL()})) {
            List<Class<?>> types = new ArrayList<>(List.of(loader.loadClass(name)));
            while (!types.isEmpty()) {
                Class<?> type = types.removeLast();
                types.addAll(List.of(type.getDeclaredClasses()));
                if (type.isRecord()) {
                    found.add(Fingerprint.of(Codecs.record(type.asSubclass(Record.class)).schema()));
                }
            }
        }
        assertThat(source).as("seed=%s", SEED).doesNotContain("which is not that of this record");
        assertThat(found).as("seed=%s", SEED)
                .containsAll(elements.values().stream().map(Fingerprint::of).toList());
    }

    @Test
    void shouldHaveOneFingerprintExactlyWhereLayoutsAndNamesAreOne() throws Exception {
        Map<String, ElementSchema> byFingerprint = new HashMap<>();
        Map<ElementSchema, String> bySchema = new HashMap<>();
        int copies = 0;
        for (ElementSchema schema : schemas(WITH_COPIES)) {
            String fingerprint = Fingerprint.of(schema);
            ElementSchema bare = bare(schema);
            ElementSchema other = byFingerprint.put(fingerprint, bare);
            assertThat(other == null || other.equals(bare)).as("seed=%s: %s, %s", SEED, bare, other).isTrue();
            assertThat(fingerprint).as("seed=%s: %s", SEED, bare).isEqualTo(bySchema.getOrDefault(bare, fingerprint));
            bySchema.put(bare, fingerprint);
            copies += other == null ? 0 : 1;
        }
        assertThat(copies).as("seed=%s", SEED).isPositive();
        assertThat(byFingerprint).hasSizeGreaterThan(WITH_COPIES / 2);
    }

    /** Without the names that only Java has. */
    private static ElementSchema bare(ElementSchema schema) {
        return new ElementSchema(schema.typeName().replaceAll("[\\w.]+[.$]", ""), schema.byteSize(), schema.alignment(),
                schema.fields()
                        .stream()
                        .map(field -> new ElementSchema.Field(field.name(),
                                field.typeName().replaceAll("[\\w.]+[.$]", ""), field.offset(), field.byteSize(),
                                field.count(), field.constants(),
                                field.nested() == null ? null : bare(field.nested())))
                        .toList());
    }

    /** A check that finds nothing would agree with everything. */
    @ParameterizedTest
    @EnumSource(names = {"CPP", "C", "PYTHON", "RUST"})
    void shouldNotCompileWhereAnOffsetIsAnother(Language language) throws Exception {
        String source = Export.of(Tick.class).named("Wrong").source(language);
        assertThat(compile(language, "Right", source).ok()).isTrue();
        String wrong = source.replaceFirst("(symbol.{1,10})16\\b", "$1" + "12");
        assertThat(wrong).isNotEqualTo(source);
        Outcome outcome = compile(language, "Wrong", wrong);
        assertThat(outcome.ok()).as(outcome.text()).isFalse();
        assertThat(outcome.text()).containsAnyOf("offset", "assert", "evaluation");
    }

    /** The schemas of random records, as the engine lays them out. */
    private List<ElementSchema> schemas(int count) throws Exception {
        RandomRecords random = new RandomRecords(SEED);
        List<String> sources = random.sources(count);
        Path classes = directory.resolve("random");
        List<String> files = new ArrayList<>();
        for (int i = 0; i < sources.size(); i++) {
            Path file = directory.resolve("G" + i + ".java");
            Files.writeString(file, sources.get(i));
            files.add(file.toString());
        }
        assertThat(javac(classes, files)).as("seed=%s", SEED).isZero();
        List<ElementSchema> schemas = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()},
                getClass().getClassLoader())) {
            for (String name : random.names()) {
                schemas.add(Codecs.record(loader.loadClass(name).asSubclass(Record.class)).schema());
            }
        }
        return schemas;
    }

    private static int javac(Path classes, List<String> files) {
        List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-proc:none", "-encoding", "UTF-8",
                "-cp", System.getProperty("java.class.path")));
        arguments.addAll(files);
        return ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
    }

    /** What a compiler says. */
    private record Outcome(boolean ok, String text) {}

    private Outcome compile(Language language, String name, String source) throws Exception {
        Path file = directory.resolve(name + "." + language.extension());
        Files.writeString(file, source);
        return switch (language) {
            case CPP -> header(file, "cpp", "g++", "-std=c++17", "-Wno-subobject-linkage");
            case C -> header(file, "c", "gcc", "-std=c11");
            case PYTHON -> python(name);
            case TYPESCRIPT -> run(Requirements.program("tsc").toString(), "--noEmit", "--strict", "--noUnusedLocals",
                    "--target", "es2022", file.toString());
            case RUST -> {
                Requirements.require(
                        Requirements.succeeds(List.of(Requirements.program("rustc").toString(), "--edition=2021",
                                "--crate-type=lib", "--emit=metadata", "--out-dir", directory.toString(),
                                offsetOf().toString())),
                        "rustc is older than 1.77, which is the first with offset_of");
                yield run(Requirements.program("rustc").toString(), "--edition=2021", "--crate-type=lib", "-Dwarnings",
                        "-Auncommon_codepoints", "--emit=metadata", "--out-dir", directory.toString(),
                        "--crate-name=" + name.toLowerCase(Locale.ROOT), file.toString());
            }
            case JAVA -> new Outcome(javac(directory.resolve("classes"), List.of(file.toString())) == 0, "");
        };
    }

    private Path offsetOf() throws IOException {
        return Files.writeString(directory.resolve("probe.rs"),
                "pub struct S { pub a: u8 }\npub const A: usize = core::mem::offset_of!(S, a);\n");
    }

    private Outcome header(Path header, String extension, String compiler, String... options) throws Exception {
        Path file = Files.writeString(directory.resolve("include." + extension),
                "#include \"" + header.getFileName() + "\"\n#include \"" + header.getFileName() + "\"\n");
        List<String> command = new ArrayList<>(List.of(Requirements.program(compiler).toString(), "-Wall", "-Wextra",
                "-Wpedantic", "-Werror", "-fsyntax-only", file.toString()));
        command.addAll(List.of(options));
        return run(command.toArray(String[]::new));
    }

    /** With NumPy, and as if it were not there. */
    private Outcome python(String name) throws Exception {
        String python = Requirements.python("numpy").toString();
        Outcome without = run(python, "-B", "-W", "error", "-c",
                "import sys; sys.modules['numpy'] = None; import " + name);
        return without.ok() ? run(python, "-B", "-W", "error", "-c", "import " + name) : without;
    }

    private Outcome run(String... command) throws Exception {
        Path output = directory.resolve("output.txt");
        int status = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        return new Outcome(status == 0, text.substring(0, Math.min(text.length(), 4000)));
    }
}

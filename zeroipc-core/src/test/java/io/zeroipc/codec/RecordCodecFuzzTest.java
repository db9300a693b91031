package io.zeroipc.codec;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.ElementSchema;
import io.zeroipc.codec.RandomRecords.Definition;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Random record types: both codecs agree on every byte, and with a C++ compiler on every offset. */
class RecordCodecFuzzTest {

    private static final int TYPES = 120;
    private static final int VALUES = 20;

    @TempDir
    Path directory;

    @Test
    void shouldWriteSameBytesAndReadThemBackWhenTypeIsRandom() throws IOException {
        RandomRecords records = new RandomRecords(Seeds.next());
        List<Definition> definitions = compile(records);
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            for (Definition definition : definitions) {
                check(Sources.load(loader, "fuzz." + definition.name()), definition, records);
            }
        }
    }

    @Test
    void shouldWriteSameBytesWhenRecordHasAsManyComponentsAsPossible() throws IOException {
        // The locals of the generated methods then need wide instructions.
        RandomRecords records = new RandomRecords(Seeds.next());
        compileWide(13);
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            check(Sources.load(loader, "fuzz.Wide"), new Definition("Wide", "wide", "", List.of(), 0), records);
        }
    }

    @Test
    void shouldRefuseRecordWhenItHasMoreComponentsThanAHandleCanTake() throws IOException {
        compileWide(14);
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            assertThatThrownBy(() -> Codecs.record(Sources.load(loader, "fuzz.Wide")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("record has too many components: type=fuzz.Wide, slots=254 (expected: at"
                            + " most 253");
        }
    }

    /** A record of 240 slots of long, and some arrays. */
    private void compileWide(int arrays) {
        String components = IntStream.range(0, 120).mapToObj(i -> "long a" + i).collect(Collectors.joining(", "))
                + IntStream.range(0, arrays)
                        .mapToObj(i -> ", @Length(2) boolean[] b" + i)
                        .collect(Collectors.joining());
        Sources.compileJava(directory,
                new Sources.JavaSource("Fuzz.java", RandomRecords.JAVA_HEADER + "record Wide(" + components + ") {}"));
    }

    private static <R extends Record> void check(Class<R> type, Definition definition, RandomRecords records) {
        Codec<R> generated = Codecs.record(type);
        Codec<R> handles = CodecPath.HANDLES.codec(type);
        assertThat(generated.getClass().isHidden()).as(definition.java()).isTrue();
        for (int i = 0; i < VALUES; i++) {
            R value = records.value(type);
            byte[] bytes = Bytes.of(generated, value);
            assertThat(Bytes.of(handles, value)).as(definition.java()).isEqualTo(bytes);
            assertThat(RandomRecords.isEqual(value, Bytes.decode(generated, bytes))).as(definition.java()).isTrue();
            assertThat(RandomRecords.isEqual(value, Bytes.decode(handles, bytes))).as(definition.java()).isTrue();
            assertThat(Bytes.of(generated, Bytes.decode(handles, bytes))).as(definition.java()).isEqualTo(bytes);
        }
    }

    @Test
    @Tag("process")
    void shouldGiveSameOffsetsAsCppWhenTypeIsRandom() throws IOException, InterruptedException {
        Path compiler = Requirements.program("g++");
        List<Definition> definitions = compile(new RandomRecords(Seeds.next()));
        String program = RandomRecords.CPP_HEADER
                + definitions.stream().map(Definition::cpp).collect(Collectors.joining()) + "int main() {\n"
                + definitions.stream().map(RecordCodecFuzzTest::print).collect(Collectors.joining()) + "}\n";

        String cpp = Sources.runCpp(compiler, directory, program);

        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            String java = definitions.stream()
                    .map(each -> describe(Codecs.record(Sources.load(loader, "fuzz." + each.name())).schema(), each))
                    .collect(Collectors.joining());
            assertThat(java).isEqualTo(cpp);
        }
    }

    private List<Definition> compile(RandomRecords records) {
        List<Definition> definitions = records.definitions(TYPES);
        String source = RandomRecords.JAVA_HEADER
                + definitions.stream().map(Definition::java).collect(Collectors.joining());
        Sources.compileJava(directory, new Sources.JavaSource("Fuzz.java", source));
        return definitions;
    }

    private static String print(Definition definition) {
        String name = definition.name();
        return "    std::printf(\"" + name + " size=%zu alignment=%zu\\n\", sizeof(" + name + "), alignof(" + name
                + "));\n"
                + definition.fields()
                        .stream()
                        .map(field -> "    std::printf(\"  " + field + " offset=%zu size=%zu\\n\", offsetof(" + name
                                + ", " + field + "), sizeof(" + name + "::" + field + "));\n")
                        .collect(Collectors.joining());
    }

    private static String describe(ElementSchema schema, Definition definition) {
        return definition.name() + " size=" + schema.byteSize() + " alignment=" + schema.alignment() + "\n"
                + schema.fields()
                        .stream()
                        .map(field -> "  " + field.name() + " offset=" + field.offset() + " size=" + field.byteSize()
                                + "\n")
                        .collect(Collectors.joining());
    }
}

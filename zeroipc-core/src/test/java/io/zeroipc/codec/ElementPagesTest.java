package io.zeroipc.codec;

import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.ElementSchema;
import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** The pages about elements say what the code does: their tables are compared, and their examples are run. */
class ElementPagesTest {

    private static final String FORMAT = "docs/format/elements.md";
    private static final String GUIDE = "docs/guide/elements.md";
    private static final int N = 7;

    @TempDir
    Path directory;

    /** A row of the vocabulary, with {@code n} replaced by a number. */
    private record Row(String name, String cpp, int bytes, int alignment, String java,
            String numpy) {}

    private static List<Row> vocabulary() {
        return rows(section(Repository.read(FORMAT), "Vocabulary")).filter(cells -> cells.get(0).startsWith("`"))
                .map(cells -> new Row(code(cells.get(0)), code(cells.get(1)), bytes(cells.get(2)),
                        Integer.parseInt(cells.get(3)), code(cells.get(4)),
                        numpy(cells.get(5))))
                .toList();
    }

    private static String code(String cell) {
        return cell.replace("`", "").replaceAll("([(\\[])n([)\\]])", "$1" + N + "$2");
    }

    private static String numpy(String cell) {
        return cell.replace("`", "").replaceAll("n$", "" + N);
    }

    private static int bytes(String cell) {
        return switch (cell) {
            case "n" -> N;
            case "4 + n, rounded up to a multiple of 4" -> (4 + N + 3) / 4 * 4;
            default -> Integer.parseInt(cell);
        };
    }

    @Test
    void shouldListEveryNameOfTheVocabulary() {
        assertThat(vocabulary()).extracting(Row::name)
                .containsExactlyElementsOf(Stream
                        .concat(Stream.of(Scalar.values()).map(scalar -> scalar.typeName),
                                Stream.of("uuid", "instant", "duration", "date", "datetime", "decimal(7)", "bytes(7)",
                                        "string(7)", "frame(7)"))
                        .toList());
        for (Row row : vocabulary()) {
            Codec<?> codec = Codecs.forType(row.name, null);
            assertThat(codec.byteSize()).as(row.name).isEqualTo(row.bytes);
            assertThat(codec.alignment()).as(row.name).isEqualTo(row.alignment);
            assertThat(codec.type().getSimpleName()).as(row.name).isEqualTo(row.java);
        }
    }

    @Test
    @Tag("process")
    void shouldNameCppTypesOfTheSizesInTheVocabulary() throws IOException, InterruptedException {
        Path compiler = Requirements.program("g++");
        StringBuilder program = new StringBuilder("#include <cstdint>\n#include <cstdio>\n");
        StringBuilder expected = new StringBuilder();
        StringBuilder main = new StringBuilder("int main() {\n");
        List<Row> rows = vocabulary();
        for (int i = 0; i < rows.size(); i++) {
            String cpp = rows.get(i).cpp;
            Matcher array = Pattern.compile("([a-z0-9_:]+)(\\[[0-9]+\\])").matcher(cpp);
            String declaration = array.matches() ? array.group(1) + " T" + i + array.group(2) : cpp + " T" + i;
            program.append("typedef ").append(declaration).append(";\n");
            main.append("    std::printf(\"%zu %zu\\n\", sizeof(T")
                    .append(i)
                    .append("), alignof(T")
                    .append(i)
                    .append("));\n");
            expected.append(rows.get(i).bytes).append(' ').append(rows.get(i).alignment).append('\n');
        }
        assertThat(Sources.runCpp(compiler, directory, program + main.toString() + "}\n"))
                .isEqualTo(expected.toString());
    }

    @Test
    void shouldGiveOffsetsOfTheExampleRecord() throws IOException {
        String section = section(Repository.read(FORMAT), "Records");
        Sources.compileJava(directory, new Sources.JavaSource("Reading.java",
                blocks(section, "java").getFirst().replaceFirst("(?m)^record ", "public record ")));
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            ElementSchema schema = Codecs.record(Sources.load(loader, "Reading")).schema();
            assertThat(rows(section).filter(cells -> cells.get(0).matches("[0-9]+"))
                    .map(cells -> cells.get(0) + " " + cells.get(1) + " " + cells.get(2) + " " + code(cells.get(4))))
                    .containsExactlyElementsOf(schema.fields()
                            .stream()
                            .map(field -> field.offset() + " " + field.byteSize() + " " + field.name() + " "
                                    + field.typeName())
                            .toList());
            ElementSchema.Field last = schema.fields().getLast();
            assertThat(section.strip())
                    .endsWith("of " + schema.byteSize() + " bytes with alignment " + schema.alignment() + ": "
                            + (schema.byteSize() - last.offset() - last.byteSize())
                            + " bytes of padding follow the last field.");
        }
    }

    @Test
    void shouldPutFrameLengthAndDataWhereThePageSays() {
        byte[] bytes = Bytes.of(Codecs.frame(N), new byte[] {1, 2, 3});
        List<List<String>> rows = rows(section(Repository.read(FORMAT), "Frame"))
                .filter(cells -> cells.get(0).matches("[0-9]+"))
                .toList();
        assertThat(rows).extracting(cells -> cells.get(0) + " " + cells.get(1) + " " + cells.get(2))
                .containsExactly("0 4 length", "4 n data");
        assertThat(bytes).containsExactly(3, 0, 0, 0, 1, 2, 3, 0, 0, 0, 0, 0);
    }

    @Test
    void shouldCompileAndStoreTheRecordOfTheGuide() throws IOException {
        assertThat(writeGuideElement()).isEqualTo(64);
    }

    @Test
    @Tag("process")
    void shouldReadTheRecordOfTheGuideInCpp() throws IOException, InterruptedException {
        Path compiler = Requirements.program("g++");
        writeGuideElement();
        String program = "#include <cstdio>\n" + blocks(Repository.read(GUIDE), "cpp").getFirst() + """
                int main(int, char** arguments) {
                    Reading r{};
                    std::FILE* file = std::fopen(arguments[1], "rb");
                    if (!file || std::fread(&r, sizeof r, 1, file) != 1) return 1;
                    std::printf("%lld %.16s %d %d %g %g %g %g %g", static_cast<long long>(r.timestamp), r.sensor,
                                static_cast<int>(r.status), r.channel, r.acceleration[0], r.acceleration[1],
                                r.acceleration[2], r.position.latitude, r.position.longitude);
                }
                """;
        assertThat(Sources.runCpp(compiler, directory, program, directory.resolve("element.bin").toString()))
                .isEqualTo("123456789012 gyro 2 65535 0.5 -1.5 2.5 52.25 -13.125");
    }

    @Test
    @Tag("process")
    void shouldReadTheRecordOfTheGuideInPython() throws IOException, InterruptedException {
        Path python = Requirements.python();
        writeGuideElement();
        Files.writeString(directory.resolve("reader.py"), blocks(Repository.read(GUIDE), "python").getFirst() + """

                import sys
                print(READING.size, *read(open(sys.argv[1], "rb").read()))
                """);
        assertThat(Sources.run(directory, python.toString(), "reader.py", "element.bin"))
                .isEqualTo("64 123456789012 gyro 2 65535 (0.5, -1.5, 2.5) (52.25, -13.125)\n");
    }

    @Test
    @Tag("process")
    void shouldHaveTheOffsetsOfTheTradeOfTheGuideInCppAndNumpy() throws IOException, InterruptedException {
        Path compiler = Requirements.program("g++");
        Path python = Requirements.python("numpy");
        Sources.compileJava(directory,
                new Sources.JavaSource("Trade.java", blocks(Repository.read(GUIDE), "java").get(1)));
        ElementSchema schema;
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            schema = Codecs.record(Sources.load(loader, "Trade")).schema();
        }
        String java = schema.byteSize() + "\n"
                + schema.fields().stream().map(field -> field.offset() + "\n").collect(Collectors.joining());
        String cpp = "#include <cstddef>\n#include <cstdio>\n" + blocks(Repository.read(GUIDE), "cpp").get(1)
                + "int main() {\n    std::printf(\"%zu\\n\", sizeof(Trade));\n"
                + schema.fields()
                        .stream()
                        .map(field -> "    std::printf(\"%zu\\n\", offsetof(Trade, " + field.name() + "));\n")
                        .collect(Collectors.joining())
                + "}\n";
        assertThat(Sources.runCpp(compiler, directory, cpp)).isEqualTo(java);
        Files.writeString(directory.resolve("trade.py"), blocks(Repository.read(GUIDE), "python").get(1) + """

                print(TRADE.itemsize, *(TRADE.fields[name][1] for name in TRADE.names), sep="\\n")
                """);
        assertThat(Sources.run(directory, python.toString(), "trade.py")).isEqualTo(java);
    }

    @Test
    @Tag("process")
    void shouldNameNumpyTypesOfTheSizesInTheVocabulary() throws IOException, InterruptedException {
        Path python = Requirements.python("numpy");
        List<Row> rows = vocabulary().stream().filter(row -> !row.numpy.equals("a struct")).toList();
        assertThat(rows).hasSize(vocabulary().size() - 1);
        Files.writeString(directory.resolve("sizes.py"),
                "import sys\nimport numpy\nprint(*(numpy.dtype(each).itemsize for each in sys.argv[1:]), sep=\"\\n\")\n");
        List<String> command = Stream
                .concat(Stream.of(python.toString(), "sizes.py"), rows.stream().map(Row::numpy))
                .toList();
        assertThat(Sources.run(directory, command.toArray(String[]::new)))
                .isEqualTo(rows.stream().map(row -> row.bytes + "\n").collect(Collectors.joining()));
    }

    /** Compiles the guide's Java, encodes one record to {@code element.bin}, and returns its size. */
    private long writeGuideElement() throws IOException {
        List<String> java = blocks(Repository.read(GUIDE), "java");
        Sources.compileJava(directory, new Sources.JavaSource("Reading.java", java.get(0)),
                new Sources.JavaSource("Sample.java", """
                        import io.zeroipc.codec.Codecs;

                        public record Sample(Reading reading) {
                            public Sample(int ignored) {
                                this(new Reading(123456789012L, "gyro", Reading.Status.FAILED, 65535,
                                        new float[]{0.5f, -1.5f, 2.5f}, new Reading.Position(52.25, -13.125)));
                            }
                            static void show() {
                                %s
                            }
                        }
                        """.formatted(java.getLast().replaceAll("(?m)^import .*\\R", ""))));
        try (URLClassLoader loader = Sources.loader(directory, getClass().getClassLoader())) {
            byte[] bytes = sample(Sources.load(loader, "Sample"));
            Files.write(directory.resolve("element.bin"), bytes);
            return bytes.length;
        }
    }

    private static <R extends Record> byte[] sample(Class<R> type) {
        try {
            return Bytes.of(Codecs.record(type), type.getConstructor(int.class).newInstance(0));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type.getName(), e);
        }
    }

    /** The text below a heading, up to the next heading of the same or a higher level. */
    private static String section(String page, String heading) {
        Matcher start = Pattern.compile("(?m)^(#+) " + heading + "\n").matcher(page);
        assertThat(start.find()).as("heading %s", heading).isTrue();
        String rest = page.substring(start.end());
        Matcher end = Pattern.compile("(?m)^#{1," + start.group(1).length() + "} ").matcher(rest);
        return end.find() ? rest.substring(0, end.start()) : rest;
    }

    /** The cells of every table row. */
    private static Stream<List<String>> rows(String section) {
        return section.lines().filter(line -> line.startsWith("| ")).map(line -> {
            List<String> cells = new ArrayList<>();
            for (String cell : line.substring(1).split("\\|", -1)) {
                cells.add(cell.strip());
            }
            return cells;
        });
    }

    /** The fenced blocks of a language. */
    private static List<String> blocks(String text, String language) {
        return Pattern.compile("(?s)```" + language + "\n(.*?)```")
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toList());
    }
}

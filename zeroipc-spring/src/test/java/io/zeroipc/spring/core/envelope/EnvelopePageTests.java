package io.zeroipc.spring.core.envelope;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.testing.Repository;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/format/envelope.md says what the code does, and its readers read what the code writes. */
class EnvelopePageTests {

    private static final String PAGE = "docs/format/envelope.md";

    private static final Envelope EXAMPLE = Envelope.of(new byte[] {42, 0, 0, 0})
            .header(EnvelopeHeaders.ELEMENT_TYPE, "int32")
            .header(EnvelopeHeaders.CORRELATION_ID, "order-7")
            .build();

    @TempDir
    Path directory;

    private static String block(String language) {
        String page = Repository.read(PAGE);
        String begin = "```" + language + "\n";
        int start = page.indexOf(begin);
        assertThat(start).as("block of %s", language).isPositive();
        return page.substring(start + begin.length(), page.indexOf("```", start + begin.length()));
    }

    private static List<String> rows(String heading) {
        List<String> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Repository.read(PAGE).lines().toList()) {
            if (line.startsWith("#")) {
                inside = line.replaceFirst("^#+ ", "").equals(heading);
            } else if (inside && line.startsWith("| ")) {
                rows.add(line);
            }
        }
        return rows;
    }

    private static List<String> offsets(String heading) {
        return rows(heading).stream().skip(1).map(row -> {
            String[] cells = row.split("\\|");
            return cells[1].strip() + " " + cells[3].strip();
        }).toList();
    }

    @Test
    void pageListsTheFieldsAtTheirOffsets() {
        assertThat(offsets("fixed")).containsExactly(Envelope.MAGIC_OFFSET + " magic",
                Envelope.VERSION_OFFSET + " version", Envelope.FLAGS_OFFSET + " flags",
                Envelope.HEADER_COUNT_OFFSET + " header_count", Envelope.HEADERS_SIZE_OFFSET + " headers_size",
                Envelope.PAYLOAD_SIZE_OFFSET + " payload_size");
        assertThat(offsets("header")).startsWith("0 name_size", "2 value_size",
                Envelope.HEADER_FIXED_SIZE + " + i name");
        assertThat(Repository.read(PAGE)).contains("0x%08X".formatted(Envelope.MAGIC),
                "at most " + Envelope.MAX_HEADERS, "1 to " + Envelope.MAX_NAME_BYTES,
                "0 to " + Envelope.MAX_VALUE_BYTES,
                "`" + Envelope.CUT_MARK + "`", "`" + EnvelopeHeaders.ELEMENT + "`",
                "`" + EnvelopeHeaders.RAW + "`");
    }

    @Test
    void pageListsTheHeadersThatHaveAMeaning() {
        List<String> names = Arrays.stream(EnvelopeHeaders.class.getFields())
                .filter(field -> !Set.of("ELEMENT", "RAW").contains(field.getName()))
                .map(EnvelopePageTests::value)
                .toList();

        assertThat(rows("Names").stream().map(row -> row.split("\\|")[1].strip()).filter(name -> name.startsWith("`")))
                .containsExactlyInAnyOrderElementsOf(names.stream().map(name -> "`" + name + "`").toList());
    }

    private static String value(Field constant) {
        try {
            return String.valueOf(constant.get(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void pageShowsTheBytesOfTheExample() {
        String page = Repository.read(PAGE);
        String hex = page.substring(page.indexOf("5a 45 4e 56"), page.indexOf("## Reading")).replaceAll("[\\s`]", "");

        assertThat(hex).isEqualTo(HexFormat.of().formatHex(EXAMPLE.toBytes()));
        assertThat(page).contains("in " + EXAMPLE.size() + " bytes:");
    }

    @Test
    @Tag("process")
    void pythonOfThePageReadsWhatJavaWrites() throws Exception {
        Path program = directory.resolve("read.py");
        Files.writeString(program, block("python") + """

                import sys
                headers, payload = read_envelope(open(sys.argv[1], "rb").read())
                for name, value in sorted(headers.items()):
                    print(name + "=" + value)
                print(payload.hex())
                """);

        assertThat(run(Requirements.python().toString(), "-B", program.toString(), envelopeFile().toString()))
                .containsExactly("correlation-id=order-7", "element-type=int32", "2a000000");
    }

    @Test
    @Tag("process")
    void cppOfThePageReadsWhatJavaWrites() throws Exception {
        Path compiler = Requirements.program("g++");
        Path source = directory.resolve("read.cpp");
        Files.writeString(source, """
                #include <cstdint>
                #include <cstdio>
                #include <cstring>
                #include <fstream>
                #include <iterator>
                #include <map>
                #include <stdexcept>
                #include <string>

                """ + block("cpp") + """

                int main(int, char** arguments) {
                    std::ifstream file(arguments[1], std::ios::binary);
                    const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
                    const Envelope envelope = read_envelope(bytes.data(), bytes.size());
                    for (const auto& header : envelope.headers) {
                        std::printf("%s=%s\\n", header.first.c_str(), header.second.c_str());
                    }
                    for (unsigned char c : envelope.payload) std::printf("%02x", c);
                }
                """);
        Path program = directory.resolve("read");
        assertThat(run(compiler.toString(), "-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", program.toString(),
                source.toString())).isEmpty();

        assertThat(run(program.toString(), envelopeFile().toString())).containsExactly("correlation-id=order-7",
                "element-type=int32", "2a000000");
    }

    /** As it lies in a {@code bytes(80)}. */
    private Path envelopeFile() throws IOException {
        return Files.write(directory.resolve("envelope"), EnvelopeSlot.of("bytes(80)").orElseThrow().fill(EXAMPLE));
    }

    private List<String> run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        try {
            assertThat(process.waitFor(2, TimeUnit.MINUTES)).as(String.join(" ", command)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
        return lines;
    }
}

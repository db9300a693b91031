package io.zeroipc.documentation;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.ElementSchema;
import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The struct of {@code docs/guide/other-languages.md}, laid out by each language as the page writes it. */
@Tag("process")
class OtherLanguagesTest {

    private static final String PAGE = "docs/guide/other-languages.md";

    /** As on the page, which a test below compares. */
    public record Reading(long timestamp, double value, int sensor, @Length(8) String unit, boolean valid) {}

    private static final ElementSchema SCHEMA = Codecs.record(Reading.class).schema();

    @TempDir
    Path directory;

    @Test
    void shouldBeTheRecordOfThePage() {
        String components = "Reading(long timestamp, double value, int sensor, @Length(8) String unit, boolean valid)";

        assertThat(Snippet.of(PAGE)).filteredOn(snippet -> snippet.text().contains("public record"))
                .singleElement()
                .satisfies(snippet -> assertThat(snippet.text()).contains(components));
    }

    @Test
    void shouldBeExportedAsThePageShows() {
        String header = Export.of(Reading.class).source(Language.CPP).replace(Reading.class.getName(), "Reading");

        assertThat(Snippet.of(PAGE)).filteredOn(snippet -> snippet.text().startsWith("// Types of"))
                .singleElement()
                .satisfies(snippet -> assertThat(snippet.text().strip()).isEqualTo(header.strip()));
    }

    @Test
    void shouldLieAsInJavaWhenCppCompilesTheStruct() throws Exception {
        write("reading.hpp");
        String offsets = SCHEMA.fields()
                .stream()
                .map(field -> "std::printf(\"" + field.name() + "=%zu \", offsetof(Reading, " + field.name() + "));")
                .collect(Collectors.joining("\n"));
        Files.writeString(directory.resolve("main.cpp"), """
                #include <cstdio>
                #include "reading.hpp"
                int main() {
                %s
                std::printf("size=%%zu\\n", sizeof(Reading));
                }
                """.formatted(offsets));
        String binary = directory.resolve("layout").toString();
        run(Requirements.program("g++").toString(), "-std=c++17", "-Wall", "-Wextra", "-Werror", "-o", binary,
                directory.resolve("main.cpp").toString());

        assertThat(run(binary)).isEqualTo(layout());
    }

    @Test
    void shouldLieAsInJavaWhenPythonUnpacksTheStruct() throws Exception {
        write("reading.py");

        try (Segment segment = Segment.at(directory.resolve("plant")).size(1 << 14).create()) {
            SharedArray.create(segment, "readings", Codecs.record(Reading.class), 1)
                    .set(0, new Reading(-5, 1.25, 77, "kelvin", true));
            assertThat(run(Requirements.python().toString(), "-c", """
                    import reading, sys
                    bytes = open(sys.argv[1], "rb").read()
                    print(reading.READING.size, *reading.unpack(bytes, int(sys.argv[2])))
                    """, segment.path().toString(), Long.toString(segment.entries().getFirst().offset() + 8)))
                    .isEqualTo("32 -5 1.25 77 kelvin True");
        }
    }

    @Test
    void shouldLieAsInJavaWhenNumpyAlignsTheDtype() throws Exception {
        write("reading_dtype.py");

        assertThat(run(Requirements.python("numpy").toString(), "-c", """
                from reading_dtype import READING
                print(*[f"{name}={READING.fields[name][1]}" for name in READING.names], f"size={READING.itemsize}")
                """)).isEqualTo(layout());
    }

    @Test
    void shouldBeOneMemoryWhenNumpyMapsAnArrayOfJava() throws Exception {
        write("reading_dtype.py");
        write("zarray.py");
        try (Segment segment = Segment.at(directory.resolve("plant")).size(1 << 14).create()) {
            SharedArray.create(segment, "other", Codecs.int32(), 3);
            SharedArray<Reading> readings = SharedArray.create(segment, "readings", Codecs.record(Reading.class), 4);
            for (int i = 0; i < 4; i++) {
                readings.set(i, new Reading(i, i + 0.5, 100 + i, "K", true));
            }

            assertThat(run(Requirements.python("numpy").toString(), "-c", """
                    import sys
                    from reading_dtype import READING
                    from zarray import shared_array
                    readings = shared_array(sys.argv[1], "readings", READING)
                    print(len(readings), readings["value"].mean(), readings["unit"][3].decode())
                    readings["value"] *= 2
                    """, segment.path().toString())).isEqualTo("4 2.0 K");

            assertThat(readings.get(3)).isEqualTo(new Reading(3, 7.0, 103, "K", true));
        }
    }

    @Test
    void shouldReadTheNewestMessageWhenJavaWritesThemInAllLengths() throws Exception {
        write("show.py");
        try (Segment segment = camera()) {
            SharedState<byte[]> frames = SharedState.create(segment, "frames", Codecs.frame(1000));
            export(segment);
            String[] show = {Requirements.python().toString(), "-B", "-W", "error", "show.py"};
            assertThat(run(show)).isEqualTo("None");
            try (StateWriter<byte[]> writer = frames.writer()) {
                writer.set("hello".getBytes(StandardCharsets.UTF_8), 7);
                assertThat(run(show)).isEqualTo("Snapshot(version=1, timestamp=7, value=b'hello')");
                writer.set(new byte[0], 8);
                assertThat(run(show)).isEqualTo("Snapshot(version=2, timestamp=8, value=b'')");
                writer.set("x".repeat(1000).getBytes(StandardCharsets.UTF_8), 9);
                assertThat(run(show))
                        .isEqualTo("Snapshot(version=3, timestamp=9, value=b'" + "x".repeat(1000) + "')");
            }
        }
    }

    @Test
    void shouldBeReadByJavaWhenPythonWritesAMessage() throws Exception {
        write("send.py");
        try (Segment segment = camera()) {
            SharedState<byte[]> frames = SharedState.create(segment, "frames", Codecs.frame(1000));
            export(segment);
            for (String message : List.of("hello", "", "x".repeat(1000))) {
                Path input = Files.writeString(directory.resolve("input"), message);
                long before = frames.version();
                Process send = new ProcessBuilder(Requirements.python().toString(), "-B", "-W", "error", "send.py")
                        .directory(directory.toFile())
                        .redirectInput(input.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                assertThat(send.waitFor()).isZero();
                assertThat(frames.snapshot()).isNotNull().satisfies(newest -> {
                    assertThat(newest.version()).isEqualTo(before + 1);
                    assertThat(newest.value()).asString(StandardCharsets.UTF_8).isEqualTo(message);
                });
            }
        }
    }

    /** Each message is its own checksum: what is torn is found out. */
    @Test
    void shouldReadWholeMessagesWhenPythonWritesThemWithoutAPause() throws Exception {
        int messages = 20_000;
        try (Segment segment = camera()) {
            SharedState<byte[]> frames = SharedState.create(segment, "frames", Codecs.frame(1000));
            export(segment);
            Process writer = new ProcessBuilder(Requirements.python().toString(), "-B", "-c", """
                    import random, struct, sys, zlib
                    import camera
                    writer = camera.Camera().frames().writer()
                    print("writing", flush=True)
                    for number in range(1, int(sys.argv[1]) + 1):
                        body = struct.pack("<I", number) + random.randbytes(random.randrange(900))
                        writer.set(struct.pack("<I", zlib.crc32(body)) + body)
                    sys.stdin.readline()
                    """, Integer.toString(messages)).directory(directory.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long seen = 0;
            try {
                assertThat(writer.inputReader().readLine()).isEqualTo("writing");
                assertThatExceptionOfType(RoleTakenException.class).isThrownBy(frames::writer);
                int number = 0;
                long version = 0;
                while (number < messages) {
                    SharedState.Snapshot<byte[]> newest = frames.awaitChange(version, Duration.ofMinutes(1));
                    assertThat(newest).as("after %d", number).isNotNull();
                    version = newest.version();
                    ByteBuffer message = ByteBuffer.wrap(newest.value()).order(ByteOrder.LITTLE_ENDIAN);
                    CRC32 checksum = new CRC32();
                    checksum.update(newest.value(), 4, newest.value().length - 4);
                    assertThat(message.getInt(0)).isEqualTo((int) checksum.getValue());
                    number = message.getInt(4);
                    assertThat(version).isEqualTo(number);
                    seen++;
                }
            } finally {
                writer.destroyForcibly().waitFor();
            }
            assertThat(seen).isPositive();
            try (StateWriter<byte[]> next = frames.writer()) {
                next.set(new byte[] {1});
                assertThat(next.version()).isEqualTo(messages + 1);
            }
        }
    }

    /** The other way round: what Python has read is whole, and its numbers only grow. */
    @Test
    void shouldReadWholeMessagesWhenJavaWritesThemWithoutAPause() throws Exception {
        try (Segment segment = camera()) {
            SharedState<byte[]> frames = segment.create("frames", SharedState.spec(Codecs.frame(1000), 32));
            export(segment);
            Process reader = new ProcessBuilder(Requirements.python().toString(), "-B", "-c", """
                    import struct, zlib
                    import camera
                    seen = 0
                    print("reading", flush=True)
                    for version, timestamp, payload in camera.Camera().frames().changes():
                        assert struct.unpack_from("<I", payload)[0] == zlib.crc32(payload[4:]), "damaged"
                        number = struct.unpack_from("<q", payload, 4)[0]
                        assert number == timestamp, (number, timestamp)
                        assert version > seen, (version, seen)
                        seen = version
                        if number == -1:
                            break
                    print("done", flush=True)
                    """).directory(directory.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (StateWriter<byte[]> writer = frames.writer(); BufferedReader output = reader.inputReader()) {
                assertThat(output.readLine()).isEqualTo("reading");
                Random random = new Random(1);
                for (long number = 1; number <= 200_000; number++) {
                    writer.set(message(number, random.nextInt(900)), number);
                }
                writer.set(message(-1, 0), -1);
                assertThat(output.readLine()).isEqualTo("done");
                assertThat(reader.waitFor()).isZero();
            } finally {
                reader.destroyForcibly().waitFor();
            }
        }
    }

    private static byte[] message(long number, int more) {
        ByteBuffer message = ByteBuffer.allocate(12 + more).order(ByteOrder.LITTLE_ENDIAN);
        message.putLong(4, number);
        for (int i = 12; i < 12 + more; i++) {
            message.put(i, (byte) (number + i));
        }
        CRC32 checksum = new CRC32();
        checksum.update(message.array(), 4, message.capacity() - 4);
        return message.putInt(0, (int) checksum.getValue()).array();
    }

    private Segment camera() {
        return Segment.at(directory.resolve("camera")).size(1 << 17).create();
    }

    private void export(Segment segment) throws IOException {
        Files.writeString(directory.resolve("camera.py"), Export.of(segment).source(Language.PYTHON));
    }

    private static String layout() {
        return SCHEMA.fields()
                .stream()
                .map(field -> field.name() + "=" + field.offset())
                .collect(Collectors.joining(" "))
                + " size=" + SCHEMA.byteSize();
    }

    private void write(String file) throws IOException {
        Files.writeString(directory.resolve(file), Snippet.file(PAGE, file).text());
    }

    private String run(String... command) throws IOException, InterruptedException {
        return Programs.output(directory, List.of(command));
    }
}

package io.zeroipc.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codecs;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** What {@code docs/guide/arenas.md} shows in Python, beside Java. */
@Tag("process")
class ArenasPageTest {

    private static final String PAGE = "docs/guide/arenas.md";

    @TempDir
    Path directory;

    private List<String> programs() {
        return Snippet.of(PAGE)
                .stream()
                .filter(snippet -> snippet.language().equals("python"))
                .map(snippet -> snippet.text().replace("/data/", directory + "/"))
                .toList();
    }

    private String run(String program) throws Exception {
        return Programs.output(directory, List.of(Requirements.python("numpy").toString(), "-c", program));
    }

    @Test
    void shouldOpenWhatThePageWritesInPython() throws Exception {
        run(programs().getFirst());
        try (PackedArena arena = PackedArena.open(directory.resolve("weather.json"))) {
            assertThat(arena.array("grid", Codecs.float64()).shape()).isEqualTo(Shape.of(100, 50));
            assertThat(arena.file()).isEqualTo(directory.resolve("weather.bin"));
        }
        assertThat(Files.size(directory.resolve("weather.bin"))).isEqualTo(40_000);
    }

    @Test
    void shouldBeOneMemoryWhenJavaMakesTheArenaAndPythonMapsIt() throws Exception {
        try (PackedArena arena = PackedArena.at(directory.resolve("forecast.json"))
                .array("temperature", Codecs.float64(), Shape.of(100, 50))
                .array("stations", Codecs.int32(), Shape.of(12))
                .openOrCreate()) {
            arena.array("temperature", Codecs.float64()).set(5 * 50 + 7, 21.5);
            assertThat(run(programs().getLast() + """

                    print(temperature.shape, temperature[5, 7])
                    temperature[99, 49] = -1.5
                    """)).isEqualTo("(100, 50) 21.5");
            assertThat(arena.array("temperature", Codecs.float64()).at(99, 49)).isEqualTo(-1.5);
        }
    }
}

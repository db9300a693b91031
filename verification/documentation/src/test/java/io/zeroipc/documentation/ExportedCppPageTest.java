package io.zeroipc.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** The program of {@code docs/guide/exported-files.md} in C++, as the page shows it, beside Java. */
@Tag("process")
class ExportedCppPageTest {

    private static final String PAGE = "docs/guide/exported-files.md";

    record Reading(long time, double value) {}

    record Order(int sensor, double target) {}

    @TempDir
    Path directory;

    @Test
    void shouldWorkWithTheSegmentOfThePage() throws Exception {
        try (Segment segment = Segment.at(directory.resolve("plant.segment")).size(1 << 16).create()) {
            SharedState<Reading> newest = segment.create("newest", SharedState.spec(Codecs.record(Reading.class)));
            SharedQueue<Order> orders = SharedQueue.create(segment, "orders", Codecs.record(Order.class), 2);
            SharedCounter done = SharedCounter.create(segment, "done");
            // As the page's, which is called /dev/shm/plant.
            Files.writeString(directory.resolve("plant.hpp"),
                    Export.of(segment).source(Language.CPP).replace("PlantSegment", "Plant"));
            Files.writeString(directory.resolve("plant.cpp"), Snippet.file(PAGE, "plant.cpp").text());
            String program = directory.resolve("plant").toString();
            Programs.output(directory, List.of(Requirements.program("g++").toString(), "-std=c++17", "-O2", "-pthread",
                    "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", program, "plant.cpp"));

            assertThat(run(program, segment)).isEqualTo("done 1");
            assertThat(orders.poll()).isEqualTo(new Order(7, 21.5));
            try (StateWriter<Reading> writer = newest.writer()) {
                writer.set(new Reading(1, 2.5));
            }
            assertThat(run(program, segment)).isEqualTo("value 2.5\ndone 2");
            assertThat(done.get()).isEqualTo(2);
            assertThat(run(program, segment)).endsWith("done 3");
            assertThat(run(program, segment)).contains("full");
        }
    }

    private String run(String program, Segment segment) throws Exception {
        return Programs.output(directory, List.of(program, segment.path().toString()));
    }
}

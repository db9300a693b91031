package io.zeroipc.documentation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.export.Export;
import io.zeroipc.export.Language;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.testing.Requirements;

import static org.assertj.core.api.Assertions.assertThat;

/** The program in Rust of {@code docs/guide/exported-files.md}, beside Java. */
@Tag("process")
class ExportedRustTest {

    private static final String PAGE = "docs/guide/exported-files.md";

    public record Tick(long time, double price) {}

    public record Job(int id, boolean urgent) {}

    @TempDir
    Path directory;

    @Test
    void shouldWriteWhatThePageShows() throws Exception {
        try (Segment segment = Segment.at(directory.resolve("telemetry")).size(1 << 16).create()) {
            SharedState<Tick> newest = SharedState.create(segment, "newest", Codecs.record(Tick.class));
            SharedQueue<Job> jobs = SharedQueue.create(segment, "jobs", Codecs.record(Job.class), 8);
            SharedQueue<Job> done = SharedQueue.create(segment, "done", Codecs.record(Job.class), 8);
            SharedRing<Tick> history = SharedRing.create(segment, "history", Codecs.record(Tick.class), 8);
            SharedCounter total = SharedCounter.create(segment, "total");
            try (StateWriter<Tick> writer = newest.writer()) {
                writer.set(new Tick(7, 10.5));
            }
            jobs.put(new Job(1, true));
            jobs.put(new Job(2, false));
            Files.writeString(directory.resolve("telemetry.rs"),
                    Export.of(segment).named("telemetry").source(Language.RUST));
            Files.writeString(directory.resolve("main.rs"), Snippet.file(PAGE, "main.rs").text());
            String program = directory.resolve("main").toString();
            run(Requirements.program("rustc").toString(), "--edition=2021", "-Dwarnings", "-o", program,
                    directory.resolve("main.rs").toString());

            List<Snippet> snippets = Snippet.of(PAGE);
            int shown = snippets.indexOf(Snippet.file(PAGE, "main.rs"));
            assertThat(run(program)).isEqualTo(snippets.get(shown + 1).text().strip());

            assertThat(done.poll()).isEqualTo(new Job(3, true));
            assertThat(total.get()).isEqualTo(2);
            try (RingReader<Tick> reader = history.reader()) {
                assertThat(reader.poll()).isEqualTo(new Tick(8, 10.75));
            }
        }
    }

    private String run(String... command) throws Exception {
        return Programs.output(directory, List.of(command));
    }
}

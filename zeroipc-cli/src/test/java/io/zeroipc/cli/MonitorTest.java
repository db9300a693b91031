package io.zeroipc.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.json.Json;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** The view of a segment at work, in a terminal and in a pipe. */
class MonitorTest extends CommandLineTest {

    @Test
    void shouldWriteLinesWithRatesWhenMonitoredInAPipe() {
        try (Segment segment = Segment.at(directory.resolve("m")).size(1 << 14).create()) {
            SharedState<Long> state = SharedState.create(segment, "now", Codecs.int64());
            SharedRing<Long> ring = segment.create("ring", SharedRing.spec(Codecs.int64(), 4, true));
            StateWriter<Long> writer = state.writer();
            RingWriter<Long> history = ring.writer();
            Thread feeder = Thread.ofPlatform().start(() -> {
                for (long i = 1; !Thread.currentThread().isInterrupted(); i++) {
                    writer.set(i);
                    history.offer(i);
                    // A writer without a pause leaves a reader that is not yet compiled no time to copy.
                    LockSupport.parkNanos(100_000);
                }
            });
            try {
                assertThat(in("monitor", "m", "now", "-i", "50", "-n", "3")).isZero();
                assertThat(out.lines()).hasSize(3);
                assertThat(out.lines().skip(1)).allSatisfy(line -> assertThat(line)
                        .containsPattern("now {2}state {2}1 of 1 {2}version \\+[0-9.]+/s {2}[0-9]+"));
                assertThat(in("monitor", "m", "-i", "5", "-n", "1", "--json")).isZero();
                assertThat(out.lines().map(line -> Json.object(Json.parse(line), "line").get("structure")))
                        .containsExactly("now", "ring");
            } finally {
                feeder.interrupt();
                join(feeder);
            }
            assertThat(in("monitor", "m", "none")).isEqualTo(3);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String screen(int rows, String... more) {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        List<String> arguments = new ArrayList<>(
                List.of("monitor", directory.resolve("seg").toString(), "-i", "5", "-n", "2"));
        arguments.addAll(List.of(more));
        assertThat(ZeroIpc.run(new Terminal(writer, writer, true, true, () -> rows), arguments.toArray(String[]::new)))
                .as(output::toString)
                .isZero();
        return output.toString();
    }

    @Test
    void shouldRedrawItselfAndGiveTheScreenBackWhenMonitoredInATerminal() {
        assertThat(in("create", "seg", "q:queue:int32:8")).isZero();
        words("seg", "push q 1 2");
        String screen = screen(0);
        assertThat(screen).startsWith("\u001b[?1049h").endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l");
        assertThat(screen.split("\u001b\\[H", -1)).hasSize(3);
        assertThat(screen).contains("#######.......................");
    }

    @Test
    void shouldDrawNoMoreLinesThanTheScreenHasWhenThereAreMoreStructures() {
        String[] structures = IntStream.range(0, 20).mapToObj(i -> "n" + i + ":counter").toArray(String[]::new);
        assertThat(in("create", "seg", structures)).isZero();
        String first = screen(10).split("\u001b\\[H", -1)[1];
        assertThat(first.split("\r\n", -1)).hasSize(10);
        assertThat(first).contains("n5").doesNotContain("n6").contains("14 more lines");
        assertThat(screen(0)).contains("n19").doesNotContain("more lines");
    }

    @Test
    void shouldShowARecordFieldByFieldWhenItIsTheOnlyValue() {
        record Sample(long number, double share) {}
        try (Segment segment = Segment.at(directory.resolve("seg")).size(1 << 14).create()) {
            SharedState.create(segment, "now", Codecs.record(Sample.class)).writer().set(new Sample(7, 0.5));
        }
        assertThat(screen(0, "now")).contains("number").contains("share").doesNotContain("{\"number\"");
        assertThat(words("seg", "monitor now -n 1")).isZero();
        assertThat(out).contains("{\"number\":7,\"share\":0.5}");
    }

    @Test
    void shouldTellTheFiguresWhenAStructureHasNoElements() {
        assertThat(in("create", "seg", "n:counter")).isZero();
        words("seg", "set n 41");
        assertThat(words("seg", "monitor -n 1")).isZero();
        assertThat(out).endsWith("  n  counter  value=41 width=8\n");
    }

    @Test
    void shouldEndWhenNobodyReadsAnyMore() {
        assertThat(in("create", "seg", "n:counter")).isZero();
        AtomicInteger looks = new AtomicInteger();
        PrintWriter gone = new PrintWriter(new Writer() {
            @Override
            public void write(char[] text, int from, int count) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {
                looks.incrementAndGet();
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        });
        assertThat(ZeroIpc.run(new Terminal(gone, gone, false, false, () -> 0), "monitor",
                directory.resolve("seg").toString(), "-i", "1", "-n", "50")).isZero();
        assertThat(looks).hasValue(1);
    }

    @Test
    void shouldSayWhyWhenTheSegmentIsReplacedMeanwhile() throws IOException {
        assertThat(in("create", "seg", "n:counter")).isZero();
        Path file = directory.resolve("seg");
        PrintWriter removing = new PrintWriter(new StringWriter() {
            @Override
            public void flush() {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        StringWriter errors = new StringWriter();
        assertThat(ZeroIpc.run(new Terminal(removing, new PrintWriter(errors), false, false, () -> 0), "monitor",
                file.toString(), "-i", "1", "-n", "1000")).isEqualTo(3);
        assertThat(errors.toString()).contains("segment");
    }

    @Test
    @Tag("process")
    void shouldGiveTheScreenBackWhenItIsEnded() throws InterruptedException {
        assertThat(in("create", "seg", "n:counter")).isZero();
        try (PeerProcess monitor = PeerProcess.of(Screen.class).withArguments(directory.resolve("seg")).start()) {
            monitor.awaitLineWith("STRUCTURE");
            monitor.terminate();
            assertThat(monitor.join()).isEqualTo(143);
            assertThat(String.join("\n", monitor.output())).endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l");
        }
    }

    /** The command in what it takes for a terminal. */
    static final class Screen {

        private Screen() {
        }

        public static void main(String[] arguments) {
            PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
            ZeroIpc.run(new Terminal(out, out, true, true, () -> 0), "monitor", arguments[0], "-i", "20");
        }
    }
}

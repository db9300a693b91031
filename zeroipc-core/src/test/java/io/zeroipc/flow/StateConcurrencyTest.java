package io.zeroipc.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedState.Snapshot;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** One writer as fast as it can, several readers; each value carries its own proof. */
class StateConcurrencyTest {

    private static final int COUNT = 300_000;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldNeverShowATornValueWhenTheWriterLapsTheReaders() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedState<Checked> here = SharedState.create(segment, "state", Checked.CODEC);
        SharedState<Checked> there = SharedState.open(segments.openReadOnly(segment), "state", Checked.CODEC);
        AtomicBoolean written = new AtomicBoolean();
        List<Reader> readers = List.of(new Reader(here), new Reader(there), new Reader(there));
        List<Thread> threads = readers.stream()
                .map(each -> Thread.ofPlatform().start(() -> each.readUntil(written)))
                .toList();
        StateSubscription<Checked> changes = here.subscribe(Start.EARLIEST);
        try (StateWriter<Checked> writer = here.writer()) {
            for (int i = 1; i <= COUNT; i++) {
                writer.set(Checked.of(i), i);
            }
        } finally {
            written.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }

        for (Reader reader : readers) {
            assertThat(reader.wrong).isEmpty();
            assertThat(reader.last).isEqualTo(COUNT);
            assertThat(reader.seen + reader.lost).isEqualTo(COUNT);
        }
        assertThat(changes.poll()).isEqualTo(Checked.of(COUNT));
        assertThat(changes.lost()).isEqualTo(COUNT - 1);
    }

    @Test
    void shouldNeverStepBackWhenAPrimitiveIsRead() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedState<Long> here = SharedState.create(segment, "state", Codecs.int64());
        SharedState<Long> there = SharedState.open(segments.open(segment), "state", Codecs.int64());
        List<String> wrong = new ArrayList<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            long last = 0;
            while (last < COUNT) {
                long value = there.getLong(0);
                if (value < last) {
                    wrong.add(value + " after " + last);
                }
                last = value;
            }
        });
        try (StateWriter<Long> writer = here.writer()) {
            for (long i = 1; i <= COUNT; i++) {
                writer.setLong(i);
            }
        } finally {
            reader.join();
        }

        assertThat(wrong).isEmpty();
    }

    private static final class Reader {

        private final SharedState<Checked> state;
        private final StateSubscription<Checked> changes;
        private final List<String> wrong = new ArrayList<>();
        private long last;
        private long seen;
        private long lost;

        Reader(SharedState<Checked> state) {
            this.state = state;
            this.changes = state.subscribe(Start.LATEST);
        }

        void readUntil(AtomicBoolean written) {
            while (true) {
                boolean end = written.get();
                Snapshot<Checked> change = changes.pollSnapshot();
                if (change != null) {
                    check(change);
                    seen++;
                    last = change.version();
                }
                Snapshot<Checked> snapshot = state.snapshot();
                if (snapshot != null) {
                    check(snapshot);
                }
                if (end && change == null) {
                    lost = changes.lost();
                    return;
                }
            }
        }

        private void check(Snapshot<Checked> snapshot) {
            if (!snapshot.value().isWhole() || snapshot.value().number() != snapshot.version()
                    || snapshot.timestamp() != snapshot.version() || snapshot.version() < last) {
                wrong.add("torn or stale: " + snapshot + " after " + last);
            }
        }
    }
}

package io.zeroipc.collection;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class RingProcessTest {

    private static final int COUNT = 200_000;
    /** More than a child that is killed soon can write. */
    private static final long ENDLESS = Long.MAX_VALUE / 2;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<String> wrong = new ArrayList<>();

    @Test
    void shouldDeliverEveryElementWhenAnotherProcessWrites() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedRing<Checked> ring = segment.create("ring", SharedRing.spec(Checked.CODEC, 100));
        try (PeerProcess child = writer(segment, false, COUNT); RingReader<Checked> reader = ring.reader()) {
            child.await("ready");
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(ring::writer)
                    .withMessageContaining("role=writer");
            child.send("go");
            for (long number = 0; number < COUNT; number++) {
                check(reader.take(), number);
            }
            child.await("written");
            assertThat(child.join()).as("%s", child).isZero();
            assertThat(reader.poll()).isNull();
        }
        assertThat(wrong).isEmpty();
        ring.writer().close();
    }

    @Test
    void shouldDeliverNoTornElementWhenAnotherProcessOverwrites() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedRing<Checked> ring = segment.create("ring", SharedRing.spec(Checked.CODEC, 8, true));
        try (PeerProcess child = writer(segment, true, COUNT);
                RingCursor<Checked> cursor = ring.cursor(Start.LATEST)) {
            child.await("ready");
            SharedRing<Checked> removing = SharedRing.open(segment, "ring", Checked.CODEC);
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(removing::reader);
            child.send("go");
            long seen = 0;
            Checked last = null;
            while (last == null || last.number() != COUNT - 1) {
                Checked element = cursor.take();
                check(element, cursor.position());
                last = element;
                seen++;
            }
            child.await("written");
            assertThat(child.join()).as("%s", child).isZero();
            assertThat(seen + cursor.lost()).isEqualTo(COUNT);
            removing.reader().close();
        }
        assertThat(wrong).isEmpty();
        assertThat(ring.totalWritten()).isEqualTo(COUNT);
    }

    @Test
    void shouldGoOnBehindTheLastElementWhenAWriterIsKilled() throws InterruptedException {
        Segment segment = segments.create(1 << 16);
        SharedRing<Checked> ring = segment.create("ring", SharedRing.spec(Checked.CODEC, 16, true));
        RingCursor<Checked> cursor = ring.cursor(Start.EARLIEST);
        for (int round = 0; round < 3; round++) {
            try (PeerProcess child = writer(segment, true, ENDLESS)) {
                child.await("ready");
                child.send("go");
                for (int i = 0; i < 5_000; i++) {
                    check(cursor.take(), cursor.position());
                }
                child.kill();
            }
            // The kernel has freed both roles, and nothing that can be read is damaged.
            long written = ring.totalWritten();
            try (RingWriter<Checked> writer = ring.writer()) {
                writer.offer(Checked.of(written));
            }
            Checked last = null;
            for (Checked element = cursor.poll(); element != null; element = cursor.poll()) {
                check(element, cursor.position());
                last = element;
            }
            assertThat(last).isEqualTo(Checked.of(written));
            assertThat(cursor.position()).isEqualTo(written);
        }
        assertThat(wrong).isEmpty();
    }

    private static PeerProcess writer(Segment segment, boolean overwrite, long count) {
        return PeerProcess.of(RingChild.class).withArguments(segment.path(), "ring", overwrite, count).start();
    }

    private void check(Checked element, long number) {
        if (!element.isWhole() || element.number() != number) {
            wrong.add(element + " as number " + number);
        }
    }
}

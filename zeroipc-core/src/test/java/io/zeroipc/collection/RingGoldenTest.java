package io.zeroipc.collection;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Block;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;

/** Array and ring beside those of the C++ implementation; the segment as a whole is the matter of another test. */
class RingGoldenTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldGoOnWhereCppLeftTheRing() {
        Path path = GoldenSegment.copyTo(segments.directory());
        SharedRing<Integer> ring = SharedRing.open(segments.track(Segment.at(path).open()), "ring", Codecs.int32());

        assertThat(ring.capacity()).isEqualTo(4);
        assertThat(ring.size()).isEqualTo(1);
        assertThat(ring.totalWritten()).isEqualTo(2);
        assertThat(ring.cursor(Start.EARLIEST).poll()).isEqualTo(8);
        assertThat(ring.writer().offerAll(List.of(9, 10, 11, 12))).isEqualTo(3);
        List<Integer> read = new ArrayList<>();
        ring.reader().drainTo(read::add, 9);
        assertThat(read).containsExactly(8, 9, 10, 11);
    }

    @Test
    void shouldWriteTheSameBytesWhenTheStepsAreTheSame() {
        Path path = GoldenSegment.copyTo(segments.directory());
        Segment golden = segments.track(Segment.at(path).open());
        Segment segment = segments.create(1 << 16);
        SharedArray.create(segment, "arr", Codecs.int32(), 5).copyFrom(new int[] {1, 2, 3, 4, 5}, 0, 0, 5);
        // C++ asked for 18 bytes and got four elements.
        SharedRing<Integer> ring = SharedRing.create(segment, "ring", Codecs.int32(), 4);
        RingWriter<Integer> writer = ring.writer();
        writer.offer(7);
        writer.offer(8);
        assertThat(ring.reader().poll()).isEqualTo(7);

        for (String name : List.of("arr", "ring")) {
            assertThat(bytes(segment, name)).as(name).isEqualTo(bytes(golden, name));
        }
    }

    private static byte[] bytes(Segment segment, String name) {
        Block block = segment.blocks(name).require("");
        return block.memory().toArray(ValueLayout.JAVA_BYTE);
    }
}

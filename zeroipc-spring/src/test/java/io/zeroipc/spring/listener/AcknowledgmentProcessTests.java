package io.zeroipc.spring.listener;

import java.nio.file.Path;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;

/** What is left of an element when the process dies while its listener works on it. */
@Tag("process")
class AcknowledgmentProcessTests {

    @TempDir
    Path directory;

    @Test
    void elementWhenProcessIsKilledInTheListenerComesAgain() throws Exception {
        assertThat(leftAfterKill("AUTO")).isEqualTo(3);
    }

    @Test
    void elementWhenProcessIsKilledAndAckModeIsNoneIsGone() throws Exception {
        assertThat(leftAfterKill("NONE")).isEqualTo(4);
    }

    @Test
    void elementWhenProcessIsKilledBeforeItIsAcknowledgedComesAgain() throws Exception {
        assertThat(leftAfterKill("MANUAL")).isEqualTo(1);
    }

    /** The oldest element that the next reader sees, after 1 and 2 were processed and while 3 was. */
    private int leftAfterKill(String mode) throws Exception {
        try (Segment segment = Fixtures.file(directory).create()) {
            SharedRing<Integer> ring = SharedRing.create(segment, "in", Codecs.int32(), 8);
            for (int value = 1; value <= 5; value++) {
                assertThat(ring.outlet().offer(value)).isTrue();
            }
            try (PeerProcess child = PeerProcess.of(AcknowledgmentVictim.class)
                    .withArguments(directory, mode)
                    .start()) {
                child.await("working on 3");
                child.kill();
            }
            // The kernel has given the dead reader's role back.
            try (RingReader<Integer> next = ring.reader()) {
                Integer oldest = next.poll();
                assertThat(oldest).isNotNull();
                return oldest;
            }
        }
    }
}

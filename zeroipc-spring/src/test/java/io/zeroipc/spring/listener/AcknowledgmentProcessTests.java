package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.test.PeerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
                    .withArguments(directory, mode, "ring", false)
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

    /** Exactly those that the dead one had not finished, in a process that was there all the time. */
    @ParameterizedTest
    @CsvSource({"queue, AUTO, false, 3", "queue, AUTO, true, 1", "queue, MANUAL, false, 1", "queue, MANUAL, true, 1",
            "channel, AUTO, false, 3", "queue, NONE, false, 4"})
    void elementsOfAQueueWhoseListenerIsKilledComeAgain(String kind, AckMode mode, boolean batch, int first)
            throws Exception {
        List<Integer> received = new CopyOnWriteArrayList<>();
        try (DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
                ZeroIpcTemplate template = new ZeroIpcTemplate(segments)) {
            segments.define(Fixtures.host(StructureDefinition.of("in", AcknowledgmentVictim.spec(kind), Codecs.int32()))
                    .openedBy(Fixtures.file(directory)::create));
            IntStream.rangeClosed(1, 5).forEach(value -> template.send("host/in", value));
            ChannelListenerContainer survivor = new ChannelListenerContainer("survivor",
                    List.of(new ChannelName("host", "in")),
                    new Listening(false, message -> received.add((Integer) message.getPayload())),
                    new ListenerSettings(), segments);
            try (PeerProcess child = PeerProcess.of(AcknowledgmentVictim.class)
                    .withArguments(directory, mode, kind, batch)
                    .start()) {
                child.await("working on 3");
                survivor.start();
                template.send("host/in", 6);
                await().until(() -> received.contains(6));
                assertThat(received).doesNotContain(1, 2, 3);
                child.kill();
                await().untilAsserted(() -> assertThat(received)
                        .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(first, 6).boxed().toList()));
            } finally {
                survivor.stop();
            }
            for (int i = 0; i < 8; i++) {
                assertThat(template.trySend("host/in", i)).as("room for all").isTrue();
            }
        }
    }
}

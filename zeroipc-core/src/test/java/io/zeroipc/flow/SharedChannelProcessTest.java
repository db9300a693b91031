package io.zeroipc.flow;

import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class SharedChannelProcessTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAnswerInOrderWhenAnotherProcessEchoes(boolean buffered) throws Exception {
        Segment segment = segments.create(1 << 16);
        Spec<SharedChannel<Long>> spec = buffered
                ? SharedChannel.spec(Codecs.int64(), 4)
                : SharedChannel.unbuffered(Codecs.int64());
        SharedChannel<Long> questions = segment.create("questions", spec);
        SharedChannel<Long> answers = segment.create("answers", spec);
        try (PeerProcess child = PeerProcess.of(ChannelPeer.class).withArguments("echo", segment.path()).start()) {
            for (long i = 1; i <= 2000; i++) {
                assertThat(questions.trySend(i, PATIENCE)).as("%s", child).isTrue();
                assertThat(answers.tryReceive(PATIENCE)).as("%s", child).isEqualTo(-i);
            }
            questions.close();
            assertThat(answers.receive()).isNull();
            assertThat(child.join()).as("%s", child).isZero();
        }
        assertThat(answers.isClosed()).isTrue();
    }

    @Test
    void shouldGoOnWithTheNextReceiverWhenOneIsKilled() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedChannel<Long> questions = segment.create("questions", SharedChannel.unbuffered(Codecs.int64()));
        try (PeerProcess child = PeerProcess.of(ChannelPeer.class).withArguments("receive", segment.path()).start()) {
            child.await("waiting");
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(questions::tryReceive);
            child.kill();
        }
        // It is still counted, so its end looks like slowness, until somebody takes its place.
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> questions.trySend(1L, Duration.ZERO))
                .withMessageContaining("unknown");
        assertThat(questions.tryReceive()).isEqualTo(1);
        assertThat(questions.trySend(2L, Duration.ZERO)).isFalse();
        assertThat(questions.tryReceive()).isNull();
    }
}

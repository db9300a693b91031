package io.zeroipc.segment;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;
import io.zeroipc.wait.Deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** A consumer that keeps as much as it may sleeps, until somebody else commits: with native access and without. */
class KeptRunsWaitTest {

    /** As many runs as one may have. */
    private static final int RUNS = 128;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldBeWokenByACommitThoughItNeverLooksByItself() throws Exception {
        Segment segment = segments.create(1 << 16);
        SharedQueue<Long> queue = segment.create("queue",
                SharedQueue.spec(Codecs.int64(), 1024, OnConsumerDeath.REDELIVER));
        for (long i = 0; i < 2 * RUNS + 1; i++) {
            queue.offer(i);
        }
        segment.attachment().sleepFor(Deadline.FOREVER_NANOS, Deadline.FOREVER_NANOS);
        try (CommittingIntake<Long> intake = queue.committingIntake()) {
            for (int i = 0; i < RUNS; i++) {
                intake.poll();
                queue.poll();
            }
            try (Waiter<Long> waiting = Waiter.of(intake::take)) {
                // Not one of the short sleeps before the long one.
                await().during(Duration.ofMillis(200)).until(waiting::isSleeping);
                intake.commit(0);
                assertThat(waiting.get()).isEqualTo(2 * RUNS);
            }
        }
    }
}

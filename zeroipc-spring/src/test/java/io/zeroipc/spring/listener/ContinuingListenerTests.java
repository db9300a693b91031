package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.util.backoff.BackOff;
import org.springframework.util.backoff.FixedBackOff;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** A listener that says where it has ended, in a structure that removes nothing. */
class ContinuingListenerTests {

    @TempDir
    Path directory;

    private final DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
    private final Keeper keeper = new Keeper();
    private Segment segment;
    private SharedRing<Long> ring;
    private ChannelListenerContainer container;

    @BeforeEach
    void makeRing() {
        segment = Fixtures.file(directory).create();
        ring = segment.create("history", SharedRing.spec(Codecs.int64(), 8, true));
        segments.register("host", segment);
        ListenerSettings settings = new ListenerSettings();
        settings.failures().setFailureAction(FailureAction.STOP).setRetryPolicy(new Always());
        container = new ChannelListenerContainer("keeper", List.of(new ChannelName("host", "history")), keeper,
                settings, segments);
    }

    @AfterEach
    void close() {
        container.stop();
        segments.close();
        segment.close();
    }

    @Test
    void eachStartGoesOnBehindThePositionOfTheListener() {
        send(0, 3);
        container.start();
        Awaitility.await().until(() -> keeper.seen.size() == 3);
        container.stop();
        send(3, 6);

        container.start();

        Awaitility.await().until(() -> keeper.seen.size() == 6);
        assertThat(keeper.seen).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(keeper.positions).isEqualTo(keeper.seen);
    }

    @Test
    void whatAStopFindsInWorkIsLeftForTheNextStart() {
        keeper.failing = true;
        container.start();
        send(0, 3);
        Awaitility.await().until(() -> keeper.attempts > 1);

        container.stop();

        assertThat(container.getState()).isEqualTo(ContainerState.STOPPED);
        assertThat(container.getStatistics().firstEntry().getValue().discarded()).isZero();
        keeper.failing = false;
        container.start();
        Awaitility.await().until(() -> keeper.seen.size() == 3);
        assertThat(keeper.seen).containsExactly(0L, 1L, 2L);
    }

    @Test
    void whatWasOverwrittenMeanwhileIsCounted() {
        send(0, 3);
        container.start();
        Awaitility.await().until(() -> keeper.seen.size() == 3);
        container.stop();
        send(3, 16);

        container.start();

        Awaitility.await().until(() -> keeper.seen.size() == 11);
        assertThat(container.getStatistics().firstEntry().getValue().lost()).isEqualTo(5);
        assertThat(keeper.positions.getLast()).isEqualTo(15);
    }

    @Test
    void positionsOfABatchAreRefusedToWhomHasNotAskedForThem() {
        ElementMessage batch = new ElementMessage("id", new ChannelName("host", "history"), List.of(1L, 2L), 2, 7);

        assertThatIllegalStateException().isThrownBy(() -> batch.sequence(0)).withMessageContaining("listener=id");
    }

    private void send(long from, long to) {
        for (long value = from; value < to; value++) {
            assertThat(ring.outlet().offer(value)).isTrue();
        }
    }

    private static final class Always implements RetryPolicy {

        @Override
        public boolean shouldRetry(Throwable thrown) {
            return true;
        }

        @Override
        public BackOff getBackOff() {
            return new FixedBackOff(1, FixedBackOff.UNLIMITED_ATTEMPTS);
        }
    }

    /** Keeps what it has seen, and where. */
    private static final class Keeper implements ElementListener {

        private final List<Long> seen = new CopyOnWriteArrayList<>();
        private final List<Long> positions = new CopyOnWriteArrayList<>();
        private volatile boolean failing;
        private volatile int attempts;
        private volatile long last = -1;

        @Override
        public boolean isBatch() {
            return true;
        }

        @Override
        public boolean needsPositions() {
            return true;
        }

        @Override
        public OptionalLong attaching(ChannelName channel, Source<?> source) {
            return OptionalLong.of(last);
        }

        @Override
        public PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType) {
            return PayloadForm.VALUE;
        }

        @Override
        public void onMessage(ElementMessage message) {
            attempts = message.deliveryAttempt();
            if (failing) {
                throw new IllegalArgumentException("not now");
            }
            List<?> batch = (List<?>) message.getPayload();
            for (int i = 0; i < batch.size(); i++) {
                positions.add(message.sequence(i));
            }
            last = message.sequence();
            batch.forEach(element -> seen.add((Long) element));
        }
    }
}

package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/** What is open when the segment is closed keeps the mapping until it is ended, and everything comes back. */
class TopicClosingTest extends ClosingContract {

    private static final int CHUNKS = 8;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                working("loan, send and give back", keep -> SharedTopic.create(keep, "topic", CHUNKS, 64),
                        (closing, thread) -> {
                            SharedTopic topic = SharedTopic.open(closing, "topic");
                            return () -> {
                                try (Loan loan = topic.publisher().loan(8)) {
                                    loan.memory().set(ValueLayout.JAVA_LONG, 0, thread);
                                    if (thread == 0) {
                                        loan.send();
                                    }
                                }
                            };
                        }, TopicClosingTest::check),
                working("send and receive", keep -> SharedTopic.create(keep, "topic", CHUNKS, 64),
                        (closing, thread) -> {
                            SharedTopic topic = SharedTopic.open(closing, "topic");
                            TopicSubscriber subscriber = topic.subscribe();
                            return () -> {
                                try (Loan loan = topic.publisher().loan(8)) {
                                    loan.send();
                                }
                                try (Sample sample = subscriber.tryReceive()) {
                                    assertThat(sample == null ? 8 : sample.byteSize()).isEqualTo(8);
                                }
                            };
                        }, TopicClosingTest::check),
                working("subscribe and leave", keep -> SharedTopic.create(keep, "topic", CHUNKS, 64),
                        (closing, thread) -> {
                            SharedTopic topic = SharedTopic.open(closing, "topic");
                            return () -> {
                                try (TopicSubscriber subscriber = topic.subscribe()) {
                                    try (Loan loan = topic.publisher().loan(8)) {
                                        loan.send();
                                    }
                                    Objects.requireNonNull(subscriber.tryReceive()).close();
                                }
                            };
                        }, TopicClosingTest::check));
    }

    private static void check(SharedTopic topic) throws InterruptedException {
        assertThat(topic.subscribers()).isZero();
        assertThat(topic.occupancy().used()).isZero();
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < CHUNKS; i++) {
                SharedTopicTest.send(topic, "message " + i);
            }
            for (int i = 0; i < CHUNKS; i++) {
                assertThat(SharedTopicTest.receive(subscriber)).isEqualTo("message " + i);
            }
        }
    }

    @Test
    void shouldKeepTheMappingUntilALoanIsEndedWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedTopic topic = SharedTopic.create(keep, "topic", CHUNKS, 64);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            Segment closing = segments.open(keep);
            SharedTopic there = SharedTopic.open(closing, "topic");
            Loan sent = SharedTopicTest.loan(there, 8);
            Loan dropped = SharedTopicTest.loan(there, 8);
            MemorySegment memory = sent.memory();
            closing.close();
            memory.set(ValueLayout.JAVA_LONG, 0, 17);
            assertThat(topic.occupancy().used()).isEqualTo(2);
            assertThatIllegalStateException().isThrownBy(() -> there.publisher().tryLoan(1))
                    .withMessageContaining(closing.name());
            sent.send();
            dropped.close();
            assertThatIllegalStateException().isThrownBy(() -> memory.get(ValueLayout.JAVA_LONG, 0));
            try (Sample sample = SharedTopicTest.sample(subscriber)) {
                assertThat(sample.memory().get(ValueLayout.JAVA_LONG, 0)).isEqualTo(17);
            }
        }
        check(topic);
    }

    @Test
    void shouldKeepTheMappingUntilASampleIsClosedWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedTopic topic = SharedTopic.create(keep, "topic", CHUNKS, 64);
        Segment closing = segments.open(keep);
        TopicSubscriber subscriber = SharedTopic.open(closing, "topic").subscribe();
        SharedTopicTest.send(topic, "read");
        SharedTopicTest.send(topic, "not read");
        Sample sample = SharedTopicTest.sample(subscriber);
        MemorySegment memory = sample.memory();
        closing.close();
        assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 'r');
        assertThatIllegalStateException().isThrownBy(subscriber::tryReceive).withMessageContaining(closing.name());
        sample.close();
        assertThatIllegalStateException().isThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0));
        subscriber.close();
        check(topic);
    }

    @Test
    void shouldEndWaitsWhenTheSegmentIsClosed() throws Exception {
        Segment keep = segments.create(1 << 16);
        SharedTopic topic = SharedTopic.create(keep, "topic", 1, 64);
        Segment closing = segments.open(keep);
        SharedTopic there = SharedTopic.open(closing, "topic");
        TopicSubscriber subscriber = there.subscribe();
        try (Loan _ = SharedTopicTest.loan(topic, 1);
                Waiter<Loan> loaning = Waiter.of(() -> there.publisher().loan(1));
                Waiter<Sample> receiving = Waiter.of(subscriber::receive)) {
            await().until(() -> loaning.isSleeping() && receiving.isSleeping());
            closing.close();
            assertThat(loaning.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(closing.name());
            assertThat(receiving.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(closing.name());
        }
    }
}

package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/** Two threads end the same thing at once, a topic is opened again and again, and what happens once in years. */
class TopicMisuseTest {

    private static final String NAME = "topic";
    private static final int CHUNKS = 64;
    private static final int ROUNDS = 500;

    @RegisterExtension
    private final TemporarySegments segments = new TemporarySegments();

    private final ExecutorService second = Executors.newSingleThreadExecutor();
    private Segment segment;
    private SharedTopic topic;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 17);
        topic = SharedTopic.create(segment, NAME, CHUNKS, 64);
    }

    @AfterEach
    void endTheSecondThread() {
        second.close();
    }

    @Test
    void shouldTakeOneEntryOfPublishersWhenATopicIsOpenedAgainAndAgain() {
        for (int i = 0; i < 300; i++) {
            SharedTopicTest.send(SharedTopic.open(segment, NAME), "message");
        }
        assertThat(topic.sent()).isEqualTo(300);
    }

    /** The last sample gives the entry back, for the next one, and the close of its subscriber must not end that. */
    @Test
    void shouldNotEndTheNextSubscriberWhenTheLastSampleIsClosedMeanwhile() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            TopicSubscriber subscriber = topic.subscribe();
            SharedTopicTest.send(topic, "message");
            Sample sample = SharedTopicTest.sample(subscriber);
            TopicSubscriber next = inTwoThreads(() -> {
                sample.close();
                return topic.subscribe();
            }, subscriber::close);
            assertThat(topic.subscribers()).as("round %s", i).isEqualTo(1);
            Objects.requireNonNull(next).close();
        }
    }

    @Test
    void shouldGiveBackOnceWhenTwoThreadsCloseASample() throws Exception {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < ROUNDS; i++) {
                SharedTopicTest.send(topic, "message");
                SharedTopicTest.send(topic, "message");
                Sample sample = SharedTopicTest.sample(subscriber);
                Sample other = SharedTopicTest.sample(subscriber);
                inTwoThreads(() -> {
                    sample.close();
                    return null;
                }, sample::close);
                other.close();
            }
            assertThat(subscriber.tryReceive()).isNull();
        }
        assertThat(topic.subscribers()).isZero();
    }

    @Test
    void shouldSendOnceWhenTwoThreadsEndALoan() throws Exception {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < ROUNDS; i++) {
                Loan loan = SharedTopicTest.loan(topic, 8);
                Loan other = SharedTopicTest.loan(topic, 8);
                Integer sent = inTwoThreads(() -> {
                    try {
                        return loan.send();
                    } catch (IllegalStateException e) {
                        return null;
                    }
                }, loan::close);
                assertThat(topic.occupancy().used()).as("round %s", i).isEqualTo(sent == null ? 1 : 2);
                other.close();
                try (Sample sample = subscriber.tryReceive()) {
                    assertThat(sample == null).as("round %s", i).isEqualTo(sent == null);
                }
            }
        }
        assertThat(topic.occupancy().used()).isZero();
    }

    /** As whoever is killed between the two leaves it, and whoever is slow. */
    @Test
    void shouldNotRepeatAMessageWhenTheTailWasNotMovedBeforeTheNextSubscribes() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        try (TopicSubscriber subscriber = topic.subscribe()) {
            SharedTopicTest.send(topic, "one");
            Atomics.putLong(block, TopicDescriptor.layout(block).tail(), 0);
            assertThat(SharedTopicTest.receive(subscriber)).isEqualTo("one");
        }
        try (TopicSubscriber next = topic.subscribe()) {
            assertThat(SharedTopicTest.receive(next)).isNull();
            SharedTopicTest.send(topic, "two");
            assertThat(SharedTopicTest.receive(next)).isEqualTo("two");
            assertThat(next.lost()).isZero();
        }
    }

    /** After some months of a topic with few chunks. */
    @Test
    void shouldGoOnWhenTheLapsInDescriptorsRunRound() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        long start = ((1L << 44) - 2) * layout.slots();
        for (long position = start - layout.slots(); position < start; position++) {
            Atomics.putLong(block, layout.slot(position), layout.descriptor(position, 0));
        }
        Atomics.putLong(block, layout.tail(), start);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < 5 * CHUNKS; i++) {
                SharedTopicTest.send(topic, "message " + i);
                assertThat(SharedTopicTest.receive(subscriber)).isEqualTo("message " + i);
                assertThat(SharedTopicTest.receive(subscriber)).isNull();
            }
            assertThat(subscriber.lost()).isZero();
        }
    }

    /** Whatever the descriptors of earlier laps are that stand there: here they make up for the tail. */
    @Test
    void shouldChangeTheStampWithEachMessage() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        for (int position = 0; position < CHUNKS; position++) {
            Atomics.putLong(block, layout.slot(position), layout.descriptor(position, CHUNKS - 1 - position % 2 * 31));
        }
        Atomics.putLong(block, layout.tail(), CHUNKS);
        TopicChunks chunks = new TopicChunks(block, layout, NAME);
        long before = chunks.arrivalStamp();
        for (int i = 0; i < CHUNKS; i++) {
            SharedTopicTest.send(topic, "message");
            long after = chunks.arrivalStamp();
            assertThat(after).as("message %s", i).isNotEqualTo(before);
            before = after;
        }
    }

    @Test
    void shouldEndTheWaitWhenASubscriberIsClosedByAnotherThread() throws Exception {
        TopicSubscriber subscriber = topic.subscribe();
        try (Waiter<Sample> waiter = Waiter.of(subscriber::receive)) {
            await().until(waiter::isSleeping);
            subscriber.close();
            assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        }
        assertThat(topic.subscribers()).isZero();
    }

    /** A message is held before it is counted, and so the entry is given back in the middle of that. */
    @Test
    void shouldKeepTheEntryWhenASubscriberIsClosedWhileItReceives() throws Exception {
        for (int i = 0; i < ROUNDS; i++) {
            TopicSubscriber subscriber = topic.subscribe();
            SharedTopicTest.send(topic, "message");
            Sample sample = inTwoThreads(() -> {
                try {
                    return subscriber.tryReceive();
                } catch (IllegalStateException e) {
                    return null;
                }
            }, subscriber::close);
            try (sample; TopicSubscriber _ = topic.subscribe()) {
                assertThat(topic.occupancy().used()).as("round %s", i).isEqualTo(sample == null ? 0 : 1);
            }
        }
        assertThat(topic.subscribers()).isZero();
        assertThat(topic.occupancy().used()).isZero();
    }

    /** Both at the same moment, as far as two threads can. */
    private <T> @Nullable T inTwoThreads(Callable<T> one, Runnable other) throws Exception {
        AtomicInteger ready = new AtomicInteger();
        Future<?> ended = second.submit(() -> {
            meet(ready);
            other.run();
        });
        meet(ready);
        T result = one.call();
        ended.get();
        return result;
    }

    private static void meet(AtomicInteger ready) {
        ready.incrementAndGet();
        for (int looks = 0; ready.get() < 2; looks++) {
            if (looks < 1_000) {
                Thread.onSpinWait();
            } else {
                // The other one has no processor, perhaps.
                LockSupport.parkNanos(1_000);
            }
        }
    }
}

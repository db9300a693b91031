package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;

/** Every message is whole, comes once, and in its publisher's order, whoever subscribes and leaves meanwhile. */
class TopicConcurrencyTest {

    private static final int MESSAGES = 20_000;
    private static final int CHUNKS = 5;
    private static final long CHUNK_SIZE = 512;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Test
    void shouldDeliverEachMessageWholeAndInOrderWhenManySendAndReceive() throws Exception {
        Segment segment = segments.create(1 << 18);
        SharedTopic topic = SharedTopic.create(segment, "topic", CHUNKS, CHUNK_SIZE);
        long seed = Seeds.next();
        AtomicBoolean over = new AtomicBoolean();
        List<TopicSubscriber> subscribers = List.of(there(segment).subscribe(), there(segment).subscribe());
        List<Waiter<Long>> receivers = new ArrayList<>();
        for (TopicSubscriber subscriber : subscribers) {
            receivers.add(Waiter.of(() -> receive(subscriber, 2L * MESSAGES, over)));
        }
        // Comes and goes all the time, and holds what it has got beyond its own end.
        Waiter<Long> guest = Waiter.of(() -> {
            SharedTopic own = there(segment);
            Random random = Seeds.of(seed, 9);
            long received = 0;
            while (!over.get()) {
                TopicSubscriber subscriber = own.subscribe();
                List<Sample> held = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    Sample sample = subscriber.tryReceive();
                    if (sample != null) {
                        held.add(sample);
                        check(sample.memory());
                        received++;
                    }
                }
                subscriber.close();
                held.forEach(sample -> {
                    check(sample.memory());
                    sample.close();
                });
            }
            return received;
        });
        List<Waiter<Boolean>> senders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int publisher = i;
            senders.add(Waiter.running(() -> send(there(segment), publisher, Seeds.of(seed, publisher))));
        }
        for (Waiter<Boolean> sender : senders) {
            sender.get();
        }
        for (Waiter<Long> receiver : receivers) {
            assertThat(receiver.get()).isEqualTo(2L * MESSAGES);
        }
        over.set(true);
        guest.get();
        subscribers.forEach(subscriber -> {
            assertThat(subscriber.lost()).isZero();
            subscriber.close();
        });
        assertThat(topic.occupancy().used()).isZero();
        assertThat(topic.sent()).isEqualTo(2L * MESSAGES);
    }

    private SharedTopic there(Segment segment) {
        return SharedTopic.open(segments.open(segment), "topic");
    }

    /** Sizes and bytes follow from publisher and number, which stand in the first words. */
    private static void send(SharedTopic topic, int publisher, Random random) throws InterruptedException {
        for (int i = 0; i < MESSAGES; i++) {
            long bytes = 16 + 8L * random.nextInt((int) CHUNK_SIZE / 8 - 1);
            if (random.nextInt(50) == 0) {
                // Given back, with something in it.
                try (Loan loan = topic.publisher().loan(8)) {
                    loan.memory().set(ValueLayout.JAVA_LONG, 0, -1);
                }
            }
            try (Loan loan = topic.publisher().loan(bytes)) {
                MemorySegment memory = loan.memory();
                memory.set(ValueLayout.JAVA_LONG, 0, publisher);
                for (long offset = 8; offset < bytes; offset += 8) {
                    memory.set(ValueLayout.JAVA_LONG, offset, i);
                }
                loan.send();
            }
        }
    }

    private static long receive(TopicSubscriber subscriber, long count, AtomicBoolean over)
            throws InterruptedException {
        int[] next = new int[2];
        long position = -1;
        long received = 0;
        while (received < count && !over.get()) {
            try (Sample sample = subscriber.receive()) {
                long number = check(sample.memory());
                int publisher = (int) sample.memory().get(ValueLayout.JAVA_LONG, 0);
                assertThat(number).as("of publisher %s", publisher).isEqualTo(next[publisher]++);
                assertThat(sample.position()).isEqualTo(++position);
                received++;
            }
        }
        return received;
    }

    /** Its number; fails when the bytes are not those of one message. */
    private static long check(MemorySegment memory) {
        long number = memory.get(ValueLayout.JAVA_LONG, 8);
        for (long offset = 16; offset < memory.byteSize(); offset += 8) {
            if (memory.get(ValueLayout.JAVA_LONG, offset) != number) {
                throw new AssertionError("message is torn: " + number + " and "
                        + memory.get(ValueLayout.JAVA_LONG, offset));
            }
        }
        return number;
    }
}

package io.zeroipc.interop;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicHolder;
import io.zeroipc.flow.TopicSubscriber;

import static org.assertj.core.api.Assertions.assertThat;

/** Topics. Messages are words of eight bytes that are all alike, but for the first one under load: it says who publishes. */
@Tag("process")
class TopicInteropTest extends BesidePeer {

    private static final int CHUNKS = 3;
    private static final long CHUNK_SIZE = 8192;
    /** Under load, of each publisher. */
    private static final int MESSAGES = 20_000;

    private SharedTopic topic(boolean javaCreates) throws InterruptedException {
        begin(Language.CPP, javaCreates, "topic-create", "t", CHUNKS, CHUNK_SIZE);
        return SharedTopic.openOrCreate(segment, "t", CHUNKS, CHUNK_SIZE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldBeReadWhereItWasWrittenWhenEitherCreatedTheTopic(boolean javaCreates) throws Exception {
        SharedTopic topic = topic(javaCreates);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            peer.ask("topic-subscribe", "t");
            assertThat(topic.subscribers()).isEqualTo(2);
            // More than slots and chunks, so that each is used again.
            for (int i = 0; i < 10; i++) {
                send(topic, i, 1 + 100 * i);
                assertThat(peer.ask("topic-receive", "t")).isEqualTo(i + " " + (1 + 100 * i) + " whole");
                assertThat(receive(subscriber)).isEqualTo(i);
                assertThat(peer.ask("topic-send", "t", -i, 1024)).isEqualTo(Integer.toString(2 * i + 1));
                assertThat(receive(subscriber)).isEqualTo(-i);
                assertThat(peer.ask("topic-receive", "t")).isEqualTo(-i + " 1024 whole");
            }
            assertThat(peer.ask("topic-receive", "t")).isEqualTo("none");
            assertThat(subscriber.lost()).isZero();
            peer.ask("topic-leave", "t");
            assertThat(topic.subscribers()).isEqualTo(1);
        }
        assertThat(topic.occupancy().used()).isZero();
    }

    /** It wakes nobody, and is no participant. */
    @Test
    void shouldWaitForCppAndSayThatItIsWaitedForWhenItDoesNotRead() throws Exception {
        SharedTopic topic = topic(false);
        peer.ask("topic-subscribe", "t");
        for (int i = 0; i < CHUNKS; i++) {
            send(topic, i, 1);
        }
        assertThat(topic.publisher().tryLoan(1)).isNull();
        assertThat(topic.holders()).singleElement().satisfies(holder -> {
            assertThat(holder.role()).isEqualTo(TopicHolder.Role.SUBSCRIBER);
            assertThat(holder.pid()).isEqualTo(peer.pid());
            assertThat(holder.participant()).isFalse();
            assertThat(holder.unread()).isEqualTo(CHUNKS);
        });
        var waiting = bench.beside(() -> {
            try (Loan loan = topic.publisher().loan(1)) {
                return loan.byteSize();
            }
        });
        assertThat(peer.ask("topic-receive", "t")).isEqualTo("0 1 whole");
        assertThat(waiting.get()).isEqualTo(1);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            var receiving = bench.beside(() -> {
                try (Sample sample = subscriber.receive()) {
                    return sample.memory().get(ValueLayout.JAVA_LONG, 0);
                }
            });
            assertThat(peer.ask("topic-receive", "t")).isEqualTo("1 1 whole");
            peer.ask("topic-send", "t", 77, 3);
            assertThat(receiving.get()).isEqualTo(77);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverEachMessageWholeAndInOrderWhenJavaAndCppSendAndReceive(boolean javaCreates) throws Exception {
        SharedTopic topic = topic(javaCreates);
        Peer consumer = bench.attach(Language.CPP);
        consumer.begin("topic-consume", "t", MESSAGES);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            var receiving = bench.beside(() -> consume(subscriber));
            peer.begin("topic-produce", "t", MESSAGES);
            for (int i = 0; i < MESSAGES; i++) {
                int words = 2 + (int) (i % (CHUNK_SIZE / 8 - 1));
                try (Loan loan = topic.publisher().loan(8L * words)) {
                    fill(loan.memory(), i);
                    loan.memory().set(ValueLayout.JAVA_LONG, 0, 0);
                    loan.send();
                }
            }
            assertThat(peer.answer()).isEmpty();
            assertThat(consumer.numbers()).containsExactly(2L * MESSAGES, 0L);
            assertThat(receiving.get()).as("torn or out of order").isZero();
            assertThat(subscriber.lost()).isZero();
        }
        assertThat(topic.occupancy().used()).isZero();
        assertThat(topic.sent()).isEqualTo(2L * MESSAGES);
    }

    @Test
    void shouldBeSeenByNumpyWhenJavaSends() throws Exception {
        SharedTopic topic = SharedTopic.create(bench.create(), "t", CHUNKS, CHUNK_SIZE);
        Peer looker = bench.attach(Language.python("numpy"));
        assertThat(looker.ask("topic-newest", "t", bench.path())).isEqualTo("none");
        for (int i = 0; i < 10; i++) {
            send(topic, 5L * i, 1024 - i);
            assertThat(looker.ask("topic-newest", "t", bench.path()))
                    .isEqualTo(i + " " + 5 * i + " " + (1024 - i) + " whole");
        }
    }

    private static void send(SharedTopic topic, long number, int words) throws InterruptedException {
        try (Loan loan = topic.publisher().loan(8L * words)) {
            fill(loan.memory(), number);
            loan.send();
        }
    }

    private static void fill(MemorySegment memory, long number) {
        for (long offset = 0; offset < memory.byteSize(); offset += 8) {
            memory.set(ValueLayout.JAVA_LONG, offset, number);
        }
    }

    private static long receive(TopicSubscriber subscriber) throws InterruptedException {
        try (Sample sample = subscriber.receive()) {
            long number = sample.memory().get(ValueLayout.JAVA_LONG, 0);
            assertThat(isWhole(sample.memory(), number)).isTrue();
            return number;
        }
    }

    private static boolean isWhole(MemorySegment memory, long number) {
        for (long offset = 8; offset < memory.byteSize(); offset += 8) {
            if (memory.get(ValueLayout.JAVA_LONG, offset) != number) {
                return false;
            }
        }
        return true;
    }

    private static long consume(TopicSubscriber subscriber) throws InterruptedException {
        long[] next = new long[2];
        long wrong = 0;
        for (int i = 0; i < 2 * MESSAGES; i++) {
            try (Sample sample = subscriber.receive()) {
                MemorySegment memory = sample.memory();
                int publisher = (int) memory.get(ValueLayout.JAVA_LONG, 0);
                long number = memory.get(ValueLayout.JAVA_LONG, 8);
                wrong += number == next[publisher]++ && isWhole(memory, number) ? 0 : 1;
            }
        }
        return wrong;
    }
}

package io.zeroipc.flow;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Segment;

/**
 * A process that is killed in the middle of an operation of a topic: {@code <role> <path>}. It stops where
 * {@link io.zeroipc.memory.StopPoint#PROPERTY} says.
 */
final class TopicPeer {

    /** What a publisher sends. */
    static final long MESSAGE = 1000;

    private TopicPeer() {
    }

    /** Sends and receives until it is killed; says so when a message is torn. */
    private static void work(SharedTopic topic) throws InterruptedException {
        System.out.println("working");
        for (long number = 0;; number++) {
            try (TopicSubscriber subscriber = topic.subscribe()) {
                for (int i = 0; i < 20; i++) {
                    // Not for long: what it has yet to read may be what it waits for.
                    send(topic, topic.publisher().tryLoan(topic.chunkSize(), Duration.ofMillis(1)), number);
                    receiveAll(subscriber);
                }
            }
        }
    }

    private static void send(SharedTopic topic, @Nullable Loan loan, long number) {
        if (loan != null) {
            try (loan) {
                for (long offset = 0; offset < topic.chunkSize(); offset += 8) {
                    loan.memory().set(ValueLayout.JAVA_LONG, offset, number);
                }
                loan.send();
            }
        }
    }

    private static void receiveAll(TopicSubscriber subscriber) {
        Sample sample = subscriber.tryReceive();
        while (sample != null) {
            try (Sample open = sample) {
                requireWhole(open);
            }
            sample = subscriber.tryReceive();
        }
    }

    static void requireWhole(Sample sample) {
        long number = sample.memory().get(ValueLayout.JAVA_LONG, 0);
        for (long offset = 8; offset < sample.byteSize(); offset += 8) {
            if (sample.memory().get(ValueLayout.JAVA_LONG, offset) != number) {
                System.out.println("torn");
                throw new AssertionError("message is torn: position=" + sample.position());
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        boolean recovery = !Boolean.getBoolean("foreign");
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").recovery(recovery).open()) {
            SharedTopic topic = SharedTopic.open(segment, "topic");
            List<AutoCloseable> open = new ArrayList<>();
            switch (arguments[0]) {
                case "publish" -> {
                    try (Loan loan = topic.publisher().loan(Long.BYTES)) {
                        loan.memory().set(ValueLayout.JAVA_LONG, 0, MESSAGE);
                        loan.send();
                    }
                }
                case "receive" -> {
                    TopicSubscriber subscriber = topic.subscribe();
                    System.out.println("subscribed");
                    subscriber.receive().close();
                    subscriber.close();
                }
                case "loan-all" -> {
                    for (int i = 0; i < topic.chunks(); i++) {
                        open.add(topic.publisher().loan(1));
                    }
                }
                case "hold-all" -> {
                    TopicSubscriber subscriber = topic.subscribe();
                    open.add(subscriber);
                    System.out.println("subscribed");
                    for (int i = 0; i < topic.chunks(); i++) {
                        open.add(subscriber.receive());
                    }
                }
                case "work" -> work(topic);
                case "recover" -> {
                    segment.recover();
                    System.out.println("zeroipc has recovered");
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println("done");
            System.in.read();
            for (AutoCloseable each : open) {
                each.close();
            }
        }
    }
}

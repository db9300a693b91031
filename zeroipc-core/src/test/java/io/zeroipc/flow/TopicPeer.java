package io.zeroipc.flow;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

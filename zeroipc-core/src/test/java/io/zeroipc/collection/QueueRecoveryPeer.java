package io.zeroipc.collection;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;

/**
 * A process that is killed in the middle of an operation of a queue of longs: {@code <role> <path>}. It stops where
 * {@link io.zeroipc.memory.StopPoint#PROPERTY} says.
 */
final class QueueRecoveryPeer {

    /** What a producer adds. */
    static final long ELEMENT = 1000;

    private QueueRecoveryPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").open()) {
            SharedQueue<Long> queue = segment.open("queue", SharedQueue.spec(Codecs.int64(), 0,
                    OnConsumerDeath.valueOf(System.getProperty("policy", "DROP"))));
            switch (arguments[0]) {
                case "offer" -> queue.offer(ELEMENT);
                case "offer-many" -> queue.asLongs().offerAll(new long[] {ELEMENT, ELEMENT + 1, ELEMENT + 2}, 0, 3);
                case "poll" -> queue.poll();
                case "poll-many" -> queue.asLongs().drainTo(new long[3], 0, 3);
                case "claim" -> queue.tryClaim();
                case "claim-next" -> queue.tryClaimNext();
                case "abort" -> {
                    long first = queue.tryClaim();
                    long second = queue.tryClaim();
                    queue.abort(second);
                    System.out.println("aborted, and holds " + first);
                    System.in.read();
                }
                case "virtual" -> {
                    Thread[] threads = new Thread[40];
                    for (int i = 0; i < threads.length; i++) {
                        threads[i] = Thread.ofVirtual().start(queue::tryClaim);
                    }
                    for (Thread thread : threads) {
                        thread.join();
                    }
                }
                case "keep" -> {
                    CommittingIntake<Long> intake = queue.committingIntake();
                    intake.drainTo(_ -> {
                        // Only that they are taken.
                    }, 3);
                    intake.poll();
                    intake.commit(1);
                    System.out.println("keeps those behind " + intake.position());
                    System.in.read();
                }
                case "keep-all" -> {
                    CommittingIntake<Long> intake = queue.committingIntake();
                    intake.drainTo(_ -> {
                        // Only that they are taken.
                    }, 4);
                    intake.commit(3);
                }
                case "keep-and-close" -> {
                    CommittingIntake<Long> intake = queue.committingIntake();
                    System.out.println("keeps " + intake.poll() + " and " + intake.poll());
                    System.in.read();
                    intake.commit(0);
                    intake.close();
                    System.out.println("closed");
                    System.in.readAllBytes();
                }
                case "keep-and-leave" -> {
                    CommittingIntake<Long> intake = queue.committingIntake();
                    System.out.println("keeps " + intake.poll() + " and " + intake.poll());
                    System.in.read();
                    intake.commit(intake.position() - 1);
                    return;
                }
                case "recover" -> {
                    segment.recover();
                    System.out.println("zeroipc has recovered");
                }
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println("done");
            System.in.read();
        }
    }
}

package io.zeroipc.collection;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;

/**
 * A consumer that ends with elements in hand: {@code <role> <path>}. It has each second one, so that none follows on another, and goes
 * on behind the step that {@link StopPoint#PROPERTY} says when it is sent a line.
 */
final class LeavingPeer {

    /** More than one record has cells for. */
    static final int RUNS = 10;

    private LeavingPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        Thread.ofPlatform().daemon().start(LeavingPeer::goOnWhenTold);
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").open()) {
            if (arguments[0].equals("receive")) {
                receiveOne(segment);
            }
            SharedQueue<Long> queue = segment.open("queue", SharedQueue.spec(Codecs.int64(), 0,
                    OnConsumerDeath.REDELIVER));
            CommittingIntake<Long> intake = queue.committingIntake();
            for (int i = 0; i < RUNS; i++) {
                intake.poll();
                queue.poll();
            }
            if (arguments[0].equals("close")) {
                intake.close();
                waitInVain();
            }
        }
        // By the segment's close.
        waitInVain();
    }

    private static void receiveOne(Segment segment) throws InterruptedException {
        CommittingIntake<Long> intake = segment
                .open("channel", SharedChannel.spec(Codecs.int64(), 0, OnConsumerDeath.REDELIVER))
                .committingIntake();
        intake.poll();
        intake.close();
        waitInVain();
    }

    private static void waitInVain() throws InterruptedException {
        System.out.println("left");
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void goOnWhenTold() {
        try {
            if (System.in.read() >= 0) {
                StopPoint.goOn();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

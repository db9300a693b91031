package io.zeroipc.spring.core;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;

/**
 * Another process in a segment, with a slot of a queue in its hands: {@code <directory>}, and {@code keeps} when that is one with an
 * element. Ends with its standard input.
 */
final class ParticipantPeer {

    static final String NAME = "peer";

    private ParticipantPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Fixtures.file(Path.of(arguments[0])).participant(NAME).open()) {
            SharedQueue<Integer> queue = segment.open("numbers",
                    SharedQueue.spec(Codecs.int32(), 0, OnConsumerDeath.REDELIVER));
            if (arguments.length > 1) {
                System.out.println("keeps " + queue.committingIntake().poll());
                System.in.read();
                return;
            }
            long claim = queue.tryClaim();
            System.out.println("claims");
            System.in.read();
            queue.publish(claim);
        }
    }
}

package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.spring.Fixtures;

/** Is killed while it has a slot of a queue in hand, in the middle of sending. Argument: the directory of the segment. */
final class PolledSenderVictim {

    private PolledSenderVictim() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        Segment segment = Fixtures.file(Path.of(arguments[0])).open();
        SharedQueue<Integer> queue = SharedQueue.open(segment, "in", Codecs.int32());
        queue.offer(1);
        long claimed = queue.tryClaim();
        System.out.println(claimed < 0 ? "full" : "claimed");
        new CountDownLatch(1).await();
    }
}

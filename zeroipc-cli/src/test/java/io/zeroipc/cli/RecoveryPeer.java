package io.zeroipc.cli;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.SharedMutex;

/** A participant with something in hand: {@code <claim|lock> <path>}. Ends with its standard input. */
final class RecoveryPeer {

    private RecoveryPeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("ticker").open()) {
            if (arguments[0].equals("claim")) {
                SharedQueue<Integer> queue = SharedQueue.open(segment, "q", Codecs.int32());
                long claim = queue.tryClaim();
                System.out.println("ready");
                System.in.read();
                queue.publish(claim);
            } else {
                SharedMutex mutex = SharedMutex.open(segment, "lock");
                mutex.lock();
                System.out.println("ready");
                System.in.read();
                mutex.unlock();
            }
        }
    }
}

package io.zeroipc.cli;

import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.Segment;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

/** A participant with something in hand: {@code <claim|lock|monitor|read|write> <path>}. Ends with its standard input. */
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
                GuardedLock lock = switch (arguments[0]) {
                    case "monitor" -> SharedMonitor.open(segment, "monitor");
                    case "read" -> SharedRwLock.open(segment, "rwlock").readLock();
                    case "write" -> SharedRwLock.open(segment, "rwlock").writeLock();
                    default -> SharedMutex.open(segment, "lock");
                };
                lock.lock();
                System.out.println("ready");
                System.in.read();
                lock.unlock();
            }
        }
    }
}

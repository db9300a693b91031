package io.zeroipc.sync;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import io.zeroipc.segment.Segment;

/**
 * A process that is killed while it locks, has locked or unlocks: {@code <lock> <path>}. It stops where
 * {@link io.zeroipc.memory.StopPoint#PROPERTY} says, or inside if there is one more argument. With
 * {@code unlock} behind the lock's name it unlocks what another one has locked.
 */
final class LockRecoveryPeer {

    private static final String UNLOCK = " unlock";

    private LockRecoveryPeer() {
    }

    /** The locks of a segment by the names that this program knows. */
    static Map<String, GuardedLock> locks(Segment segment) {
        SharedRwLock both = SharedRwLock.openOrCreate(segment, "both");
        return Map.of("mutex", SharedMutex.openOrCreate(segment, "mutex"), "monitor",
                SharedMonitor.openOrCreate(segment, "monitor"), "read", both.readLock(), "write", both.writeLock());
    }

    /** In the order of their creation. */
    static List<String> names() {
        return List.of("mutex", "monitor", "read", "write");
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).participant("peer").open()) {
            if (arguments[0].equals("recover")) {
                locks(segment);
                segment.recover();
                System.out.println("zeroipc has recovered");
            } else if (arguments[0].endsWith(UNLOCK)) {
                locks(segment).get(arguments[0].replace(UNLOCK, "")).unlock();
            } else {
                GuardedLock lock = locks(segment).get(arguments[0]);
                lock.lock();
                System.out.println("locked");
                if (arguments.length > 2) {
                    System.in.read();
                }
                lock.unlock();
            }
            System.in.read();
        }
    }
}

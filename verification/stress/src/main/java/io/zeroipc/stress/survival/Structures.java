package io.zeroipc.stress.survival;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

/** What there is for each structure. */
final class Structures {

    private static final String TABLE = "table-";

    private static final Map<String, Supplier<Workload>> WORKLOADS = new LinkedHashMap<>();

    static {
        WORKLOADS.put("queue", () -> new PipeWorkload(
                segment -> SharedQueue.create(segment, Pipe.NAME, Cargo.CODEC, PipeWorkload.CAPACITY),
                segment -> Pipe.queue(SharedQueue.open(segment, Pipe.NAME, Cargo.CODEC)), true));
        WORKLOADS.put("channel", () -> new PipeWorkload(
                segment -> SharedChannel.create(segment, Pipe.NAME, Cargo.CODEC, PipeWorkload.CAPACITY),
                segment -> Pipe.channel(SharedChannel.open(segment, Pipe.NAME, Cargo.CODEC)), true));
        WORKLOADS.put("stack", () -> new PipeWorkload(
                segment -> SharedStack.create(segment, Pipe.NAME, Cargo.CODEC, PipeWorkload.CAPACITY),
                segment -> Pipe.stack(SharedStack.open(segment, Pipe.NAME, Cargo.CODEC)), false));
        WORKLOADS.put("ring", RingWorkload::new);
        WORKLOADS.put("pool", PoolWorkload::new);
        WORKLOADS.put("map", KeyWorkload::map);
        WORKLOADS.put("set", KeyWorkload::set);
        WORKLOADS.put("mutex", () -> new LockWorkload(segment -> SharedMutex.create(segment, LockWorkload.NAME),
                segment -> SharedMutex.open(segment, LockWorkload.NAME),
                segment -> SharedMutex.open(segment, LockWorkload.NAME), false));
        WORKLOADS.put("rwlock", () -> new LockWorkload(segment -> SharedRwLock.create(segment, LockWorkload.NAME),
                segment -> SharedRwLock.open(segment, LockWorkload.NAME).writeLock(),
                segment -> SharedRwLock.open(segment, LockWorkload.NAME).readLock(), true));
        WORKLOADS.put("monitor", () -> new LockWorkload(segment -> SharedMonitor.create(segment, LockWorkload.NAME),
                segment -> SharedMonitor.open(segment, LockWorkload.NAME),
                segment -> SharedMonitor.open(segment, LockWorkload.NAME), false));
        WORKLOADS.put("semaphore", SemaphoreWorkload::new);
        WORKLOADS.put("once", OnceWorkload::once);
        WORKLOADS.put("lazy", OnceWorkload::lazy);
        WORKLOADS.put("future", OnceWorkload::future);
        WORKLOADS.put("signal", SignalWorkload::new);
        WORKLOADS.put("event", MeetingWorkload::event);
        WORKLOADS.put("barrier", MeetingWorkload::barrier);
        WORKLOADS.put("table", () -> new TableWorkload(6));
    }

    private Structures() {
    }

    static Set<String> names() {
        return WORKLOADS.keySet();
    }

    /** @param name one of these, or {@code table-N} for N processes that create structures */
    static Workload of(String name) {
        if (name.startsWith(TABLE)) {
            return new TableWorkload(Integer.parseInt(name.substring(TABLE.length())));
        }
        Supplier<Workload> workload = WORKLOADS.get(name);
        if (workload == null) {
            throw new IllegalArgumentException("structure is unknown: name=" + name + " (expected: one of "
                    + String.join(", ", names()) + ")");
        }
        return workload.get();
    }
}

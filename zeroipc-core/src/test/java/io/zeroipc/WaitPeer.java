package io.zeroipc;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.format.BarrierDescriptor;
import io.zeroipc.format.EventDescriptor;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.format.QueueDescriptor;
import io.zeroipc.format.RwLockDescriptor;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.testing.ForeignBlock;

/**
 * The process that is killed: it has, holds or has begun what every wait of {@link WaitForms} waits for. Argument: the segment.
 * Says {@code held}, then takes each lock of a {@link #monitors} list at a moment at which somebody waits there for a signal, and
 * says {@code all held}.
 *
 * <p>
 * What an operation holds for some nanoseconds only, or a process of another language leaves, it writes into the bytes.
 */
final class WaitPeer {

    private static final int COMPUTING = 1;
    private static final long LOOK_NANOS = 100_000;

    private final Segment segment;
    /** Kept, so that nothing is given back before the end. */
    private final List<Object> kept = new ArrayList<>();

    private WaitPeer(Segment segment) {
        this.segment = segment;
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Path path = Path.of(arguments[0]);
        try (Segment segment = Segment.at(path).recovery(false).open()) {
            WaitPeer peer = new WaitPeer(segment);
            peer.hold();
            Files.write(unfinished(path), new byte[4096]);
            System.out.println("held");
            takeDuringWaits(monitors(segment));
            System.out.println("all held");
            // Ends with the parent, should that forget this child.
            input.transferTo(Writer.nullWriter());
            Runtime.getRuntime().halt(peer.kept.size());
        }
    }

    /** A file that was to become a segment. */
    static Path unfinished(Path segment) {
        return segment.resolveSibling("unfinished");
    }

    /** How many monitors there are for waits that are under way when the lock is taken. */
    static final int MONITORS = 6;

    /** The monitors, created or opened. */
    static List<SharedMonitor> monitors(Segment segment) {
        List<SharedMonitor> monitors = new ArrayList<>();
        for (int i = 0; i < MONITORS; i++) {
            monitors.add(SharedMonitor.openOrCreate(segment, "monitor-" + i));
        }
        return monitors;
    }

    private static void takeDuringWaits(List<SharedMonitor> monitors) {
        List<SharedMonitor> left = new ArrayList<>(monitors);
        while (!left.isEmpty()) {
            left.removeIf(WaitPeer::takeDuringWait);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Whoever is counted while we have the lock is inside, and cannot leave. */
    private static boolean takeDuringWait(SharedMonitor monitor) {
        if (monitor.waiting() == 0 || !monitor.tryLock()) {
            return false;
        }
        boolean inside = monitor.waiting() > 0;
        if (!inside) {
            monitor.unlock();
        }
        return inside;
    }

    private void hold() throws Exception {
        queues("int64", Codecs.int64(), 1L);
        queues("int32", Codecs.int32(), 1);
        queues("float64", Codecs.float64(), 1.0);
        stacks();
        rings("int64", Codecs.int64(), 1L);
        rings("int32", Codecs.int32(), 1);
        rings("float64", Codecs.float64(), 1.0);
        channels();
        values();
        computations();
        streams();
        topics();
        locks();
        meetings();
        ForeignBlock.create(segment, "unfinished", QueueDescriptor.byteSize(2, Long.BYTES), _ -> {
            // Its creator had got no further.
        });
    }

    /** One slot read and not released, and one claimed and not published. */
    private <T> void queues(String type, Codec<T> codec, T value) {
        SharedQueue<T> full = SharedQueue.create(segment, "full-" + type, codec, 2);
        full.offer(value);
        full.offer(value);
        full.tryClaimNext();
        SharedQueue.create(segment, "empty-" + type, codec, 2).tryClaim();
    }

    private void stacks() throws InterruptedException {
        SharedStack<Long> full = SharedStack.create(segment, "stack-full", Codecs.int64(), 2);
        full.push(1L);
        full.push(2L);
        within(inside -> full.pop((_, _) -> inside.run()));
        SharedStack<Long> empty = SharedStack.create(segment, "stack-empty", Codecs.int64(), 2);
        empty.push(1L);
        empty.pop();
        SharedStack<Long> busy = SharedStack.create(segment, "stack-busy", Codecs.int64(), 2);
        busy.push(1L);
        // A push that has moved the top, and not published.
        write("stack-busy", "", StackDescriptor.statesOffset(2, Long.BYTES), StackDescriptor.WRITING);
    }

    /** All roles are ours; a slot is claimed. */
    private <T> void rings(String type, Codec<T> codec, T value) {
        SharedRing<T> full = SharedRing.create(segment, "ring-full-" + type, codec, 2);
        kept.add(full.writer().offerAll(List.of(value, value)));
        kept.add(full.reader());
        SharedRing<T> empty = SharedRing.create(segment, "ring-empty-" + type, codec, 2);
        kept.add(empty.reader());
        kept.add(empty.writer().tryClaim());
    }

    private void channels() throws Exception {
        SharedChannel<Long> full = SharedChannel.create(segment, "channel-full", Codecs.int64(), 2);
        full.trySend(1L);
        full.trySend(2L);
        within(inside -> full.tryReceive((_, _) -> inside.run()));
        SharedChannel<Long> empty = SharedChannel.create(segment, "channel-empty", Codecs.int64(), 2);
        aside(empty::receive);
        // A receiver that is counted, a sender that has offered nothing, and one that has.
        SharedChannel<Long> received = segment.create("meet-receiver", SharedChannel.unbuffered(Codecs.int64()));
        Intake<Long> receiver = received.intake(Start.EARLIEST);
        receiver.poll();
        kept.add(receiver);
        kept.add(segment.create("meet-sender", SharedChannel.unbuffered(Codecs.int64())).outlet());
        SharedChannel<Long> offered = segment.create("meet-offered", SharedChannel.unbuffered(Codecs.int64()));
        aside(() -> offered.send(1L));
        until(() -> offered.size() == 1);
    }

    private void values() throws InterruptedException {
        SharedState<Long> state = SharedState.create(segment, "state", Codecs.int64());
        StateWriter<Long> writer = state.writer();
        writer.set(1L);
        kept.add(writer.claim());
        SharedSignal<Long> signal = SharedSignal.create(segment, "signal", Codecs.int64(), 0L);
        signal.set(1L);
        SharedMutex.open(segment, "signal_mtx").lock();
    }

    private void computations() throws InterruptedException {
        kept.add(SharedFuture.create(segment, "future-claimed", Codecs.int64()).tryClaim());
        SharedFuture<Long> pending = SharedFuture.create(segment, "future-pending", Codecs.int64());
        aside(pending::get);
        until(() -> pending.waiting() == 1);
        SharedFuture.create(segment, "future-foreign", Codecs.int64());
        write("future-foreign", "", FutureDescriptor.STATE_OFFSET, COMPUTING);
        for (int i = 0; i < 3; i++) {
            SharedLazy<Long> lazy = SharedLazy.create(segment, "lazy-" + i, Codecs.int64());
            within(inside -> lazy.get(() -> {
                inside.run();
                return 1L;
            }));
        }
        SharedLazy.create(segment, "lazy-foreign", Codecs.int64());
        write("lazy-foreign", "", LazyDescriptor.STATE_OFFSET, COMPUTING);
        SharedOnce once = SharedOnce.create(segment, "once");
        within(once::run);
    }

    private void streams() {
        SharedStream<Long> full = SharedStream.create(segment, "stream-full", Codecs.int64(), 2,
                SharedStream.Mode.COMPETING);
        full.outlet().offerAll(List.of(1L, 2L));
        kept.add(full.subscribe(Start.EARLIEST));
        for (SharedStream.Mode mode : SharedStream.Mode.values()) {
            SharedStream<Long> empty = SharedStream.create(segment, "stream-empty-" + mode, Codecs.int64(), 2, mode);
            kept.add(empty.outlet());
            kept.add(empty.subscribe(Start.EARLIEST));
        }
        SharedEventStream.create(segment, "beats").emit();
    }

    private void topics() throws InterruptedException {
        SharedTopic full = SharedTopic.create(segment, "topic-full", 1, 64);
        kept.add(full.subscribe());
        full.publisher().loan(1).send();
        kept.add(SharedTopic.create(segment, "topic-empty", 2, 64).publisher().loan(1));
    }

    private void locks() throws Exception {
        SharedMutex.create(segment, "mutex").lock();
        SharedMonitor.create(segment, "monitor").lock();
        segment.create("semaphore", SharedSemaphore.spec(1, 1)).acquire();
        SharedRwLock.create(segment, "rw-written").writeLock().lock();
        SharedRwLock.create(segment, "rw-read").readLock().lock();
        // Between the mutex of writers and the flag; and a reader of another language in its short section.
        SharedRwLock.create(segment, "rw-writer");
        SharedMutex.open(segment, "rw-writer" + RwLockDescriptor.WRITER_MUTEX_SUFFIX).lock();
        SharedRwLock.create(segment, "rw-reader");
        SharedMutex.open(segment, "rw-reader" + RwLockDescriptor.READER_MUTEX_SUFFIX).lock();
    }

    private void meetings() {
        SharedLatch.create(segment, "latch", 1);
        SharedBarrier barrier = SharedBarrier.create(segment, "barrier", 3);
        aside(barrier::await);
        until(() -> barrier.arrived() == 1);
        SharedBarrier.create(segment, "barrier-ending", 2);
        // The last of another language, between its two steps.
        write("barrier-ending", "", BarrierDescriptor.ARRIVED_OFFSET, 2);
        for (SharedEvent.Mode mode : SharedEvent.Mode.values()) {
            SharedEvent event = SharedEvent.create(segment, "event-" + mode, mode);
            aside(event::await);
            until(() -> event.waiting() == 1);
        }
        SharedEvent.create(segment, "event-foreign", SharedEvent.Mode.MANUAL);
        write("event-foreign", "", EventDescriptor.WAITING_OFFSET, 1);
    }

    private void write(String name, String suffix, long offset, int value) {
        Atomics.setIntRelease(segment.blocks(name).require(suffix).memory(), offset, value);
    }

    private interface Call {
        void run() throws Exception;
    }

    private interface Operation {
        void run(Runnable inside) throws Exception;
    }

    /** Begins an operation that waits. */
    private static void aside(Call call) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                call.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void until(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Begins an operation that calls what it is given, and stays there. */
    private static void within(Operation operation) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        aside(() -> operation.run(() -> {
            begun.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }));
        begun.await();
    }
}

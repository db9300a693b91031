package io.zeroipc;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.DoubleQueueView;
import io.zeroipc.collection.IntQueueView;
import io.zeroipc.collection.LongQueueView;
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
import io.zeroipc.flow.SourceSelector;
import io.zeroipc.flow.StreamReader;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.EventCounts;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.sync.Guard;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.OwnedLock;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.wait.Deadline;
import io.zeroipc.wait.WaitStrategy;

/**
 * How each form of waiting of the public API ends that waits for what {@link WaitPeer} had when it was killed. A form may stand
 * here several times, for several things it can wait for.
 */
final class WaitForms {

    /** A call of a form. */
    @FunctionalInterface
    interface Call {

        /** @param limit the time, where the form has one */
        @Nullable
        Object of(Duration limit) throws Exception;
    }

    /** How a call ends: with this result, or by this exception. */
    record End(@Nullable Object result, @Nullable Class<? extends Throwable> failure) {

        static final End INTERRUPTED = by(InterruptedException.class);

        static End with(@Nullable Object result) {
            return new End(result, null);
        }

        static End by(Class<? extends Throwable> failure) {
            return new End(null, failure);
        }
    }

    /**
     * One case.
     *
     * @param form class, method and parameter types
     * @param situation what it waits for
     * @param during whether it has begun to wait before the process takes what it waits for
     * @param byItself how it ends, at its time at the earliest; null when it waits until it is interrupted
     * @param early it ends before its time
     * @param interrupted how it ends then; null when it does not wait
     */
    record Case(String form, String situation, Call call, boolean during, @Nullable End byItself, boolean early,
            @Nullable End interrupted) {

        @Override
        public String toString() {
            return form + ", " + situation;
        }
    }

    private final Segment segment;
    private final List<Case> cases = new ArrayList<>();
    private final Map<String, SharedChannel<Long>> channels = new HashMap<>();

    private WaitForms(Segment segment) {
        this.segment = segment;
    }

    static List<Case> of(Segment segment) {
        WaitForms forms = new WaitForms(segment);
        forms.queues();
        forms.stacks();
        forms.rings();
        forms.channels();
        forms.values();
        forms.computations();
        forms.streams();
        forms.topics();
        forms.intakes();
        forms.selectors();
        forms.locks();
        forms.waitsInMonitors();
        forms.meetings();
        forms.attachments();
        forms.opening();
        return forms.cases;
    }

    // how cases are told

    /** Ends at its time, not before, and at an interrupt. */
    private void timed(String form, String situation, @Nullable Object result, Call call) {
        timed(form, situation, End.with(result), End.INTERRUPTED, call);
    }

    private void timed(String form, String situation, End atTime, End atInterrupt, Call call) {
        cases.add(new Case(form, situation, call, false, atTime, false, atInterrupt));
    }

    /** Has no time, and ends at an interrupt. */
    private void untimed(String form, String situation, Call call) {
        cases.add(new Case(form, situation, call, false, null, false, End.INTERRUPTED));
    }

    /** Does not wait, because it finds out that the process is dead. */
    private void early(String form, String situation, End end, Call call) {
        cases.add(new Case(form, situation, call, false, end, true, null));
    }

    private interface Action {
        void run() throws Exception;
    }

    private static Call calling(Action action) {
        return _ -> {
            action.run();
            return "returned";
        };
    }

    /** Something to close after a call. */
    private interface Opening<R extends AutoCloseable> {
        R open();
    }

    private interface Use<R> {
        @Nullable
        Object of(R role, Duration limit) throws Exception;
    }

    /** With a role that is there for the call. */
    private static <R extends AutoCloseable> Call with(Opening<R> opening, Use<R> use) {
        return limit -> {
            R role = opening.open();
            try {
                return use.of(role, limit);
            } finally {
                role.close();
            }
        };
    }

    // elements

    private <T> SharedQueue<T> queue(String name, Codec<T> codec) {
        return SharedQueue.open(segment, name, codec);
    }

    private void queues() {
        String slotRead = "slot being read";
        String slotWritten = "slot being written";
        SharedQueue<Long> full = queue("full-int64", Codecs.int64());
        SharedQueue<Long> empty = queue("empty-int64", Codecs.int64());
        untimed("SharedQueue.put(Object)", slotRead, calling(() -> full.put(3L)));
        timed("SharedQueue.offer(Object,Duration)", slotRead, false, limit -> full.offer(3L, limit));
        untimed("SharedQueue.take()", slotWritten, _ -> empty.take());
        timed("SharedQueue.poll(Duration)", slotWritten, null, empty::poll);

        LongQueueView fullLongs = full.asLongs();
        LongQueueView emptyLongs = empty.asLongs();
        untimed("LongQueueView.put(long)", slotRead, calling(() -> fullLongs.put(3)));
        timed("LongQueueView.offer(long,Duration)", slotRead, false, limit -> fullLongs.offer(3, limit));
        untimed("LongQueueView.take()", slotWritten, _ -> emptyLongs.take());
        timed("LongQueueView.poll(Duration,long)", slotWritten, -1L, limit -> emptyLongs.poll(limit, -1));

        IntQueueView fullInts = queue("full-int32", Codecs.int32()).asInts();
        IntQueueView emptyInts = queue("empty-int32", Codecs.int32()).asInts();
        untimed("IntQueueView.put(int)", slotRead, calling(() -> fullInts.put(3)));
        timed("IntQueueView.offer(int,Duration)", slotRead, false, limit -> fullInts.offer(3, limit));
        untimed("IntQueueView.take()", slotWritten, _ -> emptyInts.take());
        timed("IntQueueView.poll(Duration,int)", slotWritten, -1, limit -> emptyInts.poll(limit, -1));

        DoubleQueueView fullDoubles = queue("full-float64", Codecs.float64()).asDoubles();
        DoubleQueueView emptyDoubles = queue("empty-float64", Codecs.float64()).asDoubles();
        untimed("DoubleQueueView.put(double)", slotRead, calling(() -> fullDoubles.put(3)));
        timed("DoubleQueueView.offer(double,Duration)", slotRead, false, limit -> fullDoubles.offer(3, limit));
        untimed("DoubleQueueView.take()", slotWritten, _ -> emptyDoubles.take());
        timed("DoubleQueueView.poll(Duration,double)", slotWritten, -1.0, limit -> emptyDoubles.poll(limit, -1));
    }

    private void stacks() {
        SharedStack<Long> full = SharedStack.open(segment, "stack-full", Codecs.int64());
        SharedStack<Long> empty = SharedStack.open(segment, "stack-empty", Codecs.int64());
        SharedStack<Long> busy = SharedStack.open(segment, "stack-busy", Codecs.int64());
        timed("SharedStack.push(Object,Duration)", "slot being read", false, limit -> full.push(3L, limit));
        timed("SharedStack.pop(Duration)", "nothing there", null, empty::pop);
        // After a second, also when interrupted: there may be an element.
        End busyEnd = End.by(StructureBusyException.class);
        timed("SharedStack.pop(Duration)", "slot being written", busyEnd, busyEnd, busy::pop);
    }

    private void rings() {
        String unread = "nothing read";
        String unwritten = "slot claimed";
        SharedRing<Long> full = SharedRing.open(segment, "ring-full-int64", Codecs.int64());
        SharedRing<Long> empty = SharedRing.open(segment, "ring-empty-int64", Codecs.int64());
        untimed("RingWriter.put(Object)", unread, with(full::writer, (writer, _) -> {
            writer.put(3L);
            return "returned";
        }));
        timed("RingWriter.offer(Object,Duration)", unread, false,
                with(full::writer, (writer, limit) -> writer.offer(3L, limit)));
        untimed("LongRing.Writer.put(long)", unread, with(full::writer, (writer, _) -> {
            writer.asLongs().put(3);
            return "returned";
        }));
        timed("LongRing.Writer.offer(long,Duration)", unread, false,
                with(full::writer, (writer, limit) -> writer.asLongs().offer(3, limit)));
        untimed("LongRing.Reader.take()", unwritten, with(empty::reader, (reader, _) -> reader.asLongs().take()));
        timed("LongRing.Reader.poll(Duration,long)", unwritten, -1L,
                with(empty::reader, (reader, limit) -> reader.asLongs().poll(limit, -1)));
        untimed("LongRing.Cursor.take()", unwritten, with(() -> empty.cursor(Start.EARLIEST),
                (cursor, _) -> cursor.asLongs().take()));
        timed("LongRing.Cursor.poll(Duration,long)", unwritten, -1L, with(() -> empty.cursor(Start.EARLIEST),
                (cursor, limit) -> cursor.asLongs().poll(limit, -1)));

        SharedRing<Integer> fullInts = SharedRing.open(segment, "ring-full-int32", Codecs.int32());
        SharedRing<Integer> emptyInts = SharedRing.open(segment, "ring-empty-int32", Codecs.int32());
        untimed("IntRing.Writer.put(int)", unread, with(fullInts::writer, (writer, _) -> {
            writer.asInts().put(3);
            return "returned";
        }));
        timed("IntRing.Writer.offer(int,Duration)", unread, false,
                with(fullInts::writer, (writer, limit) -> writer.asInts().offer(3, limit)));
        untimed("IntRing.Reader.take()", unwritten, with(emptyInts::reader, (reader, _) -> reader.asInts().take()));
        timed("IntRing.Reader.poll(Duration,int)", unwritten, -1,
                with(emptyInts::reader, (reader, limit) -> reader.asInts().poll(limit, -1)));
        untimed("IntRing.Cursor.take()", unwritten, with(() -> emptyInts.cursor(Start.EARLIEST),
                (cursor, _) -> cursor.asInts().take()));
        timed("IntRing.Cursor.poll(Duration,int)", unwritten, -1, with(() -> emptyInts.cursor(Start.EARLIEST),
                (cursor, limit) -> cursor.asInts().poll(limit, -1)));

        SharedRing<Double> fullDoubles = SharedRing.open(segment, "ring-full-float64", Codecs.float64());
        SharedRing<Double> emptyDoubles = SharedRing.open(segment, "ring-empty-float64", Codecs.float64());
        untimed("DoubleRing.Writer.put(double)", unread, with(fullDoubles::writer, (writer, _) -> {
            writer.asDoubles().put(3);
            return "returned";
        }));
        timed("DoubleRing.Writer.offer(double,Duration)", unread, false,
                with(fullDoubles::writer, (writer, limit) -> writer.asDoubles().offer(3, limit)));
        untimed("DoubleRing.Reader.take()", unwritten,
                with(emptyDoubles::reader, (reader, _) -> reader.asDoubles().take()));
        timed("DoubleRing.Reader.poll(Duration,double)", unwritten, -1.0,
                with(emptyDoubles::reader, (reader, limit) -> reader.asDoubles().poll(limit, -1)));
        untimed("DoubleRing.Cursor.take()", unwritten, with(() -> emptyDoubles.cursor(Start.EARLIEST),
                (cursor, _) -> cursor.asDoubles().take()));
        timed("DoubleRing.Cursor.poll(Duration,double)", unwritten, -1.0,
                with(() -> emptyDoubles.cursor(Start.EARLIEST), (cursor, limit) -> cursor.asDoubles().poll(limit, -1)));
    }

    /** One object of each: an unbuffered one keeps its sides. */
    private SharedChannel<Long> channel(String name) {
        return channels.computeIfAbsent(name, _ -> SharedChannel.open(segment, name, Codecs.int64()));
    }

    private void channels() {
        SharedChannel<Long> full = channel("channel-full");
        SharedChannel<Long> received = channel("meet-receiver");
        SharedChannel<Long> sent = channel("meet-sender");
        SharedChannel<Long> offered = channel("meet-offered");
        untimed("SharedChannel.send(Object)", "slot being read", calling(() -> full.send(3L)));
        timed("SharedChannel.trySend(Object,Duration)", "slot being read", false, limit -> full.trySend(3L, limit));
        timed("SharedChannel.tryReceive(Duration)", "nothing sent", null, channel("channel-empty")::tryReceive);
        untimed("SharedChannel.receive()", "nothing sent", _ -> channel("channel-empty").receive());
        // A second later, as the receiver may have it: that it is dead, nothing tells.
        timed("SharedChannel.trySend(Object,Duration)", "receiver counted", End.by(StructureBusyException.class),
                End.INTERRUPTED, limit -> received.trySend(3L, limit));
        untimed("SharedChannel.send(Object)", "receiver counted", calling(() -> received.send(3L)));
        timed("SharedChannel.trySend(Object,Duration)", "element of another sender", false,
                limit -> offered.trySend(3L, limit));
        untimed("SharedChannel.send(Object)", "element of another sender", calling(() -> offered.send(3L)));
        timed("SharedChannel.trySend(Object,Duration)", "no receiver", false, limit -> sent.trySend(3L, limit));
        timed("SharedChannel.tryReceive(Duration)", "nothing offered", null, sent::tryReceive);
        untimed("SharedChannel.receive()", "nothing offered", _ -> sent.receive());
    }

    private void topics() {
        SharedTopic full = SharedTopic.open(segment, "topic-full");
        SharedTopic empty = SharedTopic.open(segment, "topic-empty");
        untimed("TopicPublisher.loan(long)", "messages to be read", _ -> full.publisher().loan(1));
        timed("TopicPublisher.tryLoan(long,Duration)", "messages to be read", null,
                limit -> full.publisher().tryLoan(1, limit));
        untimed("TopicSubscriber.receive()", "message on loan",
                with(empty::subscribe, (subscriber, _) -> subscriber.receive()));
        timed("TopicSubscriber.tryReceive(Duration)", "message on loan", null,
                with(empty::subscribe, (subscriber, limit) -> subscriber.tryReceive(limit)));
        untimed("TopicSubscriber.take()", "message on loan",
                with(empty::subscribe, (subscriber, _) -> subscriber.take()));
        timed("TopicSubscriber.poll(Duration)", "message on loan", null,
                with(empty::subscribe, (subscriber, limit) -> subscriber.poll(limit)));
    }

    // values

    private SharedState<Long> state() {
        return SharedState.open(segment, "state", Codecs.int64());
    }

    private SharedSignal<Long> signal() {
        return SharedSignal.open(segment, "signal", Codecs.int64());
    }

    private void values() {
        SharedState<Long> state = state();
        timed("SharedState.awaitChange(long,Duration)", "value being written", null,
                limit -> state.awaitChange(1, limit));
        SharedSignal<Long> signal = signal();
        String locked = "locked";
        String lockedAfterChange = "locked after a change";
        End busy = End.by(StructureBusyException.class);
        untimed("SharedSignal.set(Object)", locked, calling(() -> signal.set(2L)));
        timed("SharedSignal.set(Object,Duration)", locked, false, limit -> signal.set(2L, limit));
        untimed("SharedSignal.setIfVersion(long,Object)", locked, _ -> signal.setIfVersion(1, 2L));
        untimed("SharedSignal.awaitChange(long)", locked, _ -> signal.awaitChange(1));
        timed("SharedSignal.awaitChange(long,Duration)", locked, null, limit -> signal.awaitChange(1, limit));
        // There is another value, which nobody can read.
        timed("SharedSignal.awaitChange(long,Duration)", lockedAfterChange, busy, End.INTERRUPTED,
                limit -> signal.awaitChange(0, limit));
        timed("SharedSignal.awaitChange(long)", lockedAfterChange, busy, End.INTERRUPTED, _ -> signal.awaitChange(0));
        timed("SharedSignal.update(UnaryOperator)", locked, busy, End.INTERRUPTED,
                _ -> signal.update(before -> before + 1));
        SharedEventStream beats = SharedEventStream.open(segment, "beats");
        timed("SharedEventStream.awaitMore(long,Duration)", "no event", 1L, limit -> beats.awaitMore(1, limit));
    }

    private void computations() {
        String claimed = "claimed";
        String pending = "pending";
        String foreign = "claimed by another language";
        End died = End.by(OwnerDiedException.class);
        SharedFuture<Long> dead = future("future-claimed");
        early("SharedFuture.get()", claimed, died, causing(_ -> dead.get()));
        early("SharedFuture.get(Duration)", claimed, died, causing(dead::get));
        for (String name : List.of("future-pending", "future-foreign")) {
            String situation = name.endsWith("g") ? pending : foreign;
            SharedFuture<Long> future = future(name);
            untimed("SharedFuture.get()", situation, _ -> future.get());
            timed("SharedFuture.get(Duration)", situation, End.by(TimeoutException.class), End.INTERRUPTED,
                    future::get);
        }
        early("SharedLazy.get()", claimed, End.by(IllegalStateException.class), _ -> lazy("lazy-0").get());
        early("SharedLazy.get(Supplier)", claimed, End.with(7L), _ -> lazy("lazy-1").get(() -> 7L));
        early("SharedLazy.get(Supplier,Duration)", claimed, End.with(7L), limit -> lazy("lazy-2").get(() -> 7L, limit));
        SharedLazy<Long> lazy = lazy("lazy-foreign");
        untimed("SharedLazy.get()", foreign, _ -> lazy.get());
        untimed("SharedLazy.get(Supplier)", foreign, _ -> lazy.get(() -> 7L));
        timed("SharedLazy.get(Supplier,Duration)", foreign, End.by(TimeoutException.class), End.INTERRUPTED,
                limit -> lazy.get(() -> 7L, limit));
        timed("SharedLazy.await(Duration)", foreign, false, lazy::await);
        SharedOnce once = SharedOnce.open(segment, "once");
        untimed("SharedOnce.run(Runnable)", claimed, _ -> once.run(() -> {}));
        timed("SharedOnce.run(Runnable,Duration)", claimed, End.by(TimeoutException.class), End.INTERRUPTED,
                limit -> once.run(() -> {}, limit));
        untimed("SharedOnce.await()", claimed, calling(once::await));
        timed("SharedOnce.await(Duration)", claimed, false, once::await);
    }

    private static Call causing(Call call) {
        return limit -> {
            try {
                return call.of(limit);
            } catch (ExecutionException e) {
                throw (Exception) e.getCause();
            }
        };
    }

    private SharedFuture<Long> future(String name) {
        return SharedFuture.open(segment, name, Codecs.int64());
    }

    private SharedLazy<Long> lazy(String name) {
        return SharedLazy.open(segment, name, Codecs.int64());
    }

    // streams and whatever elements arrive at

    private SharedStream<Long> stream(String name) {
        return SharedStream.open(segment, name, Codecs.int64());
    }

    private void streams() {
        SharedStream<Long> full = stream("stream-full");
        String unread = "nothing read";
        untimed("StreamEmitter.put(Object)", unread, with(full::emitter, (emitter, _) -> {
            emitter.put(3L);
            return "returned";
        }));
        timed("StreamEmitter.emit(Object,Duration)", unread, false,
                with(full::emitter, (emitter, limit) -> emitter.emit(3L, limit)));
        for (SharedStream.Mode mode : SharedStream.Mode.values()) {
            String situation = "nothing emitted, " + mode;
            SharedStream<Long> empty = stream("stream-empty-" + mode);
            untimed("StreamReader.take()", situation,
                    with(() -> empty.view().open(Start.EARLIEST), (reader, _) -> reader.take()));
            timed("StreamReader.poll(Duration)", situation, null,
                    with(() -> empty.view().open(Start.EARLIEST), StreamReader::poll));
            untimed("StreamView.fold(Start,Object,BiFunction)", situation,
                    _ -> empty.view().fold(Start.EARLIEST, 0L, Long::sum));
        }
    }

    private void intakes() {
        SharedRing<Long> ring = SharedRing.open(segment, "ring-empty-int64", Codecs.int64());
        intake("RingReader", "slot claimed", ring::reader);
        intake("RingReader", "slot claimed, lazily", ring::lazyReader);
        intake("RingCursor", "slot claimed", () -> ring.cursor(Start.EARLIEST));
        intake("CommittingIntake", "slot claimed", ring::committingIntake);
        intake("PollingIntake", "queue, slot being written", intakeOf(queue("empty-int64", Codecs.int64())));
        intake("PollingIntake", "stack, nothing there",
                intakeOf(SharedStack.open(segment, "stack-empty", Codecs.int64())));
        intake("PollingIntake", "channel, nothing sent", intakeOf(channel("channel-empty")));
        intake("PollingIntake", "channel, nothing offered", intakeOf(channel("meet-sender")));
        intake("StateSubscription", "value being written", () -> state().subscribe(Start.LATEST));
        intake("SignalSubscription", "locked", () -> signal().subscribe(Start.LATEST));
        intake("SignalSubscription", "locked after a change", () -> signal().subscribe(Start.EARLIEST));
        for (SharedStream.Mode mode : SharedStream.Mode.values()) {
            intake("StreamSubscription", "nothing emitted, " + mode, intakeOf(stream("stream-empty-" + mode)));
        }
    }

    private static Opening<Intake<Long>> intakeOf(Source<Long> source) {
        return () -> source.intake(Start.EARLIEST);
    }

    private void intake(String type, String situation, Opening<? extends Intake<Long>> opening) {
        untimed(type + ".take()", situation, with(opening, (intake, _) -> intake.take()));
        timed(type + ".poll(Duration)", situation, null, with(opening, (intake, limit) -> intake.poll(limit)));
    }

    private void selectors() {
        Opening<SourceSelector> opening = () -> {
            SourceSelector selector = new SourceSelector();
            for (Source<Long> source : List.<Source<Long>>of(queue("empty-int64", Codecs.int64()),
                    SharedStack.open(segment, "stack-empty", Codecs.int64()),
                    SharedRing.open(segment, "ring-empty-int64", Codecs.int64()), channel("channel-empty"),
                    channel("meet-sender"), state(), signal(), stream("stream-empty-COMPETING"))) {
                selector.on(source, Start.LATEST, _ -> {});
            }
            return selector;
        };
        untimed("SourceSelector.select()", "all kinds", with(opening, (selector, _) -> selector.select()));
        timed("SourceSelector.select(Duration)", "all kinds", SourceSelector.Outcome.NOTHING,
                with(opening, SourceSelector::select));
    }

    // locks and meetings

    private void locks() {
        lock("SharedMutex", "held", SharedMutex.open(segment, "mutex"));
        OwnedLock owned = new OwnedLock(segment.blocks("mutex").require(""), segment.attachment(), true);
        timed("OwnedLock.take(Lane,Deadline)", "held", false, limit -> {
            try (Lane lane = segment.attachment().enterToWrite()) {
                return owned.take(lane, Deadline.after(limit));
            }
        });
        lock("SharedMonitor", "held", SharedMonitor.open(segment, "monitor"));
        lock("SharedRwLock.ReadLock", "held by a writer", rwLock("rw-written").readLock());
        lock("SharedRwLock.WriteLock", "held by a writer", rwLock("rw-written").writeLock());
        lock("SharedRwLock.WriteLock", "held by a reader", rwLock("rw-read").writeLock());
        lock("SharedRwLock.WriteLock", "held by a writer on its way in", rwLock("rw-writer").writeLock());
        lock("SharedRwLock.ReadLock", "held by a reader on its way in", rwLock("rw-reader").readLock());
        lock("SharedRwLock.WriteLock", "held by a reader on its way in", rwLock("rw-reader").writeLock());
        SharedSemaphore semaphore = SharedSemaphore.open(segment, "semaphore");
        untimed("SharedSemaphore.acquire()", "no permit", calling(semaphore::acquire));
        timed("SharedSemaphore.tryAcquire(Duration)", "no permit", false, semaphore::tryAcquire);
        untimed("SharedSemaphore.hold()", "no permit", _ -> semaphore.hold());
        timed("SharedSemaphore.tryHold(Duration)", "no permit", null, semaphore::tryHold);
    }

    private SharedRwLock rwLock(String name) {
        return SharedRwLock.open(segment, name);
    }

    private void lock(String type, String situation, GuardedLock lock) {
        untimed(type + ".lock()", situation, calling(lock::lock));
        untimed(type + ".guard()", situation, _ -> lock.guard());
        untimed(type + ".repair(Runnable)", situation, calling(() -> lock.repair(() -> {
            // Never comes here: somebody has the lock.
        })));
        timed(type + ".tryLock(Duration)", situation, false, lock::tryLock);
        timed(type + ".tryGuard(Duration)", situation, null, lock::tryGuard);
    }

    private interface MonitorWait {
        @Nullable
        Object of(SharedMonitor monitor, Duration limit) throws Exception;
    }

    /** The lock is taken by the process while they wait for a signal, and cannot be had again. */
    private void waitsInMonitors() {
        List<SharedMonitor> monitors = WaitPeer.monitors(segment);
        BooleanSupplier never = () -> false;
        MonitorWait await = (monitor, _) -> {
            monitor.await();
            return "returned";
        };
        MonitorWait awaitUntil = (monitor, _) -> {
            monitor.awaitUntil(never);
            return "returned";
        };
        MonitorWait timedUntil = (monitor, limit) -> monitor.awaitUntil(never, limit);
        duringWait("SharedMonitor.await()", monitors.get(0), false, await);
        duringWait("SharedMonitor.awaitUntil(BooleanSupplier)", monitors.get(1), false, awaitUntil);
        duringWait("SharedMonitor.await(Duration)", monitors.get(2), false, SharedMonitor::await);
        duringWait("SharedMonitor.await(Duration)", monitors.get(3), true, SharedMonitor::await);
        duringWait("SharedMonitor.awaitUntil(BooleanSupplier,Duration)", monitors.get(4), false, timedUntil);
        duringWait("SharedMonitor.awaitUntil(BooleanSupplier,Duration)", monitors.get(5), true, timedUntil);
    }

    private void duringWait(String form, SharedMonitor monitor, boolean byItself, MonitorWait wait) {
        End lost = End.by(LockLostException.class);
        cases.add(new Case(form, "lock taken meanwhile", limit -> {
            while (true) {
                // Again, should the time be over before the process has come.
                try (Guard _ = monitor.guard()) {
                    Object _ = wait.of(monitor, limit);
                }
            }
        }, true, byItself ? lost : null, false, byItself ? null : lost));
    }

    private void meetings() {
        SharedLatch latch = SharedLatch.open(segment, "latch");
        untimed("SharedLatch.await()", "not counted", calling(latch::await));
        timed("SharedLatch.await(Duration)", "not counted", false, latch::await);
        for (String name : List.of("barrier", "barrier-ending")) {
            String situation = name.equals("barrier") ? "one has arrived" : "all have arrived";
            SharedBarrier barrier = SharedBarrier.open(segment, name);
            untimed("SharedBarrier.await()", situation, calling(barrier::await));
            timed("SharedBarrier.await(Duration)", situation, false, barrier::await);
        }
        for (SharedEvent.Mode mode : SharedEvent.Mode.values()) {
            SharedEvent event = SharedEvent.open(segment, "event-" + mode);
            untimed("SharedEvent.await()", "not signalled, " + mode, calling(event::await));
            timed("SharedEvent.await(Duration)", "not signalled, " + mode, false, event::await);
        }
        SharedEvent foreign = SharedEvent.open(segment, "event-foreign");
        untimed("SharedEvent.pulse()", "a waiter of another language", calling(foreign::pulse));
        timed("SharedEvent.pulse(Duration)", "a waiter of another language", false, foreign::pulse);
        SharedEvent left = SharedEvent.open(segment, "event-" + SharedEvent.Mode.MANUAL);
        early("SharedEvent.pulse(Duration)", "a waiter", End.with(true), left::pulse);
    }

    // what the others are made of

    private void attachments() {
        Attachment attachment = segment.attachment();
        SharedMutex mutex = SharedMutex.open(segment, "mutex");
        EventCount arrivals = attachment.arrivals(segment.blocks("mutex").require(""), null);
        BooleanSupplier free = () -> !mutex.isLocked();
        timed("EventCount.await(BooleanSupplier,Deadline)", "a mutex", false,
                limit -> arrivals.await(free, Deadline.after(limit)));
        timed("EventCount.await(Supplier,BooleanSupplier,Deadline)", "a mutex", null,
                limit -> arrivals.await(() -> free.getAsBoolean() ? "free" : null, () -> false,
                        Deadline.after(limit)));
        timed("EventCount.awaitPosition(ToLongFunction,Lane,long,long)", "a mutex", -1L, limit -> {
            try (Lane lane = attachment.enterToRead()) {
                return arrivals.awaitPosition(_ -> free.getAsBoolean() ? 1 : -1, lane, -1, limit.toNanos());
            }
        });
        timed("EventCount.pauseUntil(long,int)", "a mutex", -1, limit -> {
            long deadline = Deadline.nanosAfter(limit);
            int attempts = 0;
            while (attempts >= 0 && !free.getAsBoolean()) {
                attempts = arrivals.pauseUntil(deadline, attempts);
            }
            return attempts;
        });
        timed("EventCount.pause(Deadline,int)", "a mutex", false, limit -> {
            Deadline deadline = Deadline.after(limit);
            int attempts = 0;
            while (!free.getAsBoolean() && !deadline.expired()) {
                attempts = arrivals.pause(deadline, attempts);
            }
            return free.getAsBoolean();
        });
        untimed("EventCount.pause(WaitStrategy,long,int)", "a mutex",
                pausing(free, attempts -> arrivals.pause(WaitStrategy.park(), Deadline.FOREVER_NANOS, attempts)));
        untimed("EventCount.pause(WaitStrategy,long,int,Pollers)", "a mutex",
                pausing(free, attempts -> arrivals.pause(WaitStrategy.park(), Deadline.FOREVER_NANOS, attempts,
                        new Pollers(1, "pollers"))));
        // For one thread each.
        Supplier<EventCounts> both = () -> new EventCounts(
                List.of(arrivals, attachment.departures(segment.blocks("mutex").require(""), () -> 0)));
        timed("EventCounts.pause(Deadline,int)", "a mutex", false, limit -> {
            Deadline deadline = Deadline.after(limit);
            EventCounts several = both.get();
            int attempts = 0;
            while (!free.getAsBoolean() && !deadline.expired()) {
                attempts = several.pause(deadline, attempts);
            }
            return free.getAsBoolean();
        });
        untimed("EventCounts.pause(WaitStrategy,long,int)", "a mutex", _ -> {
            EventCounts several = both.get();
            return pausing(free, attempts -> several.pause(WaitStrategy.park(), Deadline.FOREVER_NANOS, attempts))
                    .of(Duration.ZERO);
        });
        untimed("Attachment.pause(int)", "a mutex", pausing(free, attachment::pause));
        untimed("Attachment.pause(WaitStrategy,int)", "a mutex",
                pausing(free, attempts -> attachment.pause(WaitStrategy.park(), attempts)));
    }

    private interface Pause {
        int after(int attempts) throws InterruptedException;
    }

    private static Call pausing(BooleanSupplier condition, Pause pause) {
        return _ -> {
            int attempts = 0;
            while (!condition.getAsBoolean()) {
                attempts = pause.after(attempts);
            }
            return attempts;
        };
    }

    /** What the creator had not finished. */
    private void opening() {
        String form = "SegmentBuilder.openTimeout(Duration)";
        End format = End.by(SegmentFormatException.class);
        timed(form, "file", format, format, limit -> Segment.at(WaitPeer.unfinished(segment.path()))
                .openTimeout(limit)
                .open());
        timed(form, "structure", End.by(StructureMismatchException.class), End.by(StructureBusyException.class),
                limit -> {
                    try (Segment again = Segment.at(segment.path()).openTimeout(limit).open()) {
                        return SharedQueue.open(again, "unfinished", Codecs.int64());
                    }
                });
    }
}

package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureBusyException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Lane;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.wait.Deadline;

/**
 * The receiving side of a {@link SharedTopic}: one of up to 32, each of which gets every message that is sent after it has subscribed.
 * Publishers wait for it in the end, so close it. For one thread at a time; {@link #close} may come from any thread, and its samples may
 * be closed by any.
 *
 * <p>
 * Messages come as samples, to be read in place; {@link #pollSlot} lends one for the time of a call, and what else stands in
 * {@link Intake} copies. Only {@link #receive()}, {@link #tryReceive(Duration)}, {@link #take()} and {@link #poll(Duration)} wait. If its process dies, nobody waits for it any more, and what it held comes
 * back.
 */
public final class TopicSubscriber implements Intake<byte[]> {

    /** Bytes of the longest message that an array can hold. */
    static final int COPY_MAX = Integer.MAX_VALUE - 8;

    /** In {@link #uses}. */
    private static final int LEFT = 1 << 31;
    /** Before the first message. */
    private static final long NOTHING = -1;

    private final SharedTopic topic;
    private final TopicChunks chunks;
    private final Attachment attachment;
    private final EventCount arrivals;
    /** Where open samples are counted, and what the segment's close ends. */
    private final Lane held;
    private final int entry;
    private final long owner;
    private final int cell;
    /** Open samples, a look for the next, the closing: while there is one, the entry stays ours. And whether this was closed. */
    private final AtomicInteger uses = new AtomicInteger();
    /** Whether the entry was given back. */
    private volatile boolean left;
    private long cursor;
    private long position = NOTHING;
    /** Of the message at {@link #position}. */
    private long size;
    private long lost;

    private TopicSubscriber(SharedTopic topic, TopicChunks chunks, int entry, long owner, int cell) {
        this.topic = topic;
        this.chunks = chunks;
        this.attachment = topic.attachment();
        this.arrivals = topic.arrivals();
        this.entry = entry;
        this.owner = owner;
        this.cell = cell;
        this.cursor = chunks.activate(entry);
        boolean opened = false;
        try {
            // Last: the segment's close may come from here on.
            this.held = attachment.openHoldersLane(this::leave);
            opened = true;
        } finally {
            if (!opened) {
                leave(chunks, entry, owner, attachment, cell);
            }
        }
    }

    /** Within an operation. */
    static TopicSubscriber subscribe(SharedTopic topic, TopicChunks chunks) {
        TopicSubscriber subscriber = trySubscribe(topic, chunks);
        if (subscriber == null) {
            topic.mend();
            subscriber = trySubscribe(topic, chunks);
        }
        if (subscriber == null) {
            throw new StructureBusyException("topic has no entry for another subscriber: " + topic.describe()
                    + ", subscribers=" + TopicDescriptor.SUBSCRIBERS + ", holders="
                    + TopicHolder.describe(topic.subscriptions()),
                    topic.segment().name(), topic.name());
        }
        return subscriber;
    }

    private static @Nullable TopicSubscriber trySubscribe(SharedTopic topic, TopicChunks chunks) {
        Claims claims = topic.attachment().claims();
        long owner = topic.owner();
        for (int number = 0; number < TopicDescriptor.SUBSCRIBERS; number++) {
            if (chunks.subscriberOwner(number) == 0) {
                int cell = claims.announceForLong(topic.blockOffset(), ClaimWord.of(ClaimWord.READ_INTENT, number));
                StopPoint.TOPIC_SUBSCRIBER_ANNOUNCED.reach();
                if (chunks.changeSubscriber(number, 0, owner)) {
                    StopPoint.TOPIC_SUBSCRIBER_TAKEN.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.READING, number));
                    return new TopicSubscriber(topic, chunks, number, owner, cell);
                }
                claims.clear(cell);
            }
        }
        return null;
    }

    /**
     * The next message, waiting for it as long as it takes.
     *
     * @throws InterruptedException when the thread is interrupted while it waits; no message is lost
     * @throws IllegalStateException when this subscriber, or the segment, is closed, also while it waits
     */
    public Sample receive() throws InterruptedException {
        Sample sample = await(Deadline.FOREVER_NANOS);
        if (sample == null) {
            throw new IllegalStateException("146 years are over: " + describe());
        }
        return sample;
    }

    /**
     * The next message, or null when there is none now.
     *
     * @throws IllegalStateException when this subscriber, or the segment, is closed
     * @throws ZeroIpcException when its size is impossible; it counts as received
     */
    public @Nullable Sample tryReceive() {
        int chunk = holdNext();
        return chunk == TopicChunks.NONE ? null : new Sample(this, chunk, position, message(chunk));
    }

    /** The chunk of the next message, to be given back; {@link TopicChunks#NONE} when there is none now. */
    private int holdNext() {
        try (Lane _ = attachment.enterToWrite()) {
            if (uses.get() < 0) {
                throw new IllegalStateException("topic subscriber is closed: " + describe());
            }
            return chunks.ahead(cursor) < 0 ? TopicChunks.NONE : openNext();
        }
    }

    private int openNext() {
        boolean opened = false;
        boolean usable = uses.incrementAndGet() > 0;
        try {
            int chunk = usable ? next() : TopicChunks.NONE;
            if (chunk != TopicChunks.NONE) {
                open(chunk);
                opened = true;
            }
            return chunk;
        } finally {
            if (!opened) {
                ended();
            }
        }
    }

    /** One use less. The last one after {@link #close} gives the entry back. */
    private void ended() {
        if (uses.decrementAndGet() == LEFT) {
            held.settleAndRetire();
        }
    }

    private MemorySegment message(int chunk) {
        return chunks.message(chunk, size);
    }

    /** The next message, waiting at most so long for it; null when none came. */
    public @Nullable Sample tryReceive(Duration timeout) throws InterruptedException {
        return await(TimeUnit.NANOSECONDS.convert(timeout));
    }

    private @Nullable Sample await(long timeoutNanos) throws InterruptedException {
        Sample sample = tryReceive();
        if (sample == null) {
            long deadline = Deadline.nanosAfter(timeoutNanos);
            int attempts = 0;
            while (sample == null && attempts >= 0) {
                attempts = arrivals.pauseUntil(deadline, attempts);
                sample = tryReceive();
            }
        }
        return sample;
    }

    /** Holds the next message and passes it; {@link TopicChunks#NONE} when there is none now. */
    private int next() {
        // As many looks as there can be positions, however wrong the bytes are.
        for (int looks = 0; looks <= TopicDescriptor.CHUNKS_MAX; looks++) {
            long position = cursor;
            long ahead = chunks.ahead(position);
            if (ahead < 0) {
                return TopicChunks.NONE;
            }
            int chunk = ahead == 0 ? chunks.hold(entry, position) : TopicChunks.NONE;
            if (chunk != TopicChunks.NONE) {
                StopPoint.TOPIC_HELD.reach();
                pass(position + 1);
                return chunk;
            }
            // I5 of TopicChunks does not hold: somebody has broken the rules.
            long next = ahead == 0 ? position + 1 : chunks.firstKept(position);
            lost += next - position;
            pass(next);
        }
        return TopicChunks.NONE;
    }

    private void pass(long next) {
        cursor = next;
        chunks.moveCursor(entry, next);
    }

    // messages as elements

    /**
     * A copy of the next message, or null when there is none now.
     *
     * @throws ZeroIpcException when it is longer than an array can be, or its size is impossible; it counts as received
     */
    @Override
    public byte @Nullable [] poll() {
        try (Sample sample = tryReceive()) {
            return sample == null ? null : copy(sample.memory());
        }
    }

    private byte[] copy(MemorySegment message) {
        if (message.byteSize() > COPY_MAX) {
            throw new ZeroIpcException("message does not fit into an array: " + describe() + ", position=" + position
                    + ", bytes=" + message.byteSize() + " (expected: at most " + COPY_MAX + "; receive it in place)");
        }
        return message.toArray(ValueLayout.JAVA_BYTE);
    }

    /** As {@link Intake#drainTo}, with copies. */
    @Override
    public int drainTo(Consumer<? super byte[]> consumer, int max) {
        int count = 0;
        while (count < max) {
            byte[] message = poll();
            if (message == null) {
                break;
            }
            count++;
            consumer.accept(message);
        }
        return count;
    }

    /** As {@link Intake#pollSlot}: the memory is the message as it lies in its chunk, read-only, and begins at 0. */
    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        int chunk = holdNext();
        if (chunk == TopicChunks.NONE) {
            return false;
        }
        try {
            consumer.accept(message(chunk), 0);
        } finally {
            giveBack(chunk);
        }
        return true;
    }

    @Override
    public long position() {
        return position;
    }

    /** As {@link #unread}. */
    @Override
    public long lag() {
        return unread();
    }

    /** False: as long as the segment is there, messages can come. */
    @Override
    public boolean isExhausted() {
        return false;
    }

    private void open(int chunk) {
        StopPoint.TOPIC_RECEIVED.reach();
        position = cursor - 1;
        size = chunks.size(chunk);
        if (size < 0) {
            chunks.release(entry, chunk);
            topic.departures().advance();
            throw new ZeroIpcException("message has an impossible size: " + describe() + ", position=" + position
                    + " (a program has overwritten the topic; create it anew)");
        }
        held.hold();
    }

    void giveBack(int chunk) {
        try (Lane _ = attachment.enterToEnd()) {
            chunks.release(entry, chunk);
            held.release();
            topic.departures().advance();
        } finally {
            ended();
        }
    }

    /** Messages that were sent and not received yet: a moment ago. */
    public long unread() {
        return attachment.reading(() -> Math.max(0, chunks.tail() - chunks.cursor(entry)));
    }

    /** Messages that are gone, because a program has overwritten the topic, or does not keep to its format; else 0. */
    @Override
    public long lost() {
        return lost;
    }

    /** Where to wait for messages. */
    @Override
    public EventCount arrivals() {
        return arrivals;
    }

    /**
     * Unsubscribes: nobody waits for this subscriber any more, and who waits for a message with it gets an exception. Samples that are
     * open stay so, and its entry is taken until the last of them is closed. Idempotent.
     */
    @Override
    public void close() {
        int before = uses.getAndUpdate(count -> count < 0 ? count : count + 1 | LEFT);
        if (before < 0) {
            return;
        }
        Lane inside = attachment.lane();
        try {
            if (before > 0 && inside.tryEnterToEnd()) {
                stopReceiving(inside);
            }
        } finally {
            ended();
            // Whoever waits with it, which it is too late for.
            arrivals.rouse();
        }
    }

    private void stopReceiving(Lane inside) {
        try {
            // Unless the segment's close has done so before, behind the last sample: then the entry may be another one's.
            if (!left) {
                chunks.deactivate(entry);
                topic.departures().advance();
            }
        } finally {
            inside.close();
        }
    }

    /** What the segment's close does as well, when no sample is open. */
    private void leave() {
        left = true;
        leave(chunks, entry, owner, attachment, cell);
        if (!attachment.isDetached()) {
            topic.departures().advance();
        }
    }

    private static void leave(TopicChunks chunks, int entry, long owner, Attachment attachment, int cell) {
        if (!attachment.isDetached()) {
            chunks.deactivate(entry);
            StopPoint.TOPIC_SUBSCRIBER_LEFT.reach();
            boolean _ = chunks.changeSubscriber(entry, owner, 0);
            attachment.claims().clear(cell);
        }
    }

    String describe() {
        return topic.describe();
    }
}

package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.memory.Atomics;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.os.Words;

import static io.zeroipc.format.TopicDescriptor.CURSOR;
import static io.zeroipc.format.TopicDescriptor.FREE;
import static io.zeroipc.format.TopicDescriptor.LOANED;
import static io.zeroipc.format.TopicDescriptor.OWNER;
import static io.zeroipc.format.TopicDescriptor.POSITION;
import static io.zeroipc.format.TopicDescriptor.PUBLISHERS;
import static io.zeroipc.format.TopicDescriptor.SENT;
import static io.zeroipc.format.TopicDescriptor.SIZE;
import static io.zeroipc.format.TopicDescriptor.SUBSCRIBERS;
import static io.zeroipc.format.TopicDescriptor.WORD;

/**
 * The words of a topic: who has which chunk, and what is published where. Knows nothing of lanes and of waiting. Thread-safe.
 *
 * <p>
 * Overview: a ring of descriptors that is filled by one compare-and-set for each, cursors as in a Disruptor (Thompson et al.), and for
 * each chunk one word that says who has it: {@code docs/format/topic.md}, and why so, {@code docs/design/loans.md}.
 *
 * <p>
 * Invariants. I1: a word says <em>on loan</em> from the compare-and-set by which a publisher takes a chunk to the one by which the
 * same publisher, or who recovers for it, gives it back or says <em>sent</em>. I2: bit i of a word is set and cleared by subscriber i
 * only, or for it when it is dead. I3: cursors and tail only grow. I4: a chunk whose position somebody who takes part has not passed is
 * not taken on loan. I5: a slot that is written to holds nothing that anybody has yet to read; it follows from I4, as there are as many
 * slots as chunks, and who writes has a chunk besides.
 *
 * <p>
 * Ordering. S1: the compare-and-set of a slot releases position, size and message; a receiver acquire-loads the slot. S2: a subscriber
 * sets its bit of {@code active}, and loads the tail; a publisher loads the tail, and then {@code active}: a full fence in between
 * on both sides, so that a subscriber that was not seen begins behind what the publisher takes. S3: the compare-and-set that clears
 * the bit of a holder releases; the one that takes the chunk on loan acquires: no byte is written that is still read. S4: the
 * release-store of a cursor comes behind the compare-and-set that sets the bit; who acquire-loads the cursor sees the bit.
 *
 * <p>
 * Progress: lock-free. If a process dies: {@link TopicRecoverer}.
 */
final class TopicChunks {

    /** No chunk: none is free, or nothing is there. */
    static final int NONE = -1;
    /** So often another one may be faster. More is not a matter of luck: the bytes are wrong. */
    private static final int TRIES_MAX = 1 << 20;

    private final MemorySegment block;
    private final MemorySegment readOnly;
    /** The same, for offsets that the checked layout computes. */
    private final Words words;
    private final Layout layout;
    private final int chunks;
    private final String description;

    /** @param layout checked against the block */
    TopicChunks(MemorySegment block, Layout layout, String description) {
        this.block = block;
        this.readOnly = block.asReadOnly();
        this.words = new Words(block);
        this.layout = layout;
        this.chunks = (int) layout.chunks();
        this.description = description;
    }

    int chunks() {
        return chunks;
    }

    long chunkSize() {
        return layout.chunkSize();
    }

    /** The first bytes of a chunk. */
    MemorySegment data(int chunk, long size) {
        return block.asSlice(layout.data(chunk), size);
    }

    /** The same to read: made at once, as a read-only view of a slice would be a second object. */
    MemorySegment message(int chunk, long size) {
        return readOnly.asSlice(layout.data(chunk), size);
    }

    // what is known of a chunk

    long word(int chunk) {
        return words.getLongAcquire(layout.chunk(chunk) + WORD);
    }

    private boolean changeWord(int chunk, long from, long to) {
        return words.compareAndSetLong(layout.chunk(chunk) + WORD, from, to);
    }

    private long position(int chunk) {
        return words.getLong(layout.chunk(chunk) + POSITION);
    }

    /** Bytes of a message that the caller holds, or -1 if that cannot be. */
    long size(int chunk) {
        long size = words.getLong(layout.chunk(chunk) + SIZE);
        return size < 0 || size > layout.chunkSize() ? -1 : size;
    }

    long tail() {
        return words.getLongAcquire(layout.tail());
    }

    /** One bit for each subscriber that takes part. */
    int active() {
        return (int) words.getLongAcquire(layout.active());
    }

    long cursor(int subscriber) {
        return words.getLongAcquire(layout.subscriber(subscriber) + CURSOR);
    }

    // entries

    long publisherOwner(int number) {
        return words.getLongAcquire(layout.publisher(number) + OWNER);
    }

    long subscriberOwner(int number) {
        return words.getLongAcquire(layout.subscriber(number) + OWNER);
    }

    boolean changePublisher(int number, long from, long to) {
        return words.compareAndSetLong(layout.publisher(number) + OWNER, from, to);
    }

    boolean changeSubscriber(int number, long from, long to) {
        return words.compareAndSetLong(layout.subscriber(number) + OWNER, from, to);
    }

    /** Of an entry that is the caller's: takes part from here on. The position at which it begins. */
    long activate(int subscriber) {
        releaseAll(subscriber);
        changeActive(0, TopicDescriptor.bit(subscriber));
        StopPoint.TOPIC_SUBSCRIBER_ACTIVE.reach();
        // S2, pairs with passed().
        Atomics.fullFence();
        long tail = tail();
        // I3: who had the entry before may have read a message whose publisher has not moved the tail. Never more than one.
        long start = cursor(subscriber) == tail + 1 ? tail + 1 : tail;
        moveCursor(subscriber, start);
        return start;
    }

    /** Nobody waits for this subscriber any more. */
    void deactivate(int subscriber) {
        changeActive(TopicDescriptor.bit(subscriber), 0);
    }

    private void changeActive(long clear, long set) {
        long present;
        do {
            present = words.getLongAcquire(layout.active());
        } while (!words.compareAndSetLong(layout.active(), present, (present & ~clear) | set));
    }

    /** S4. */
    void moveCursor(int subscriber, long position) {
        words.setLongRelease(layout.subscriber(subscriber) + CURSOR, position);
    }

    // publishing

    /** The least position that somebody may have yet to read. It stays true for ever; I3. */
    long passed() {
        long passed = tail();
        // S2, pairs with activate().
        Atomics.fullFence();
        for (int left = active(); left != 0; left &= left - 1) {
            passed = Math.min(passed, cursor(Integer.numberOfTrailingZeros(left)));
        }
        return passed;
    }

    /**
     * Takes a chunk on loan, or returns {@link #NONE}.
     *
     * @param from where to look first
     * @param publisher the caller's entry
     */
    int loan(Passed passed, int from, int publisher) {
        boolean fresh = false;
        int chunk = from;
        for (int i = 0; i < chunks; i++) {
            long word = word(chunk);
            boolean available = TopicDescriptor.state(word) == FREE;
            if (!available && isIdle(word)) {
                long position = position(chunk);
                if (position >= passed.position && !fresh) {
                    fresh = true;
                    passed.position = passed();
                }
                // The position is that of this word if the compare-and-set succeeds, as it is changed during a loan only.
                available = position < passed.position;
            }
            // S3, pairs with release(). I1.
            if (available && changeWord(chunk, word, TopicDescriptor.loaned(word, publisher))) {
                return chunk;
            }
            chunk = chunk + 1 == chunks ? 0 : chunk + 1;
        }
        return NONE;
    }

    private static boolean isIdle(long word) {
        return TopicDescriptor.state(word) == SENT && TopicDescriptor.holders(word) == 0;
    }

    /** What a publisher remembers. Racy on purpose: it is only ever too small. */
    static final class Passed {
        private long position;
    }

    /** Gives back a loan that was not sent. */
    void abort(int chunk) {
        long word = word(chunk);
        while (!changeWord(chunk, word, TopicDescriptor.freed(word))) {
            word = word(chunk);
        }
    }

    /** Publishes a chunk that the caller has on loan; its position. */
    long publish(int chunk, long size) {
        words.putLong(layout.chunk(chunk) + SIZE, size);
        long position = place(chunk);
        StopPoint.TOPIC_PUBLISHED.reach();
        moveTail(position);
        StopPoint.TOPIC_TAIL_MOVED.reach();
        say(chunk);
        return position;
    }

    private long place(int chunk) {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            long tail = tail();
            long slot = layout.slot(tail);
            long descriptor = words.getLongAcquire(slot);
            long ahead = layout.lapsAhead(descriptor, tail);
            if (ahead == 0) {
                // Somebody has published there, and has not moved the tail yet, or is dead.
                moveTail(tail);
            } else if (ahead == -1) {
                words.putLong(layout.chunk(chunk) + POSITION, tail);
                StopPoint.TOPIC_PLACED.reach();
                // S1. Of all who try one succeeds: the slot has this value once in all time, as laps only grow.
                if (words.compareAndSetLong(slot, descriptor, layout.descriptor(tail, chunk))) {
                    return tail;
                }
            } else if (tail == tail()) {
                throw damaged("tail=" + tail + ", lap=" + TopicDescriptor.lapOf(descriptor) + " (expected: "
                        + layout.lap(tail) + ", or one less)");
            }
        }
        throw damaged("no position can be published, tail=" + tail());
    }

    private void moveTail(long position) {
        boolean _ = words.compareAndSetLong(layout.tail(), position, position + 1);
    }

    /** What was published says so. */
    private void say(int chunk) {
        long word = word(chunk);
        // Receivers change their bits meanwhile, and nobody else changes anything: I1.
        while (!changeWord(chunk, word, TopicDescriptor.sent(word))) {
            word = word(chunk);
        }
    }

    // receiving

    /** Whether something was published at a position: negative when not yet, 0, or positive when something later was. */
    long ahead(long position) {
        return layout.lapsAhead(words.getLongAcquire(layout.slot(position)), position);
    }

    /**
     * Holds the chunk that is published at a position, which the caller has not passed; {@link #NONE} when there is none, for which no
     * program gives reason that keeps to the rules.
     */
    int hold(int subscriber, long position) {
        // S1, pairs with place().
        long descriptor = words.getLongAcquire(layout.slot(position));
        int chunk = TopicDescriptor.chunkOf(descriptor);
        if (chunk >= chunks || descriptor != layout.descriptor(position, chunk)) {
            return NONE;
        }
        long bit = TopicDescriptor.bit(subscriber);
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            long word = word(chunk);
            if (TopicDescriptor.state(word) == FREE || position(chunk) != position) {
                return NONE;
            }
            if (changeWord(chunk, word, word | bit)) {
                if (position(chunk) == position) {
                    return chunk;
                }
                release(subscriber, chunk);
                return NONE;
            }
        }
        return NONE;
    }

    /** S3: the subscriber does not read the chunk any more. */
    void release(int subscriber, int chunk) {
        long bit = TopicDescriptor.bit(subscriber);
        long word = word(chunk);
        while ((word & bit) != 0 && !changeWord(chunk, word, word & ~bit)) {
            word = word(chunk);
        }
    }

    /** The subscriber reads no chunk at all. */
    void releaseAll(int subscriber) {
        for (int chunk = 0; chunk < chunks; chunk++) {
            release(subscriber, chunk);
        }
    }

    /** Where a subscriber goes on that finds a later lap at its position, which only a program brings about that breaks the rules. */
    long firstKept(long position) {
        return Math.max(position + 1, tail() - layout.slots());
    }

    // recovery

    /** A chunk that a dead publisher had on loan: sent if it was published, else free. Whether it was there. */
    boolean settle(int chunk, int publisher) {
        while (true) {
            long word = word(chunk);
            if (TopicDescriptor.state(word) != LOANED || TopicDescriptor.publisher(word) != publisher) {
                return false;
            }
            long position = position(chunk);
            boolean published = words.getLongAcquire(layout.slot(position)) == layout.descriptor(position, chunk);
            if (published) {
                // Before it says so: what says that it was sent lies before the tail.
                moveTail(position);
            }
            // Held, and no longer in its slot: all others have passed it. Neither: nobody has yet to read it, if it was published at
            // all; I5. Published at the position of an earlier loan: passed by all, so that saying so is as good as free.
            boolean sent = published || TopicDescriptor.holders(word) != 0;
            if (changeWord(chunk, word, sent ? TopicDescriptor.sent(word) : TopicDescriptor.freed(word))) {
                return true;
            }
        }
    }

    // for people, and for those who wait

    /** How many messages were published: the tail, or one more while it is to be moved. */
    long arrivalStamp() {
        long tail = tail();
        return ahead(tail) < 0 ? tail : tail + 1;
    }

    /** Changes when a chunk may have become free; most likely. */
    long departureStamp() {
        long stamp = passed();
        for (int chunk = 0; chunk < chunks; chunk++) {
            stamp = stamp * 31 + word(chunk);
        }
        return stamp;
    }

    /** Chunks that cannot be taken on loan, and of them the bytes of messages and loans. */
    Use use() {
        long passed = passed();
        int used = 0;
        int loaned = 0;
        long bytes = 0;
        for (int chunk = 0; chunk < chunks; chunk++) {
            long word = word(chunk);
            int state = TopicDescriptor.state(word);
            if (state != FREE && !(isIdle(word) && position(chunk) < passed)) {
                used++;
                loaned += state == LOANED ? 1 : 0;
                bytes += state == LOANED ? layout.chunkSize() : Math.max(0, size(chunk));
            }
        }
        return new Use(used, loaned, bytes);
    }

    /**
     * How much of a topic is in use.
     *
     * @param chunks that cannot be taken on loan
     * @param loaned of these, those that are on loan
     * @param bytes of the messages, and of all chunks that are on loan
     */
    record Use(int chunks, int loaned, long bytes) {}

    /** Who has what, of those who have anything. */
    List<Hold> holds() {
        return Stream.concat(loans(), subscribers().filter(hold -> hold.held() + hold.unread() > 0)).toList();
    }

    /** Who has taken an entry to subscribe, and what each has. */
    List<Hold> subscriptions() {
        return subscribers().filter(hold -> hold.owner() != 0).toList();
    }

    /** Those who publish, and have something on loan. */
    Stream<Hold> loans() {
        int[] loaned = new int[PUBLISHERS];
        for (int chunk = 0; chunk < chunks; chunk++) {
            long word = word(chunk);
            if (TopicDescriptor.state(word) == LOANED) {
                loaned[TopicDescriptor.publisher(word)]++;
            }
        }
        return IntStream.range(0, PUBLISHERS)
                .filter(number -> loaned[number] > 0)
                .mapToObj(number -> new Hold(true, number, publisherOwner(number), loaned[number], 0));
    }

    /** One for each entry. */
    private Stream<Hold> subscribers() {
        int[] held = new int[SUBSCRIBERS];
        int[] unread = new int[SUBSCRIBERS];
        int active = active();
        long passed = passed();
        for (int chunk = 0; chunk < chunks; chunk++) {
            long word = word(chunk);
            long position = position(chunk);
            boolean isToRead = TopicDescriptor.state(word) == SENT && position >= passed;
            int holders = TopicDescriptor.holders(word);
            for (int left = holders | (isToRead ? active : 0); left != 0; left &= left - 1) {
                int subscriber = Integer.numberOfTrailingZeros(left);
                if ((holders & TopicDescriptor.bit(subscriber)) != 0) {
                    held[subscriber]++;
                } else if (cursor(subscriber) <= position) {
                    unread[subscriber]++;
                }
            }
        }
        return IntStream.range(0, SUBSCRIBERS)
                .mapToObj(number -> new Hold(false, number, subscriberOwner(number), held[number], unread[number]));
    }

    /**
     * Somebody who has chunks.
     *
     * @param publisher else a subscriber
     * @param owner of the entry with the number
     * @param held on loan, or read at this moment
     * @param unread to be read
     */
    record Hold(boolean publisher, int number, long owner, int held, int unread) {}

    private ZeroIpcException damaged(@Nullable String detail) {
        return new ZeroIpcException("topic is damaged: " + description + ", " + detail
                + " (a program has overwritten it, or does not keep to its format; create it anew)");
    }
}

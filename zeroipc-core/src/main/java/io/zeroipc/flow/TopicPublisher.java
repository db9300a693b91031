package io.zeroipc.flow;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.StructureBusyException;
import io.zeroipc.format.ClaimWord;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.Claims;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Lane;
import io.zeroipc.wait.Deadline;

/**
 * The sending side of a {@link SharedTopic} in one opened segment. Thread-safe. It takes one of the 255 entries for publishers with its first
 * loan, and gives it back when the segment is closed and no loan is open any more.
 *
 * <p>
 * Only {@link #loan(long)} and {@link #tryLoan(long, Duration)} wait: for a chunk that subscribers, or other publishers, give back.
 */
public final class TopicPublisher {

    private static final int NO_ENTRY = 0;
    /** That of chunks. */
    private static final long ALIGNMENT = 64;

    private final SharedTopic topic;
    private final TopicChunks chunks;
    private final EventCount departures;
    private final TopicChunks.Passed passed = new TopicChunks.Passed();
    /** Racy on purpose: where to look first. */
    private int latest;
    private volatile Consumer<? super List<TopicHolder>> whenFull = _ -> {
        // Nobody wants to know.
    };

    /** What is taken together with the entry; written before that. */
    private @Nullable Lane loans;
    private int cell = Claims.NO_CELL;
    private long owner;
    private volatile int entry = NO_ENTRY;

    TopicPublisher(SharedTopic topic, TopicChunks chunks, EventCount departures) {
        this.topic = topic;
        this.chunks = chunks;
        this.departures = departures;
    }

    /**
     * A chunk for a message, waiting for one as long as it takes.
     *
     * @param bytes 0 to {@link SharedTopic#chunkSize}
     * @throws InterruptedException when the thread is interrupted while it waits
     * @throws IllegalArgumentException when so many bytes do not fit into a chunk
     * @throws StructureBusyException when there are more publishers than entries
     */
    public Loan loan(long bytes) throws InterruptedException {
        Loan loan = await(bytes, Deadline.FOREVER_NANOS);
        if (loan == null) {
            throw new IllegalStateException("146 years are over: " + describe());
        }
        return loan;
    }

    /**
     * A chunk for a message, or null when none is free.
     *
     * @param bytes 0 to {@link SharedTopic#chunkSize}
     * @throws IllegalArgumentException when so many bytes do not fit into a chunk
     * @throws StructureBusyException when there are more publishers than entries
     */
    public @Nullable Loan tryLoan(long bytes) {
        requireFitting(bytes);
        try (Lane _ = enter()) {
            int chunk = chunks.loan(passed, from(), entry);
            if (chunk == TopicChunks.NONE) {
                return null;
            }
            latest = chunk;
            StopPoint.TOPIC_LOANED.reach();
            loans().hold();
            return new Loan(this, chunk, chunks.data(chunk, bytes));
        }
    }

    /** As {@link #loan(long)}, waiting at most so long; null when none became free. */
    public @Nullable Loan tryLoan(long bytes, Duration timeout) throws InterruptedException {
        return await(bytes, TimeUnit.NANOSECONDS.convert(timeout));
    }

    /**
     * As {@link #tryLoan(long)}, for those who do not expect that none is free.
     *
     * @throws StructureBusyException when none is free; its message says who holds the chunks
     */
    public Loan requireLoan(long bytes) {
        Loan loan = tryLoan(bytes);
        if (loan == null) {
            throw new StructureBusyException("topic is full: " + describe() + ", chunks=" + chunks.chunks()
                    + ", holders=" + topic.holders(), topic.segment().name(), topic.name());
        }
        return loan;
    }

    /**
     * A loan of memory that nobody reads, for those who would rather lose a message than wait for a chunk: it can be written to like
     * any other, and sending it is giving it back.
     *
     * @param bytes 0 to {@link SharedTopic#chunkSize}
     * @throws IllegalArgumentException when so many bytes do not fit into a chunk
     */
    public Loan discardedLoan(long bytes) {
        requireFitting(bytes);
        return new Loan(this, TopicChunks.NONE, Arena.ofAuto().allocate(bytes, ALIGNMENT));
    }

    /**
     * Says what to call, with those who hold chunks, whenever {@link #loan(long)} or {@link #tryLoan(long, Duration)} finds none free and
     * is about to wait: once for each such call, in its thread.
     */
    public void whenFull(Consumer<? super List<TopicHolder>> action) {
        whenFull = Objects.requireNonNull(action, "action");
    }

    /** Subscribers that take part: a moment ago. */
    public int subscribers() {
        return topic.subscribers();
    }

    private @Nullable Loan await(long bytes, long timeoutNanos) throws InterruptedException {
        Loan loan = tryLoan(bytes);
        if (loan == null && timeoutNanos > 0) {
            long deadline = Deadline.nanosAfter(timeoutNanos);
            topic.mend();
            whenFull.accept(topic.holders());
            int attempts = 0;
            while (loan == null && attempts >= 0) {
                attempts = departures.pauseUntil(deadline, attempts);
                loan = tryLoan(bytes);
            }
        }
        return loan;
    }

    private void requireFitting(long bytes) {
        if (bytes < 0 || bytes > chunks.chunkSize()) {
            throw new IllegalArgumentException("message does not fit into a chunk: " + describe() + ", bytes=" + bytes
                    + " (expected: 0 to " + chunks.chunkSize() + ")");
        }
    }

    private int from() {
        int from = latest;
        return from < chunks.chunks() ? from : 0;
    }

    // what a loan does in the end

    int send(int chunk, long byteSize) {
        if (chunk == TopicChunks.NONE) {
            return 0;
        }
        try (Lane _ = topic.attachment().enterToEnd()) {
            int subscribers = Integer.bitCount(chunks.active());
            chunks.publish(chunk, byteSize);
            loans().release();
            topic.arrivals().advance();
            // Whoever has read it already has passed it before it was said to be sent.
            departures.advance();
            return subscribers;
        }
    }

    void giveBack(int chunk) {
        if (chunk == TopicChunks.NONE) {
            return;
        }
        try (Lane _ = topic.attachment().enterToEnd()) {
            chunks.abort(chunk);
            loans().release();
            departures.advance();
        }
    }

    String describe() {
        return topic.describe();
    }

    // the entry

    private Lane enter() {
        if (entry == NO_ENTRY) {
            takeEntry();
        }
        return topic.attachment().enterToWrite();
    }

    /** Where open loans are counted: the entry stays until the last of them is ended. */
    private Lane loans() {
        Lane present = loans;
        if (present == null) {
            throw new IllegalStateException("publisher has no entry: " + describe());
        }
        return present;
    }

    private synchronized void takeEntry() {
        if (entry != NO_ENTRY) {
            return;
        }
        try (Lane _ = topic.attachment().enterToWrite()) {
            int found = tryTakeEntry();
            if (found == NO_ENTRY) {
                topic.mend();
                found = tryTakeEntry();
            }
            if (found == NO_ENTRY) {
                throw new StructureBusyException("topic has no entry for another publisher: " + describe()
                        + ", publishers=" + (TopicDescriptor.PUBLISHERS - 1) + " (one is taken by each process and"
                        + " each opened segment that publishes)", topic.segment().name(), topic.name());
            }
            int taken = found;
            try {
                loans = topic.attachment().openHoldersLane(() -> leave(taken));
            } finally {
                if (loans == null) {
                    leave(taken);
                }
            }
            entry = taken;
        }
    }

    private int tryTakeEntry() {
        Claims claims = topic.attachment().claims();
        owner = topic.owner();
        for (int number = 1; number < TopicDescriptor.PUBLISHERS; number++) {
            if (chunks.publisherOwner(number) == 0) {
                cell = claims.announceForLong(topic.blockOffset(), ClaimWord.of(ClaimWord.WRITE_INTENT, number));
                StopPoint.TOPIC_PUBLISHER_ANNOUNCED.reach();
                if (chunks.changePublisher(number, 0, owner)) {
                    StopPoint.TOPIC_PUBLISHER_TAKEN.reach();
                    claims.set(cell, ClaimWord.of(ClaimWord.WRITING, number));
                    return number;
                }
                claims.clear(cell);
            }
        }
        return NO_ENTRY;
    }

    private void leave(int taken) {
        if (!topic.attachment().isDetached()) {
            boolean _ = chunks.changePublisher(taken, owner, 0);
            topic.attachment().claims().clear(cell);
        }
    }
}

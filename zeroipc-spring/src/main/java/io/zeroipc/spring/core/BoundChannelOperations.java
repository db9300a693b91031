package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.Loan;

/**
 * Sending to and receiving from one channel: what {@link ZeroIpcOperations#channel} has looked up once. As long as its
 * template is open it may be kept, in a field for example, whatever becomes of the segment's file: the template's settings,
 * conversions, observations and exceptions, and what it does when the file is replaced, hold here as well. Thread-safe.
 *
 * @param <T> what is sent and received: the channel's elements, or what a converter makes of them
 */
public interface BoundChannelOperations<T> {

    /** The channel in its long form. */
    ChannelName name();

    /**
     * Sends, waiting as long as the template's send timeout says for room, and then doing what its {@link FullAction}
     * says.
     *
     * @throws ChannelFullException when there was no room and the full action is to fail; nothing was sent
     * @throws ChannelClosedException when the channel was closed
     */
    void send(T element);

    /**
     * Sends without waiting.
     *
     * @return false when there was no room, or the channel was closed
     */
    boolean trySend(T element);

    /**
     * Sends, waiting up to this long for room.
     *
     * @return false when there was no room, or the channel was closed
     */
    boolean trySend(T element, Duration timeout) throws InterruptedException;

    /**
     * Sends one after the other without waiting, until one finds no room; structures that can do so take several at
     * once. Others may send in between.
     *
     * @return how many were sent: the first ones of the collection
     */
    int sendAll(Collection<? extends T> elements);

    /**
     * A chunk of a topic to write a message into, which is read there: nothing is copied. Waits for one as long as the template's
     * send timeout says, and then does what its {@link FullAction} says: with {@link FullAction#DROP} it is memory that nobody
     * reads. To be closed: that gives it back unless it was sent.
     *
     * <pre>{@code
     * try (Loan loan = frames.loan(bytes)) {
     *     fill(loan.memory());
     *     loan.send();
     * }
     * }</pre>
     *
     * @param bytes 0 to the topic's chunk size
     * @throws ChannelFullException when no chunk became free and the full action is to fail; says who holds them
     * @throws IllegalArgumentException when so many bytes do not fit into a chunk
     * @throws UnsupportedChannelTypeException when the structure is no topic
     */
    Loan loan(long bytes);

    /** As {@link #loan}, without waiting. Null when no chunk is free. */
    @Nullable
    Loan tryLoan(long bytes);

    /** As {@link #loan}, waiting up to this long. Null when no chunk became free. */
    @Nullable
    Loan tryLoan(long bytes, Duration timeout) throws InterruptedException;

    /**
     * Receives, waiting as long as the template's receive timeout says. Null when nothing was there.
     *
     * @throws io.zeroipc.spring.converter.PayloadConversionException when the element is no such object; it was taken
     */
    @Nullable
    T receive();

    /** Receives without waiting, as {@link #receive()} else. Null when nothing was there. */
    @Nullable
    T tryReceive();

    /** Receives, waiting up to this long, as {@link #receive()} else. Null when nothing came. */
    @Nullable
    T tryReceive(Duration timeout) throws InterruptedException;

    /**
     * Receives what is there, at most so many elements, without waiting. Empty when nothing is.
     *
     * @throws ElementTypeException when elements would have to be converted; nothing was taken. One that cannot be would take
     *             the others along.
     */
    List<T> receiveAll(int max);
}

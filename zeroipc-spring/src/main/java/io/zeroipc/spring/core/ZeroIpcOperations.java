package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;

import io.zeroipc.flow.Loan;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.envelope.Envelope;

/**
 * Sending to and receiving from channels by name: {@code segment/structure}, or a structure of the primary segment.
 * Thread-safe; structures with one writer are written one thread at a time.
 *
 * <p>
 * Elements travel as the structure's codec stores them: a record, a number, a text. What is sent and is no such element is
 * sent as whatever a converter makes of it, JSON or text. Of a {@link org.springframework.messaging.Message} the payload is
 * sent, with the headers that its sender has set where the template sends envelopes and the channel can hold one; an
 * {@link Envelope} goes there as it is. Where no converter knows the way, sending is an {@link ElementTypeException}, and where
 * the object cannot be written or does not fit a {@link io.zeroipc.spring.converter.PayloadConversionException}. All methods throw {@link UnknownChannelException} for a name that nobody
 * declared, {@link UnsupportedChannelTypeException} for a structure that cannot be sent to or received from,
 * {@link io.zeroipc.RoleTakenException} when somebody else writes or reads where only one may, and
 * {@link io.zeroipc.SegmentDetachedException} when the segment was replaced and its definition does not say to go on
 * with the new one.
 */
public interface ZeroIpcOperations {

    /**
     * One channel, to be kept by whoever uses it often: what the methods of this interface look up by its name in each call is
     * looked up once. Opens nothing before its first use, and does not compare the type before it either.
     *
     * @param type what is sent and received: that of the channel's elements, wrapper types for primitives; one that a converter
     *            makes of them; or {@link Envelope}
     */
    <T> BoundChannelOperations<T> channel(String channel, Class<T> type);

    /** As {@link #channel(String, Class)}, for a type with type arguments. */
    <T> BoundChannelOperations<T> channel(String channel, ParameterizedTypeReference<T> type);

    /**
     * Sends, waiting as long as the template's send timeout says for room, and then doing what its {@link FullAction}
     * says.
     *
     * @throws ChannelFullException when there was no room and the full action is to fail; nothing was sent
     * @throws ChannelClosedException when the channel was closed
     */
    void send(String channel, Object element);

    /** As {@link #send(String, Object)}, to the default channel. */
    void send(Object element);

    /**
     * Sends without waiting.
     *
     * @return false when there was no room, or the channel was closed
     */
    boolean trySend(String channel, Object element);

    /**
     * Sends, waiting up to this long for room.
     *
     * @return false when there was no room, or the channel was closed
     */
    boolean trySend(String channel, Object element, Duration timeout) throws InterruptedException;

    /**
     * Sends one after the other without waiting, until one finds no room; structures that can do so take several at
     * once. Others may send in between.
     *
     * @return how many were sent: the first ones of the collection
     */
    int sendAll(String channel, Collection<?> elements);

    /**
     * A chunk of a topic to write a message into, which is read there: nothing is copied. Waits for one as long as the template's
     * send timeout says, and then does what its {@link FullAction} says: with {@link FullAction#DROP} it is memory that nobody
     * reads. To be closed: that gives it back unless it was sent.
     *
     * <pre>{@code
     * try (Loan loan = zeroIpc.loan("camera/frames", bytes)) {
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
    Loan loan(String channel, long bytes);

    /** As {@link #loan}, without waiting. Null when no chunk is free. */
    @Nullable
    Loan tryLoan(String channel, long bytes);

    /** As {@link #loan}, waiting up to this long. Null when no chunk became free. */
    @Nullable
    Loan tryLoan(String channel, long bytes, Duration timeout) throws InterruptedException;

    /**
     * Receives, waiting as long as the template's receive timeout says. Null when nothing was there.
     *
     * @param elementType what the channel carries; wrapper types for primitives
     */
    <T> @Nullable T receive(String channel, Class<T> elementType);

    /** Receives without waiting. Null when nothing was there. */
    <T> @Nullable T tryReceive(String channel, Class<T> elementType);

    /** Receives, waiting up to this long. Null when nothing came. */
    <T> @Nullable T tryReceive(String channel, Class<T> elementType, Duration timeout) throws InterruptedException;

    /** Receives what is there, at most so many elements, without waiting. Empty when nothing is. */
    <T> List<T> receiveAll(String channel, Class<T> elementType, int max);

    /** As {@link #send(String, Object)}, by the name that other templates of Spring have for it. */
    default void convertAndSend(String channel, Object payload) {
        send(channel, payload);
    }

    /**
     * Receives, waiting as {@link #receive} does, what a converter makes of the element. Null when nothing was there.
     *
     * @throws ElementTypeException when no converter knows the way; nothing was taken
     * @throws io.zeroipc.spring.converter.PayloadConversionException when the element is no such object; it was taken
     */
    <T> @Nullable T receiveAndConvert(String channel, Class<T> payloadType);

    /** As {@link #receiveAndConvert(String, Class)}, for a type with type arguments. */
    <T> @Nullable T receiveAndConvert(String channel, ParameterizedTypeReference<T> payloadType);

    /**
     * Sends a request in an envelope and waits for the reply on this template's reply channel. Any number of threads may
     * do so at once: each gets the reply to its own request. Both channels carry {@code frame(n)} or {@code bytes(n)}.
     * A replier that dies, or does not reply in time, looks the same from here; a reply that comes later is dropped.
     *
     * @param request bytes, an {@code Envelope}, what a converter makes bytes of, or a message with one of these and headers
     * @param replyType {@code byte[]}, {@code Envelope}, or what a converter makes of bytes
     * @param timeout for the room to send into and for the reply
     * @return null when no reply came in time; the request may have been processed all the same
     * @throws ChannelFullException when there was no room in time; nothing was sent
     * @throws ChannelClosedException when the channel was closed
     */
    <T> @Nullable T sendAndReceive(String channel, Object request, Class<T> replyType, Duration timeout)
            throws InterruptedException;

    /**
     * Replies to a request: sends to the channel that it names, with its correlation. Waits, and fails, as
     * {@link #send(String, Object)} does.
     *
     * @param reply bytes, an {@code Envelope}, what a converter makes bytes of, or a message with one of these and headers
     * @throws IllegalArgumentException when the envelope names no channel for a reply
     */
    void reply(Envelope request, Object reply);

    /**
     * Does something with the structure behind a name as it is now: an array, a map, or whatever nothing can be sent to.
     * Done again with the new structure whenever the segment turns out to have been replaced and its definition says to go
     * on, so that what was done before may be done again. The structure is not to be kept.
     *
     * @param structureType the class of the structure, {@code SharedArray.class}
     * @throws UnsupportedChannelTypeException when the structure is of another class
     */
    <S extends Structure, R extends @Nullable Object> R execute(String channel, Class<S> structureType,
            Function<? super S, R> action);
}

package io.zeroipc.spring.listener;

import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Source;
import io.zeroipc.spring.core.ChannelName;

/**
 * What a container calls. A method of a bean, a lambda, or whatever wraps one of these to add to it: each wrapper passes
 * on what it does not change.
 */
public interface ElementListener {

    /** Whether one call takes a {@code List}. */
    boolean isBatch();

    /** Whether it cannot be called without an {@link Acknowledgment}. */
    default boolean needsAcknowledgment() {
        return false;
    }

    /**
     * Says in which form elements of a channel are wanted. Called before the first element, and again when the channel's
     * structure was replaced.
     *
     * @param elementTypeName the type in the vocabulary of the codecs, for messages
     * @param elementType its Java type; null when only the application's own codec knows it
     * @throws io.zeroipc.spring.core.ElementTypeException when this listener cannot take such elements
     */
    PayloadForm formOf(ChannelName channel, String elementTypeName, @Nullable Class<?> elementType);

    /** Whether it asks for the {@linkplain ElementMessage#sequence(int) position of each element} of a batch. */
    default boolean needsPositions() {
        return false;
    }

    /**
     * Called each time a channel is attached, before its first element. Where the structure {@linkplain Source#canContinue() can be
     * read from a position on}, the answer is the position behind which to begin; what a stop finds in work is left there then, as in
     * a structure that keeps it: the listener gives the position of the last element that it has processed at the next start.
     *
     * @return empty, the default, to begin as the settings say
     */
    default OptionalLong attaching(ChannelName channel, Source<?> source) {
        return OptionalLong.empty();
    }

    /**
     * How to call it with payloads alone, as long as none of its calls fails: in place of {@link #onMessage}, for listeners
     * that want nothing else of a message. Null, the default, for all others, and for whatever adds to each call. Asked for
     * once.
     */
    default @Nullable PayloadCall payloadCall() {
        return null;
    }

    /** Processes an element or a batch. Called by several threads at once when the concurrency is above 1. */
    void onMessage(ElementMessage message) throws Exception;

    /**
     * Tells of an element that the listener is not called with, because it could not be read or converted, or its filter has
     * failed. What this throws is logged.
     */
    default void undelivered(ListenerExecutionFailedException failure) {
        // Most listeners have nothing to do with it.
    }

    /**
     * Has the listener itself deal with an element when there are no attempts left, before the recoverer is asked: true when it
     * has, and nothing else is to be done.
     *
     * @throws Exception is added to the failure, and the recoverer is asked
     */
    default boolean recover(ListenerExecutionFailedException failure) throws Exception {
        return false;
    }

    /**
     * Sends what an error handler returned in the place of the listener's own result; does nothing where the listener has
     * no results.
     */
    default void reply(ElementMessage message, Object result) throws Exception {
        // Most listeners send nothing.
    }
}

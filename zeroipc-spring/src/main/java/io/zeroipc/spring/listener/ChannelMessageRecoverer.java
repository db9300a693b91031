package io.zeroipc.spring.listener;

/**
 * Decides what becomes of an element that a listener could not process, when there are no attempts left. It is already
 * gone from its structure, so that this is the last chance to do something with it. Thread-safe.
 */
@FunctionalInterface
public interface ChannelMessageRecoverer {

    /** Lets the element go; for one that the recoverer has dealt with itself, too. */
    ChannelMessageRecoverer DISCARD = _ -> FailureAction.DISCARD;
    /** Sends the element to the channel of dead letters. */
    ChannelMessageRecoverer DEAD_LETTER = _ -> FailureAction.DEAD_LETTER;
    /** Lets the element go, and the listener fail. */
    ChannelMessageRecoverer STOP = _ -> FailureAction.STOP;

    /**
     * Called by the consumer's thread, so that the next element waits meanwhile; once for a batch.
     *
     * @param failure what went wrong last, with the listener, the channel, and the element unless it could not be read
     * @throws Exception is logged, and the element discarded
     */
    FailureAction recover(ListenerExecutionFailedException failure) throws Exception;

    /** The one that decides always the same. */
    static ChannelMessageRecoverer of(FailureAction action) {
        return switch (action) {
            case DISCARD -> DISCARD;
            case DEAD_LETTER -> DEAD_LETTER;
            case STOP -> STOP;
        };
    }
}

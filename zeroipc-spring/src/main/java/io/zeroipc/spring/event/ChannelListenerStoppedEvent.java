package io.zeroipc.spring.event;

import org.jspecify.annotations.Nullable;

/** The listener does not consume any more. */
public final class ChannelListenerStoppedEvent extends ChannelListenerEvent {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final transient @Nullable Throwable cause;

    public ChannelListenerStoppedEvent(Object source, String listenerId, Reason reason, @Nullable Throwable cause) {
        super(source, listenerId);
        this.reason = reason;
        this.cause = cause;
    }

    public Reason getReason() {
        return reason;
    }

    /** What ended it; null unless the reason is {@link Reason#ERROR}. */
    public @Nullable Throwable getCause() {
        return cause;
    }

    @Override
    public String toString() {
        return "ChannelListenerStoppedEvent[listener=" + getListenerId() + ", reason=" + reason + ", cause=" + cause
                + "]";
    }

    /** Why a listener stopped. */
    public enum Reason {
        /** Somebody stopped it. */
        NORMAL,
        /** All its channels were closed by their senders, and everything in them was consumed. */
        EXHAUSTED,
        /** It was stopped, but a call of the listener method did not return in time, not even when interrupted. */
        ABNORMAL,
        /** It failed: a segment was lost, for example. */
        ERROR
    }
}

package io.zeroipc.spring.core;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ZeroIpcException;

/** A listener or sender names a channel that nobody declared. */
public final class UnknownChannelException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    private final String channel;
    private final transient List<String> nearMatches;
    private final transient List<String> known;
    private final @Nullable String requestedBy;

    private UnknownChannelException(String message, String channel, List<String> nearMatches, List<String> known,
            @Nullable String requestedBy, @Nullable Throwable cause) {
        super(message, cause);
        this.channel = channel;
        this.nearMatches = nearMatches;
        this.known = known;
        this.requestedBy = requestedBy;
    }

    /**
     * @param channel as somebody wrote it
     * @param reason what is wrong with it, for the message
     * @param known the names that would have been right
     */
    static UnknownChannelException of(String channel, String reason, Collection<String> known) {
        List<String> near = NearMatches.of(channel, known);
        String message = reason + ": channel=" + channel + " (expected: "
                + (near.isEmpty() ? describe(known) : "did you mean " + String.join(" or ", near)) + ")";
        return new UnknownChannelException(message, channel, near, List.copyOf(known), null, null);
    }

    /** The same finding, with who asked for the channel: a listener method, for example. Who said so first knows best. */
    public UnknownChannelException requestedBy(String who) {
        if (requestedBy != null) {
            return this;
        }
        return new UnknownChannelException(getMessage() + ", requested by " + who, channel, nearMatches, known, who,
                this);
    }

    /** The name as it was written. */
    public String channel() {
        return channel;
    }

    /** What may have been meant, the nearest first. */
    public List<String> nearMatches() {
        return nearMatches;
    }

    /** All names there were. */
    public List<String> known() {
        return known;
    }

    /** Who asked for it; null when that is not known. */
    public @Nullable String requestedBy() {
        return requestedBy;
    }

    private static String describe(Collection<String> known) {
        return known.isEmpty() ? "a declared one, and none is declared" : "one of " + String.join(", ", known);
    }
}

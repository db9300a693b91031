package io.zeroipc;

import org.jspecify.annotations.Nullable;

/** Something was to be sent through a channel that is closed. It was not sent, and nothing will be. */
public final class ChannelClosedException extends StructureException {

    private static final long serialVersionUID = 1L;

    public ChannelClosedException(String message, String segment, String structure) {
        this(message, segment, structure, null);
    }

    public ChannelClosedException(String message, String segment, String structure, @Nullable Throwable cause) {
        super(message, segment, structure, cause);
    }
}

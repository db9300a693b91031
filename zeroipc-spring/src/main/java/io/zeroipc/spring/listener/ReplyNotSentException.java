package io.zeroipc.spring.listener;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.UserCode;

/**
 * A listener returned, and its result could not be sent. Counts as a failure of the listener, and is not tried again: the
 * method has done its work, and would do it twice.
 */
public final class ReplyNotSentException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    public ReplyNotSentException(String listener, String target, Throwable cause) {
        super("reply was not sent: listener=" + listener + ", channel=" + target + ", error="
                + UserCode.messageOf(cause),
                cause);
    }
}

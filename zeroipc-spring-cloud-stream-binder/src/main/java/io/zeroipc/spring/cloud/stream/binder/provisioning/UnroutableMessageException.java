package io.zeroipc.spring.cloud.stream.binder.provisioning;

import io.zeroipc.ZeroIpcException;

/** A message cannot go to one of the groups, because that consumes in partitions, and not in this one. No group got it. */
public final class UnroutableMessageException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    UnroutableMessageException(String message) {
        super(message);
    }
}

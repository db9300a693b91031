package io.zeroipc.spring.cloud.stream.binder;

import java.time.Duration;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;

/** A message was not sent, because a group had no room for it in time. No group has it. */
public final class GroupFullException extends ZeroIpcException {

    private static final long serialVersionUID = 1L;

    GroupFullException(String destination, GroupQueue full, Duration waited) {
        super("group has no room for the message: destination=" + destination + ", queue=" + full.name() + ", capacity="
                + full.queue().capacity() + (waited.isZero() ? "" : ", waited=" + waited.toMillis() + " ms")
                + " (expected: a consumer of the group that keeps up with its producers; a larger capacity of its binding;"
                + " or full-action=drop of this one. No group has got the message)");
    }
}

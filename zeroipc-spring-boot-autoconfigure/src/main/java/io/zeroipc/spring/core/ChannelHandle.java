package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

/**
 * A template's hold on one structure: its sending side, and its receiving side once somebody receives. Good until the
 * segment's file is replaced; then the template makes another. Thread-safe.
 */
final class ChannelHandle {

    /** Sending alone would never notice that the file was replaced, and go into the void: nobody waits there. */
    private static final long VERIFY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ChannelName channel;
    private final Structure structure;
    private final @Nullable Class<?> elementType;
    private final ChannelOperations operations;
    /** An intake is for one thread at a time. */
    private final ReentrantLock receiving = new ReentrantLock();
    private @Nullable Intake<?> intake;
    private boolean closed;
    /** Racy on purpose: two threads that both verify do no harm. */
    private volatile long verifiedAtNanos = System.nanoTime();

    /** @param elementType null when only the application's own codec knows it */
    ChannelHandle(ChannelName channel, Structure structure, @Nullable Class<?> elementType,
            ChannelOperations operations) {
        this.channel = channel;
        this.structure = structure;
        this.elementType = elementType;
        this.operations = operations;
    }

    ChannelName channel() {
        return channel;
    }

    Attachment attachment() {
        return structure.segment().attachment();
    }

    long capacity() {
        return structure.occupancy().capacity();
    }

    /** Sends, waiting up to this long. */
    Sent send(Object element, Duration timeout) throws InterruptedException {
        Outlet<Object> outlet = outlet(element);
        Deadline deadline = null;
        int attempts = 0;
        while (true) {
            verifyNowAndThen();
            if (outlet.offer(element)) {
                operations.addSent(1);
                return Sent.YES;
            }
            if (outlet.isClosed()) {
                return Sent.CLOSED;
            }
            deadline = deadline == null ? Deadline.after(timeout) : deadline;
            if (deadline.expired()) {
                operations.addFull(1);
                return Sent.FULL;
            }
            attempts = attachment().pause(attempts);
        }
    }

    <T> @Nullable T receive(Class<T> type, Duration timeout) throws InterruptedException {
        if (elementType != null && !ClassUtils.isAssignable(type, elementType)) {
            throw mismatch(type);
        }
        Deadline deadline = null;
        int attempts = 0;
        while (true) {
            verifyNowAndThen();
            Object element;
            boolean exhausted;
            receiving.lock();
            try {
                Intake<?> from = openIntake();
                element = from.poll();
                exhausted = element == null && from.isExhausted();
            } finally {
                receiving.unlock();
            }
            if (element != null) {
                operations.addReceived(1);
                if (!type.isInstance(element)) {
                    throw mismatch(type);
                }
                return type.cast(element);
            }
            deadline = deadline == null ? Deadline.after(timeout) : deadline;
            if (exhausted || deadline.expired()) {
                operations.addEmpty();
                return null;
            }
            attempts = attachment().pause(attempts);
        }
    }

    /** Gives the consuming role back. */
    void close() {
        receiving.lock();
        try {
            closed = true;
            if (intake != null) {
                intake.close();
                intake = null;
            }
        } finally {
            receiving.unlock();
        }
    }

    @SuppressWarnings("unchecked") // the element's type is compared right here, or by the codec
    private Outlet<Object> outlet(Object element) {
        if (!(structure instanceof Sink<?> sink)) {
            throw new UnsupportedChannelTypeException(channel, structure.kind().label(), "to send",
                    "a structure that elements can be sent to: channel, queue, ring or state");
        }
        if (elementType != null && !elementType.isInstance(element)) {
            throw mismatch(element.getClass());
        }
        return (Outlet<Object>) sink.outlet();
    }

    private Intake<?> openIntake() {
        Intake<?> open = intake;
        if (open == null) {
            if (closed) {
                throw new IllegalStateException("template is closed: channel=" + channel);
            }
            if (!(structure instanceof Source<?> source)) {
                throw new UnsupportedChannelTypeException(channel, structure.kind().label(), "to receive",
                        "a structure that elements arrive at: channel, queue, ring or state");
            }
            open = source.intake(Source.Start.EARLIEST);
            intake = open;
        }
        return open;
    }

    private void verifyNowAndThen() {
        long now = System.nanoTime();
        if (now - verifiedAtNanos >= VERIFY_INTERVAL_NANOS) {
            verifiedAtNanos = now;
            structure.segment().verify();
        }
    }

    private ElementTypeException mismatch(Class<?> type) {
        return new ElementTypeException(channel, structure.elementType(), type.getTypeName(), "of the template"
                + " (expected: " + (elementType == null ? structure.elementType() : elementType.getTypeName()) + ")");
    }

    /** How an attempt to send ended. */
    enum Sent {
        YES, FULL, CLOSED
    }
}

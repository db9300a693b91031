package io.zeroipc.spring.integration.inbound;

import java.util.ArrayDeque;
import java.util.Deque;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.acks.AcknowledgmentCallback;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.segment.CommittingIntake;

/**
 * What was taken from a structure that keeps its elements, and is not removed yet. Elements are removed in the order in which they
 * were taken, as far as all before them are dealt with. Thread-safe.
 */
final class PolledDeliveries {

    private static final Log LOG = LogFactory.getLog(PolledDeliveries.class);

    private final CommittingIntake<?> intake;
    /** Not yet removed. Guarded by itself. */
    private final Deque<Taken> open = new ArrayDeque<>();
    /** To be delivered again, before anything else. Guarded by {@link #open}. */
    private final Deque<Taken> again = new ArrayDeque<>();

    PolledDeliveries(CommittingIntake<?> intake) {
        this.intake = intake;
    }

    /** Takes the next element: one that was to come again, or a new one; null when there is none now. */
    @Nullable
    Delivery poll() {
        synchronized (open) {
            Taken taken = again.poll();
            if (taken != null) {
                taken.attempts++;
                return new Delivery(taken);
            }
        }
        Object element = intake.poll();
        return element == null ? null : deliver(element);
    }

    private Delivery deliver(Object element) {
        Taken taken = new Taken(element, intake.position());
        synchronized (open) {
            open.add(taken);
        }
        return new Delivery(taken);
    }

    private void settled(Taken taken) {
        synchronized (open) {
            taken.settled = true;
            Taken last = null;
            for (Taken first = open.peek(); first != null && first.settled; first = open.peek()) {
                last = open.remove();
            }
            if (last != null) {
                commit(last.position);
            }
        }
    }

    private void commit(long position) {
        try {
            intake.commit(position);
        } catch (SegmentDetachedException e) {
            // The next poll will find out, too; the file that the element is in is nobody's any more.
            LOG.debug("acknowledgment comes too late: position=" + position, e);
        }
    }

    private void requeued(Taken taken) {
        synchronized (open) {
            again.add(taken);
        }
    }

    static final class Taken {

        private final Object element;
        private final long position;
        /** The rest is guarded by the queue that this is in. */
        private boolean settled;
        private int attempts = 1;

        Taken(Object element, long position) {
            this.element = element;
            this.position = position;
        }
    }

    /** One delivery of an element. Accepting and rejecting remove it; requeueing leaves it for the next poll. */
    final class Delivery implements AcknowledgmentCallback {

        private final Taken taken;
        private final int attempt;
        private volatile boolean acknowledged;
        private volatile boolean autoAck = true;

        Delivery(Taken taken) {
            this.taken = taken;
            this.attempt = taken.attempts;
        }

        Object element() {
            return taken.element;
        }

        long position() {
            return taken.position;
        }

        int attempt() {
            return attempt;
        }

        /** Once: what comes later has no effect. */
        @Override
        public void acknowledge(Status status) {
            synchronized (open) {
                if (acknowledged) {
                    return;
                }
                acknowledged = true;
            }
            if (status == Status.REQUEUE) {
                requeued(taken);
            } else {
                settled(taken);
            }
        }

        @Override
        public boolean isAcknowledged() {
            return acknowledged;
        }

        @Override
        public void noAutoAck() {
            autoAck = false;
        }

        @Override
        public boolean isAutoAck() {
            return autoAck;
        }
    }
}

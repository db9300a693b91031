package io.zeroipc.spring.listener;

import java.util.ArrayDeque;
import java.util.Deque;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.segment.CommittingIntake;

/**
 * Removes what is processed from a structure that keeps elements until then. For the consumer's thread; acknowledgments
 * may come from any.
 */
final class Commits {

    private static final Log LOG = LogFactory.getLog(Commits.class);

    /** For structures where taking an element is all. */
    static final Commits NONE = new Commits(null, AckMode.NONE, false);
    /** For structures that the listener goes on in where it has ended. */
    static final Commits BY_POSITION = new Commits(null, AckMode.NONE, true);

    private final boolean keeping;
    private final @Nullable CommittingIntake<?> intake;
    private final AckMode mode;
    /** Not yet removed, in the order of delivery. Guarded by itself. */
    private final Deque<Delivery> open = new ArrayDeque<>();
    /** What the listener is called with now. */
    private @Nullable Delivery current;

    Commits(CommittingIntake<?> intake, AckMode mode) {
        this(intake, mode, true);
    }

    private Commits(@Nullable CommittingIntake<?> intake, AckMode mode, boolean keeping) {
        this.intake = intake;
        this.mode = mode;
        this.keeping = keeping;
    }

    /** Whether elements that are not processed stay in their structure. */
    boolean isKeeping() {
        return keeping;
    }

    /** Called before the listener is; what it may acknowledge, if that is up to it. */
    @Nullable
    Acknowledgment delivering(long position) {
        if (mode == AckMode.MANUAL) {
            current = add(position);
        }
        return current;
    }

    /**
     * Called when everything was done with what was taken.
     *
     * @param position of the last element
     * @param failed whether the listener was called and failed
     * @param kept whether it is to come again, at the next start
     */
    void processed(long position, boolean failed, boolean kept) {
        Delivery delivered = current;
        current = null;
        if (intake == null || kept) {
            return;
        }
        if (mode == AckMode.AUTO) {
            intake.commit(position);
        } else if (delivered == null) {
            // Nothing of it has reached the listener.
            add(position).acknowledge();
        } else if (failed) {
            delivered.acknowledge();
        }
    }

    private Delivery add(long position) {
        Delivery delivery = new Delivery(position);
        synchronized (open) {
            open.add(delivery);
        }
        return delivery;
    }

    private void acknowledged(Delivery delivery) {
        synchronized (open) {
            delivery.acknowledged = true;
            Delivery last = null;
            for (Delivery first = open.peek(); first != null && first.acknowledged; first = open.peek()) {
                last = open.remove();
            }
            if (last != null && intake != null) {
                commit(intake, last.position);
            }
        }
    }

    private static void commit(CommittingIntake<?> intake, long position) {
        try {
            intake.commit(position);
        } catch (SegmentDetachedException e) {
            // The consumer will find out, too; the file that the element is in is nobody's any more.
            LOG.debug("acknowledgment comes too late: position=" + position, e);
        }
    }

    private final class Delivery implements Acknowledgment {

        private final long position;
        /** Guarded by the queue that this is in. */
        private boolean acknowledged;

        Delivery(long position) {
            this.position = position;
        }

        @Override
        public void acknowledge() {
            acknowledged(this);
        }
    }
}

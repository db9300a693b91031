package io.zeroipc.spring.integration.inbound;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ChannelOperations;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.wait.Deadline;

/** A hold on a channel, to take elements from: what a source has between its start and its stop. Thread-safe. */
interface PolledChannel extends AutoCloseable {

    /**
     * What was taken.
     *
     * @param callback null where taking it has removed it
     */
    record Taken(Object element, PolledDeliveries.@Nullable Delivery callback) {}

    /**
     * Takes an element, waiting for it; null when none came.
     *
     * @throws SegmentDetachedException when the segment was replaced, and another hold is needed
     */
    @Nullable
    Taken poll(Duration timeout) throws InterruptedException;

    /** Gives the role back, and what is not acknowledged. */
    @Override
    void close();

    /**
     * Begins to consume: so that elements stay until they are acknowledged, where the structure can do that.
     *
     * @throws io.zeroipc.RoleTakenException when somebody else consumes where only one may
     */
    static PolledChannel open(SegmentRegistry registry, ChannelName name) {
        Structure structure = registry.structure(name);
        return structure instanceof Source<?> source && source.canCommit()
                ? new Committing(structure, source.committingIntake(), registry.operations(name))
                : new Removing(new ZeroIpcTemplate(registry), name);
    }

    /** Keeps elements until they are acknowledged. */
    final class Committing implements PolledChannel {

        private final Structure structure;
        private final CommittingIntake<?> intake;
        private final ChannelOperations operations;
        private final PolledDeliveries deliveries;
        /** An intake is for one thread at a time: written, and read before it is used, with this one's monitor. */
        private volatile boolean closed;

        Committing(Structure structure, CommittingIntake<?> intake, ChannelOperations operations) {
            this.structure = structure;
            this.intake = intake;
            this.operations = operations;
            this.deliveries = new PolledDeliveries(intake);
        }

        @Override
        public @Nullable Taken poll(Duration timeout) throws InterruptedException {
            EventCount arrivals = intake.arrivals();
            long deadline = Deadline.nanosAfter(timeout);
            int attempts = 0;
            while (true) {
                PolledDeliveries.Delivery delivery = next();
                if (delivery != null) {
                    operations.addReceived(1);
                    return new Taken(delivery.element(), delivery);
                }
                if (timeout.isZero() || attempts < 0 || closed || intake.isExhausted()) {
                    operations.addEmpty();
                    return null;
                }
                attempts = arrivals.pauseUntil(deadline, attempts);
            }
        }

        private synchronized PolledDeliveries.@Nullable Delivery next() {
            if (closed) {
                return null;
            }
            try {
                structure.segment().verify();
                return deliveries.poll();
            } catch (InternalError e) {
                // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
                throw structure.segment().attachment().translate(e);
            }
        }

        @Override
        public void close() {
            EventCount arrivals = intake.arrivals();
            synchronized (this) {
                closed = true;
                intake.close();
            }
            arrivals.rouse();
        }
    }

    /** Takes elements for good. */
    final class Removing implements PolledChannel {

        private final ZeroIpcTemplate template;
        private final String name;

        Removing(ZeroIpcTemplate template, ChannelName name) {
            this.template = template;
            this.name = name.toString();
        }

        @Override
        public @Nullable Taken poll(Duration timeout) throws InterruptedException {
            Object element = timeout.isZero()
                    ? template.tryReceive(name, Object.class)
                    : template.tryReceive(name, Object.class, timeout);
            return element == null ? null : new Taken(element, null);
        }

        @Override
        public void close() {
            template.close();
        }
    }
}

package io.zeroipc.spring.cloud.stream.binder;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.collection.SharedQueue;
import io.zeroipc.segment.EventCount;
import io.zeroipc.spring.cloud.stream.binder.properties.FullAction;
import io.zeroipc.spring.cloud.stream.binder.provisioning.DestinationSegment;
import io.zeroipc.spring.cloud.stream.binder.provisioning.GroupQueue;
import io.zeroipc.spring.core.FailureLog;
import io.zeroipc.spring.core.RoomWaits;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.wait.Deadline;

/**
 * Gives a message to all groups of a destination, or, where one of them has no room and the message is not to be dropped, to none: so
 * that whoever sends it again does not send it twice. Only the death of the process in the middle leaves it with some of them.
 * Thread-safe.
 */
final class GroupSender {

    private static final Log LOG = LogFactory.getLog(GroupSender.class);

    /** Sending alone would never notice that the file was replaced, and go into the void: nobody waits there. */
    private static final long VERIFY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final DestinationSegment destination;
    private final SegmentRegistry registry;
    private final FullAction fullAction;
    private final Duration timeout;
    private final FailureLog dropped = new FailureLog();
    /** Racy on purpose: two threads that both verify do no harm. */
    private volatile long verifiedAtNanos = System.nanoTime();

    /** @param timeout of {@link FullAction#BLOCK}; zero for none */
    GroupSender(DestinationSegment destination, SegmentRegistry registry, FullAction fullAction, Duration timeout) {
        this.destination = destination;
        this.registry = registry;
        this.fullAction = fullAction;
        this.timeout = timeout;
    }

    /**
     * Sends.
     *
     * @param element for a queue
     * @throws GroupFullException when a group had no room for it, as long as there was time; no group has it then
     * @throws io.zeroipc.spring.cloud.stream.binder.provisioning.UnroutableMessageException when it is of a partition that a group
     *             does not have; no group has it then
     */
    void send(int partition, Function<GroupQueue, Object> element) throws InterruptedException {
        verifyNowAndThen();
        Offer offer = new Offer(destination.groups().of(partition), element);
        GroupQueue full = fullAction == FullAction.DROP ? offer.toWhoHasRoom() : offer.toAllOrNone();
        if (full == null || fullAction == FullAction.DROP) {
            return;
        }
        if (isOfTheDead(full)) {
            send(partition, element);
        } else if (fullAction == FullAction.FAIL) {
            registry.operations(full.channel()).addFull();
            throw new GroupFullException(destination.destination(), full, Duration.ZERO);
        } else {
            sendLater(partition, element, full);
        }
    }

    /** Waits for room, as long as whoever lends this thread has time. */
    private void sendLater(int partition, Function<GroupQueue, Object> element, GroupQueue first)
            throws InterruptedException {
        long began = System.nanoTime();
        Deadline deadline = timeout.isZero() ? Deadline.never() : Deadline.after(timeout);
        RoomWaits.Supervisor supervisor = RoomWaits.current();
        GroupQueue full = first;
        AtomicReference<EventCount> room = new AtomicReference<>(full.queue().departures());
        supervisor.begins(full.channel(), () -> room.get().rouse());
        try {
            int attempts = 0;
            while (full != null) {
                if (deadline.expired() || supervisor.isOver()) {
                    registry.operations(full.channel()).addFull();
                    throw new GroupFullException(destination.destination(), full,
                            Duration.ofNanos(System.nanoTime() - began));
                }
                // From the queue of the dead nothing departs any more.
                if (!isOfTheDead(full)) {
                    room.set(full.queue().departures());
                    attempts = room.get().pause(deadline, attempts);
                }
                verifyNowAndThen();
                // Somebody may have come meanwhile.
                Offer offer = new Offer(destination.groups().of(partition), element);
                full = offer.toAllOrNone();
            }
        } finally {
            supervisor.ends();
        }
    }

    /** Whether a full queue is that of an anonymous consumer that died; then nobody sends there any more. */
    private boolean isOfTheDead(GroupQueue full) {
        if (full.isOwned()) {
            return false;
        }
        LOG.info("consumer without a group is gone: destination=" + destination.destination() + ", queue="
                + full.name());
        destination.changed();
        return true;
    }

    private void verifyNowAndThen() {
        long now = System.nanoTime();
        if (now - verifiedAtNanos >= VERIFY_INTERVAL_NANOS) {
            verifiedAtNanos = now;
            destination.segment().verify();
        }
    }

    /** One attempt. */
    private final class Offer {

        private final List<GroupQueue> queues;
        private final Object[] elements;

        Offer(List<GroupQueue> queues, Function<GroupQueue, Object> element) {
            this.queues = queues;
            this.elements = new Object[queues.size()];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = element.apply(queues.get(i));
            }
        }

        /** Null, or one that has no room. */
        @Nullable
        GroupQueue toAllOrNone() {
            if (elements.length == 1) {
                GroupQueue only = queues.getFirst();
                return only.queue().offer(elements[0]) ? sent(only) : only;
            }
            for (GroupQueue queue : queues) {
                // Room that there is not is not worth what a claim that is given back costs the others.
                if (queue.queue().isFull()) {
                    return queue;
                }
            }
            return publish();
        }

        private @Nullable GroupQueue publish() {
            long[] claims = new long[elements.length];
            int claimed = 0;
            boolean whole = false;
            try {
                for (GroupQueue queue : queues) {
                    long claim = queue.queue().tryClaim();
                    if (claim == SharedQueue.NO_CLAIM) {
                        return queue;
                    }
                    claims[claimed] = claim;
                    claimed++;
                    SharedQueue<Object> slots = queue.queue();
                    queue.codec().encode(elements[claimed - 1], slots.slots(), slots.slotOffset(claim));
                }
                whole = true;
            } finally {
                for (int i = 0; i < claimed; i++) {
                    SharedQueue<Object> slots = queues.get(i).queue();
                    if (whole) {
                        slots.publish(claims[i]);
                    } else {
                        slots.abort(claims[i]);
                    }
                }
            }
            queues.forEach(this::sent);
            return null;
        }

        /** Null. */
        private @Nullable GroupQueue sent(GroupQueue queue) {
            registry.operations(queue.channel()).addSent(1);
            return null;
        }

        /** Null, or the last one that had no room. */
        @Nullable
        GroupQueue toWhoHasRoom() {
            GroupQueue full = null;
            for (int i = 0; i < elements.length; i++) {
                GroupQueue queue = queues.get(i);
                if (queue.queue().offer(elements[i])) {
                    sent(queue);
                } else if (!isOfTheDead(queue)) {
                    registry.operations(queue.channel()).addFull();
                    dropped.failed("group has no room: destination=" + destination.destination() + ", queue="
                            + queue.name() + ", capacity=" + queue.queue().capacity(), "dropped for it", null);
                    full = queue;
                }
            }
            return full;
        }
    }
}

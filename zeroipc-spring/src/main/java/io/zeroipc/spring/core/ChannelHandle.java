package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicHolder;
import io.zeroipc.flow.TopicPublisher;
import io.zeroipc.inspect.Catalog;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;

/**
 * A template's hold on one structure: its sending side, and its receiving side once somebody receives. Good until the
 * segment's file is replaced; then the template makes another. Thread-safe.
 */
final class ChannelHandle {

    /** Sending alone would never notice that the file was replaced, and go into the void: nobody waits there. */
    private static final long VERIFY_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ChannelName channel;
    private final Structure structure;
    private final ElementForm form;
    private final ChannelOperations operations;
    /** The same for all threads, whoever is first. */
    private volatile @Nullable Outlet<Object> outlet;
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
        this.form = new ElementForm(channel, structure, elementType);
        this.operations = operations;
    }

    Structure structure() {
        return structure;
    }

    ElementForm form() {
        return form;
    }

    Attachment attachment() {
        return structure.segment().attachment();
    }

    long capacity() {
        return structure.occupancy().capacity();
    }

    /**
     * Sends.
     *
     * @param headers as {@link ElementForm#element} says
     * @param patience how long it waits for room
     */
    Sent send(Object payload, @Nullable Map<String, String> headers, Patience patience) throws InterruptedException {
        Outlet<Object> outlet = outlet();
        Object element = form.element(payload, headers);
        Sent sent = offer(outlet, element);
        if (sent == null && patience.begin()) {
            // Null where nothing tells of room.
            sent = await(outlet.departures(), () -> offer(outlet, element), patience);
        }
        return ended(sent);
    }

    private Sent ended(@Nullable Sent sent) {
        Sent end = sent == null ? Sent.FULL : sent;
        if (end.isFull()) {
            operations.addFull();
        }
        return end;
    }

    /**
     * Takes a chunk of a topic on loan; says that it was sent when the request has one.
     *
     * @param patience how long it waits for one
     */
    Sent loan(LoanRequest request, Patience patience) throws InterruptedException {
        SharedTopic topic = topic();
        TopicPublisher publisher = topic.publisher();
        Sent sent = request.taken(tryLoan(request.bytes()));
        if (sent == null && patience.begin()) {
            // A wait of its own, for a moment: it gives back what the dead have, and tells who is to be told.
            sent = request.taken(publisher.tryLoan(request.bytes(), Duration.ofNanos(1)));
            if (sent == null) {
                sent = await(topic.outlet().departures(), () -> request.taken(tryLoan(request.bytes())), patience);
            }
        }
        return ended(sent);
    }

    /** Null when no chunk is free. */
    @Nullable
    Loan tryLoan(long bytes) {
        verifyNowAndThen();
        return topic().publisher().tryLoan(bytes);
    }

    /** A loan that nobody reads. */
    Loan discardedLoan(long bytes) {
        return topic().publisher().discardedLoan(bytes);
    }

    private SharedTopic topic() {
        if (structure instanceof SharedTopic topic) {
            return topic;
        }
        throw new UnsupportedChannelTypeException(channel, structure.kind().label(), "a loan",
                "a topic; to other structures elements are sent");
    }

    /** Who keeps it full, where that can be told. */
    List<TopicHolder> holders() {
        return structure instanceof SharedTopic topic ? topic.holders() : List.of();
    }

    /** Null when there is no room now. */
    private @Nullable Sent offer(Outlet<Object> outlet, Object element) {
        verifyNowAndThen();
        if (outlet.offer(element)) {
            operations.addSent(1);
            return Sent.YES;
        }
        return outlet.isClosed() ? Sent.CLOSED : null;
    }

    /** Waits for room, as long as whoever lends this thread has time. */
    private Sent await(@Nullable EventCount room, Supplier<@Nullable Sent> offering, Patience patience)
            throws InterruptedException {
        RoomWaits.Supervisor supervisor = RoomWaits.current();
        int attempts = 0;
        supervisor.begins(channel, room == null ? () -> {
            // It looks again by itself.
        } : room::rouse);
        try {
            while (true) {
                if (patience.isOver()) {
                    return new Sent(Sent.Outcome.TIMEOUT, patience.waited());
                }
                if (supervisor.isOver()) {
                    return new Sent(Sent.Outcome.STOPPED, patience.waited());
                }
                attempts = room == null
                        ? attachment().pause(attempts)
                        : room.pause(patience.deadline(), attempts);
                Sent sent = offering.get();
                if (sent != null) {
                    return sent;
                }
            }
        } finally {
            supervisor.ends();
        }
    }

    boolean isClosed() {
        return outlet().isClosed();
    }

    /** Sends without waiting until there is no room; how many went. */
    int sendAll(List<Object> payloads, @Nullable Map<String, String> headers) {
        Outlet<Object> outlet = outlet();
        List<Object> elements = new ArrayList<>(payloads.size());
        for (Object payload : payloads) {
            elements.add(form.element(payload, headers));
        }
        verifyNowAndThen();
        int sent = outlet.offerAll(elements);
        operations.addSent(sent);
        if (sent < elements.size() && !outlet.isClosed()) {
            operations.addFull();
        }
        return sent;
    }

    /** Takes the receiver's role now, where there is one. */
    void beginToReceive() {
        receiving.lock();
        try {
            openIntake();
        } finally {
            receiving.unlock();
        }
    }

    /** Takes one element, waiting for it; null when none came, or none can come any more. */
    @Nullable
    Object receive(Patience patience) throws InterruptedException {
        int attempts = 0;
        while (true) {
            verifyNowAndThen();
            Object element;
            boolean exhausted;
            EventCount arrivals;
            receiving.lock();
            try {
                Intake<?> from = openIntake();
                element = from.poll();
                exhausted = element == null && from.isExhausted();
                arrivals = from.arrivals();
            } finally {
                receiving.unlock();
            }
            if (element != null) {
                operations.addReceived(1);
                return element;
            }
            if (exhausted || !patience.begin() || patience.isOver()) {
                operations.addEmpty();
                return null;
            }
            attempts = arrivals.pause(patience.deadline(), attempts);
        }
    }

    /** Adds what is there, at most this many, to {@code elements}. */
    void receiveAll(Collection<Object> elements, int max) {
        verifyNowAndThen();
        receiving.lock();
        try {
            openIntake().drainTo(elements::add, max);
        } finally {
            receiving.unlock();
            if (elements.isEmpty()) {
                operations.addEmpty();
            } else {
                operations.addReceived(elements.size());
            }
        }
    }

    /** Gives the consuming role back. */
    void close() {
        receiving.lock();
        try {
            closed = true;
            if (intake != null) {
                EventCount arrivals = intake.arrivals();
                intake.close();
                intake = null;
                // Those who wait for its elements learn that there is no more of them.
                arrivals.rouse();
            }
        } finally {
            receiving.unlock();
        }
    }

    /** Asked for once: a writer's role takes a turn of its own each time. */
    @SuppressWarnings("unchecked") // the form compares each element's type, or the codec does
    private Outlet<Object> outlet() {
        Outlet<Object> known = outlet;
        if (known == null) {
            if (!(structure instanceof Sink<?> sink)) {
                throw SendTargets.unsupported(channel, structure.kind().label(), "to send");
            }
            known = (Outlet<Object>) sink.outlet();
            outlet = known;
        }
        return known;
    }

    private Intake<?> openIntake() {
        Intake<?> open = intake;
        if (open == null) {
            if (closed) {
                // By another thread, that has found out that the file is gone, or at the template's end.
                attachment().ensureReadable();
                throw new IllegalStateException("template is closed: channel=" + channel);
            }
            if (structure instanceof SharedTopic) {
                throw new UnsupportedChannelTypeException(channel, structure.kind().label(), "to receive by a template",
                        "a @ChannelListener, or a subscriber of your own: a template would hold up all who publish between"
                                + " one call and the next");
            }
            if (!(structure instanceof Source<?> source)) {
                throw new UnsupportedChannelTypeException(channel, structure.kind().label(), "to receive",
                        "a structure that elements arrive at: " + String.join(", ", Catalog.labels(Source.class)));
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

    /**
     * How a sending ended.
     *
     * @param waited for room, when there was none
     */
    record Sent(Outcome outcome, Duration waited) {

        static final Sent YES = new Sent(Outcome.SENT, Duration.ZERO);
        static final Sent FULL = new Sent(Outcome.FULL, Duration.ZERO);
        static final Sent CLOSED = new Sent(Outcome.CLOSED, Duration.ZERO);

        boolean isSent() {
            return outcome == Outcome.SENT;
        }

        /** Whether there was no room, for as long as there was time. */
        boolean isFull() {
            return !isSent() && outcome != Outcome.CLOSED;
        }

        enum Outcome {
            SENT("sent"),
            /** No room, and no waiting was wanted. */
            FULL("full"),
            /** No room in time. */
            TIMEOUT("timeout"),
            /** No room while the listener in whose thread that was had time. */
            STOPPED("stopped"),
            CLOSED("closed");

            private final String label;

            Outcome(String label) {
                this.label = label;
            }

            String label() {
                return label;
            }
        }
    }
}

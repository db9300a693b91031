package io.zeroipc.spring.core;

import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.flow.Loan;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.converter.PayloadConversion;
import io.zeroipc.spring.core.ChannelHandle.Sent;

/**
 * What a template does with one channel. Has a hold on the structure from the first use on; a hold whose segment was replaced is
 * given up, and another is taken where the segment's definition says so. Thread-safe.
 */
final class TemplateChannel implements AutoCloseable {

    /** In a row, each of a file that was replaced meanwhile. */
    private static final int OPENINGS_MAX = 16;

    private final ChannelName name;
    private final SegmentRegistry registry;
    private final TemplateSettings settings;
    /** Made once, and given what differs, as they are done millions of times a second. */
    private final Use<Object, Sent> sending = (present, payload, patience) -> send(present, payload, ObservedSend.NONE,
            patience);
    private final Use<Class<?>, @Nullable Object> taking = this::take;
    private final Use<Type, @Nullable Object> converting = this::takeAndConvert;
    private final ReentrantLock opening = new ReentrantLock();
    /** Written with the lock. */
    private volatile @Nullable ChannelHandle handle;
    /** Guarded by the lock. */
    private boolean closed;

    /** Opens nothing yet. */
    TemplateChannel(ChannelName name, SegmentRegistry registry, TemplateSettings settings) {
        this.name = name;
        this.registry = registry;
        this.settings = settings;
    }

    ChannelName name() {
        return name;
    }

    void send(Object payload) {
        try {
            if (settings.getObserver() == null) {
                requireSentOrDropped(attempt(sending, payload, settings.patienceToSend()));
            } else {
                observed(observed -> requireSentOrDropped(transmit(payload, observed, settings.patienceToSend())));
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Sent requireSentOrDropped(Sent sent) {
        if (!sent.isFull() || settings.getFullAction() != FullAction.DROP) {
            requireSent(sent);
        }
        return sent;
    }

    boolean trySend(Object payload) {
        try {
            return trySend(payload, Patience.NONE);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    boolean trySend(Object payload, Duration timeout) throws InterruptedException {
        return trySend(payload, Patience.of(timeout));
    }

    private boolean trySend(Object payload, Patience patience) throws InterruptedException {
        Sent sent = settings.getObserver() == null
                ? attempt(sending, payload, patience)
                : observed(observed -> transmit(payload, observed, patience));
        return sent.isSent();
    }

    int sendAll(Collection<?> payloads) {
        return uninterrupted(() -> observed(observed -> attempt(present -> {
            List<Object> elements = new ArrayList<>(payloads.size());
            for (Object payload : payloads) {
                elements.add(toElement(present, payload));
            }
            int sent = present.sendAll(elements, inEnvelopes(observed));
            boolean whole = sent == elements.size();
            observed.tellEnd(whole ? Sent.YES : present.isClosed() ? Sent.CLOSED : Sent.FULL);
            return sent;
        })));
    }

    /** A chunk, or, where the full action is to drop, memory that nobody reads. */
    Loan loan(long bytes) {
        Loan present = tryLoanAtOnce(bytes);
        return present != null ? present : awaitLoan(bytes);
    }

    /** What succeeds most of the time, and allocates nothing but the loan; null to go the long way. */
    private @Nullable Loan tryLoanAtOnce(long bytes) {
        ChannelHandle present = handle;
        try {
            return present == null ? null : present.tryLoan(bytes);
        } catch (SegmentDetachedException | InternalError e) {
            // It comes again, where it is known what to do.
            return null;
        }
    }

    private Loan awaitLoan(long bytes) {
        LoanRequest request = new LoanRequest(bytes);
        try {
            requireSentOrDropped(attempt(ChannelHandle::loan, request, settings.patienceToSend()));
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        Loan loan = request.loan();
        return loan != null ? loan : handle().discardedLoan(bytes);
    }

    @Nullable
    Loan tryLoan(long bytes) {
        Loan present = tryLoanAtOnce(bytes);
        return present != null ? present : uninterrupted(() -> tryLoan(bytes, Patience.NONE));
    }

    @Nullable
    Loan tryLoan(long bytes, Duration timeout) throws InterruptedException {
        Loan present = tryLoanAtOnce(bytes);
        return present != null ? present : tryLoan(bytes, Patience.of(timeout));
    }

    private @Nullable Loan tryLoan(long bytes, Patience patience) throws InterruptedException {
        LoanRequest request = new LoanRequest(bytes);
        var _ = attempt(ChannelHandle::loan, request, patience);
        return request.loan();
    }

    <T> @Nullable T receive(Class<T> elementType) {
        return elementType.cast(receive(taking, elementType, settings.patienceToReceive()));
    }

    <T> @Nullable T tryReceive(Class<T> elementType) {
        return elementType.cast(receive(taking, elementType, Patience.NONE));
    }

    <T> @Nullable T tryReceive(Class<T> elementType, Duration timeout) throws InterruptedException {
        return elementType.cast(attempt(taking, elementType, Patience.of(timeout)));
    }

    <T> List<T> receiveAll(Class<T> elementType, int max) {
        return uninterrupted(() -> attempt(present -> {
            ElementForm form = present.form();
            form.requireReceivable(elementType);
            List<Object> elements = new ArrayList<>();
            present.receiveAll(elements, max);
            return elements.stream()
                    .map(element -> form.payload(element, elementType, settings.isEnvelopeEnabled()))
                    .toList();
        }));
    }

    @Nullable
    Object receiveAndConvert(Type wanted) {
        return receive(converting, wanted, settings.patienceToReceive());
    }

    @Nullable
    Object tryReceiveAndConvert(Type wanted) {
        return receive(converting, wanted, Patience.NONE);
    }

    @Nullable
    Object tryReceiveAndConvert(Type wanted, Duration timeout) throws InterruptedException {
        return attempt(converting, wanted, Patience.of(timeout));
    }

    private <A> @Nullable Object receive(Use<? super A, @Nullable Object> use, A wanted, Patience patience) {
        try {
            return attempt(use, wanted, patience);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** As {@link ZeroIpcOperations#execute}. */
    <S extends Structure, R extends @Nullable Object> R execute(Class<S> structureType,
            Function<? super S, R> action) {
        return uninterrupted(() -> attempt(present -> {
            Structure structure = present.structure();
            if (!structureType.isInstance(structure)) {
                throw new UnsupportedChannelTypeException(name, structure.kind().label(),
                        "to execute with " + structureType.getSimpleName(), structure.getClass().getSimpleName());
            }
            return action.apply(structureType.cast(structure));
        }));
    }

    /**
     * Does it, and again with the new segment whenever it turns out that the file of the old one is gone. A file that is replaced
     * faster than it can be opened is an error in the end.
     */
    <R extends @Nullable Object> R attempt(Operation<R> operation) throws InterruptedException {
        return attempt((present, any, _) -> any.on(present), operation, Patience.NONE);
    }

    private <A, R extends @Nullable Object> R attempt(Use<? super A, R> use, A argument, Patience patience)
            throws InterruptedException {
        int openings = 0;
        while (true) {
            ChannelHandle present = null;
            try {
                present = handle();
                openings = 0;
                return translated(use, present, argument, patience);
            } catch (SegmentDetachedException e) {
                // An action of the caller's may have touched another segment than this one.
                boolean ours = present == null || present.attachment().isDetached();
                if (!ours || !registry.isReattaching(name.segment()) || ++openings == OPENINGS_MAX) {
                    throw e;
                }
                giveUp(present);
            }
        }
    }

    /**
     * Returns when an element was sent.
     *
     * @throws ChannelFullException when there was no room for it
     * @throws ChannelClosedException when there never will be
     */
    void requireSent(Sent sent) {
        switch (sent.outcome()) {
            case SENT -> {
                // As it should be.
            }
            case CLOSED -> throw new ChannelClosedException(name);
            case STOPPED, FULL, TIMEOUT -> {
                ChannelHandle full = handle();
                throw ChannelFullException.of(name, full.capacity(), full.holders(), sent);
            }
        }
    }

    /** Within an observation, if there is one, and with its headers. */
    <R extends @Nullable Object> R observed(TemplateObserver.Sending<R> sending) throws InterruptedException {
        TemplateObserver observer = settings.getObserver();
        return observer == null
                ? sending.send(ObservedSend.NONE)
                : observer.observe(settings.getName(), name, sending);
    }

    /** Gives the roles of a receiver back, and takes no others. */
    @Override
    public void close() {
        ChannelHandle last;
        opening.lock();
        try {
            closed = true;
            last = handle;
            handle = null;
        } finally {
            opening.unlock();
        }
        if (last != null) {
            last.close();
        }
    }

    private ChannelHandle handle() {
        ChannelHandle known = handle;
        return known != null ? known : open();
    }

    private ChannelHandle open() {
        opening.lock();
        try {
            ChannelHandle known = handle;
            if (known == null) {
                if (closed) {
                    throw new IllegalStateException("template is closed: channel=" + name);
                }
                Structure structure = registry.tryStructure(name);
                known = new ChannelHandle(name, structure, ElementTypes.of(registry, structure, null),
                        registry.operations(name));
                handle = known;
            }
            return known;
        } finally {
            opening.unlock();
        }
    }

    /** Unless another thread has done so. */
    private void giveUp(@Nullable ChannelHandle lost) {
        boolean last;
        opening.lock();
        try {
            last = lost != null && lost.equals(handle);
            if (last) {
                handle = null;
            }
        } finally {
            opening.unlock();
        }
        if (last && lost != null) {
            lost.close();
        }
    }

    private static <A, R extends @Nullable Object> R translated(Use<? super A, R> use, ChannelHandle handle, A argument,
            Patience patience) throws InterruptedException {
        try {
            return use.of(handle, argument, patience);
        } catch (InternalError e) {
            // A page of the mapping is gone. Rethrown as it is when the file proves to be intact.
            throw handle.attachment().translate(e);
        }
    }

    private Sent transmit(Object payload, ObservedSend observed, Patience patience) throws InterruptedException {
        return observed.tellEnd(attempt(present -> send(present, payload, observed, patience)));
    }

    private Sent send(ChannelHandle present, Object payload, ObservedSend observed, Patience patience)
            throws InterruptedException {
        return present.send(toElement(present, payload), inEnvelopes(observed), patience);
    }

    private Object toElement(ChannelHandle present, Object payload) {
        return settings.getConversion().toElement(name, present.form(), payload, settings.isEnvelopeEnabled());
    }

    /** Null where bytes go without an envelope. */
    private @Nullable Map<String, String> inEnvelopes(ObservedSend observed) {
        return settings.isEnvelopeEnabled() ? observed.headers() : null;
    }

    private @Nullable Object take(ChannelHandle present, Class<?> type, Patience patience)
            throws InterruptedException {
        ElementForm form = present.form();
        form.requireReceivable(type);
        Object element = present.receive(patience);
        return element == null ? null : form.payload(element, type, settings.isEnvelopeEnabled());
    }

    private @Nullable Object takeAndConvert(ChannelHandle present, Type wanted, Patience patience)
            throws InterruptedException {
        ElementForm form = present.form();
        PayloadConversion by = settings.getConversion().toPayload(name, form, wanted);
        Object element = present.receive(patience);
        if (element == null) {
            return null;
        }
        if (by != null) {
            return by.toPayload(element);
        }
        Class<?> type = wanted instanceof Class<?> plain ? plain : Object.class;
        return form.payload(element, type, settings.isEnvelopeEnabled());
    }

    private <R extends @Nullable Object> R uninterrupted(Interruptible<R> operation) {
        try {
            return operation.run();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private ZeroIpcException interrupted(InterruptedException interrupt) {
        Thread.currentThread().interrupt();
        return new ZeroIpcException("interrupted while waiting: channel=" + name, interrupt);
    }

    /** What is done with a hold, with an argument. */
    @FunctionalInterface
    private interface Use<A, R extends @Nullable Object> {

        R of(ChannelHandle handle, A argument, Patience patience) throws InterruptedException;
    }

    @FunctionalInterface
    interface Operation<R extends @Nullable Object> {

        R on(ChannelHandle handle) throws InterruptedException;
    }

    @FunctionalInterface
    private interface Interruptible<R extends @Nullable Object> {

        R run() throws InterruptedException;
    }
}

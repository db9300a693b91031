package io.zeroipc.spring.listener;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessagingException;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.core.ChannelClosedException;
import io.zeroipc.spring.core.ChannelFullException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.ElementTypeException;
import io.zeroipc.spring.core.ElementTypes;
import io.zeroipc.spring.core.RoomWaits;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.SendTargets;
import io.zeroipc.spring.core.UnknownChannelException;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.envelope.Envelope;
import io.zeroipc.spring.core.envelope.EnvelopeFormatException;
import io.zeroipc.spring.core.envelope.EnvelopeHeaders;
import io.zeroipc.spring.core.envelope.EnvelopeSlot;

/**
 * The way of elements that a listener could not process to another channel: in an envelope that says why where that
 * channel carries frames, and as they are where it carries the same elements. Thread-safe.
 */
final class DeadLetters {

    private static final long WAIT_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long WAIT_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Of a traceparent among the headers of an envelope: two lengths, name and value. */
    private static final int TRACE_BYTES = 4 + EnvelopeHeaders.TRACEPARENT.length() + 55;
    /** A chain of causes may have no end. */
    private static final int WRAPPERS_MAX = 16;
    /** Bytes of a frame's length, in front of its data. */
    private static final int FRAME_LENGTH_BYTES = 4;

    private final String listenerId;
    private final ChannelName target;
    private final DeadLetterFullAction fullAction;
    private final boolean byDefault;
    private final SegmentRegistry registry;
    private final Supplier<? extends ZeroIpcOperations> template;

    DeadLetters(String listenerId, ChannelName target, FailureSettings failures, SegmentRegistry registry,
            Supplier<? extends ZeroIpcOperations> template) {
        this.listenerId = listenerId;
        this.target = target;
        this.fullAction = failures.getDeadLetterFullAction();
        this.byDefault = failures.isDeadLetteringByDefault();
        this.registry = registry;
        this.template = template;
    }

    /**
     * Those of a listener; null when it has none.
     *
     * @param template asked for when there is a letter to send
     * @throws InvalidListenerException when it should have some, and nobody said where they go
     */
    static @Nullable DeadLetters of(String listenerId, ListenerSettings settings, SegmentRegistry registry,
            Supplier<? extends ZeroIpcOperations> template) {
        FailureSettings failures = settings.failures();
        String channel = failures.getDeadLetterChannel();
        if (!failures.isDeadLettering()) {
            return null;
        }
        if (channel == null) {
            throw new InvalidListenerException("listener has no channel for its dead letters: listener=" + listenerId
                    + ", failure-action=dead-letter",
                    "zeroipc.listener.dead-letter.channel names a channel of"
                            + " type frame(n), or of the elements that the listener takes",
                    null);
        }
        try {
            return new DeadLetters(listenerId, registry.channel(channel), failures, registry, template);
        } catch (UnknownChannelException e) {
            throw e.requestedBy("dead letters of listener " + listenerId);
        }
    }

    /** Whether there are none of a channel, because they come from there and are only the default. */
    boolean isYielding(ChannelName source) {
        return byDefault && source.equals(target);
    }

    ChannelName target() {
        return target;
    }

    DeadLetterFullAction fullAction() {
        return fullAction;
    }

    /**
     * Finds what can be found out before there is a dead letter.
     *
     * @throws UnknownChannelException when nobody declared the target
     * @throws UnsupportedChannelTypeException when nothing can be sent there
     * @throws ElementTypeException when it carries neither frames nor the elements of {@code source}
     * @throws InvalidListenerException when it is not clear which template sends them
     */
    void check(ChannelName source) {
        if (isYielding(source)) {
            return;
        }
        if (source.equals(target)) {
            throw new UnsupportedChannelTypeException(target, registry.kindOf(target),
                    "dead letters of listener " + listenerId,
                    "another channel: a listener would get its own dead letters again and again");
        }
        SendTargets.check(registry, target, "dead letters of listener " + listenerId);
        var _ = template.get();
        String carried = ElementTypes.nameOf(registry, target);
        String elements = ElementTypes.nameOf(registry, source);
        if (carried != null && elements != null && !isFrame(carried) && !carried.equals(elements)) {
            throw mismatch(carried, elements, source);
        }
    }

    private ElementTypeException mismatch(String carried, String elements, ChannelName source) {
        return new ElementTypeException(target, carried, elements, "dead letters of listener " + listenerId + " from "
                + source + " (expected: zeroipc.listener.dead-letter.channel names a channel of type frame(n), which"
                + " gets the reason too, or of " + elements + ")",
                "Name a channel of type frame(n), or of " + elements + ", in 'zeroipc.listener.dead-letter.channel'.");
    }

    /**
     * Sends one. Waits as the full action says, until the group is stopped.
     *
     * @param element null when it could not be read
     * @throws RuntimeException when it was not sent
     */
    void send(ListenerExecutionFailedException failure, @Nullable Object element, boolean alone, ConsumerGroup group) {
        long wait = WAIT_MIN_NANOS;
        RoomWaits.Supervisor supervisor = RoomWaits.current();
        try {
            while (true) {
                try {
                    sendOnce(letter(failure, element, alone));
                    return;
                } catch (RuntimeException e) {
                    if (!isTemporary(e) || fullAction != DeadLetterFullAction.BLOCK) {
                        throw e;
                    }
                    if (wait == WAIT_MIN_NANOS) {
                        supervisor.begins(target, () -> {
                            // The group wakes it by itself.
                        });
                    }
                    if (group.awaitStop(wait)) {
                        throw e;
                    }
                    wait = Math.min(wait * 2, WAIT_MAX_NANOS);
                }
            }
        } finally {
            supervisor.ends();
        }
    }

    /** One attempt, whatever the template does where there is no room: a letter that it drops is lost, and nobody knows. */
    private void sendOnce(Object letter) {
        if (template.get().trySend(target.toString(), letter)) {
            return;
        }
        Structure structure = registry.tryStructure(target);
        if (structure instanceof Sink<?> sink && sink.outlet().isClosed()) {
            throw new ChannelClosedException(target);
        }
        throw new ChannelFullException(target, structure.occupancy().capacity(), Duration.ZERO);
    }

    /** Whether the target may take it later: it is full, or nobody has built it yet. */
    static boolean isTemporary(Throwable failure) {
        return failure instanceof ChannelFullException
                || (failure instanceof RuntimeException e && ChannelOpener.isRebuilding(e));
    }

    /** What is sent: depends on the target as it is now, which may have been built anew. */
    private Object letter(ListenerExecutionFailedException failure, @Nullable Object element, boolean alone) {
        Structure structure = registry.tryStructure(target);
        ChannelName source = failure.channel();
        String elements = ElementTypes.nameOf(registry, source);
        Codec<?> codec = ElementTypes.codecOf(registry, source);
        if (isFrame(structure.elementType())) {
            EnvelopeSlot slot = EnvelopeSlot.of(structure.elementType()).orElseThrow();
            byte[] payload = element == null
                    ? Objects.requireNonNullElse(failure.unreadableBytes(), new byte[0])
                    : payload(element, elements, codec);
            return fitted(envelope(failure, element, alone, payload, elements), slot.capacity());
        }
        if (element == null || !structure.elementType().equals(elements)) {
            throw mismatch(structure.elementType(), Objects.requireNonNullElse(elements, "unknown"), source);
        }
        Object whole = codec == null || codec.type().isInstance(element)
                ? element
                : codec.fromBytes(PayloadForm.bytesOf(element));
        // What came in an envelope goes on in that one, and not within another.
        return whole instanceof byte[] bytes && Envelope.isEnvelope(bytes) ? reopened(bytes) : whole;
    }

    private static Object reopened(byte[] bytes) {
        try {
            return Envelope.parse(bytes);
        } catch (EnvelopeFormatException e) {
            return bytes;
        }
    }

    /** With room left for the trace that the template adds, where the message can be cut for it. */
    private static Envelope fitted(Envelope letter, int capacity) {
        Envelope roomy = letter.cutToFit(EnvelopeHeaders.CAUSE_MESSAGE, capacity - TRACE_BYTES);
        return roomy.size() <= capacity - TRACE_BYTES
                ? roomy
                : letter.cutToFit(EnvelopeHeaders.CAUSE_MESSAGE, capacity);
    }

    private Envelope envelope(ListenerExecutionFailedException failure, @Nullable Object element, boolean alone,
            byte[] payload, @Nullable String elements) {
        Throwable cause = reason(Objects.requireNonNullElse(failure.getCause(), failure));
        ElementMessage delivered = failure.elementMessage();
        Envelope.Builder letter = Envelope.of(payload)
                .header(EnvelopeHeaders.SOURCE_CHANNEL, failure.channel().toString())
                .header(EnvelopeHeaders.LISTENER_ID, listenerId)
                .header(EnvelopeHeaders.ATTEMPTS, Integer.toString(failure.attempts()))
                .header(EnvelopeHeaders.TIME, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
                .header(EnvelopeHeaders.CAUSE_CLASS, cause.getClass().getName());
        if (elements != null && payload.length > 0) {
            letter.header(EnvelopeHeaders.ELEMENT_TYPE, elements);
        }
        if (element == null) {
            letter.header(EnvelopeHeaders.CONTENT_TYPE, EnvelopeHeaders.RAW);
        }
        if (alone && delivered != null && delivered.sequence() >= 0) {
            letter.header(EnvelopeHeaders.SOURCE_SEQUENCE, Long.toString(delivered.sequence()));
        }
        if (element instanceof byte[] bytes) {
            keepTrace(bytes, letter);
        }
        String message = UserCode.messageOf(cause);
        if (message != null) {
            letter.cutHeader(EnvelopeHeaders.CAUSE_MESSAGE, message);
        }
        return letter.build();
    }

    /** What flows put around what went wrong says no more than where that was. */
    private static Throwable reason(Throwable thrown) {
        Throwable reason = thrown;
        for (int i = 0; i < WRAPPERS_MAX && reason instanceof MessagingException; i++) {
            Throwable inner = UserCode.causeOf(reason);
            reason = inner == null ? reason : inner;
        }
        return reason;
    }

    /** The trace of a request that came in an envelope goes on in its dead letter. */
    private static void keepTrace(byte[] element, Envelope.Builder letter) {
        if (!Envelope.isEnvelope(element)) {
            return;
        }
        Envelope source;
        try {
            source = Envelope.parse(element);
        } catch (RuntimeException e) {
            return;
        }
        for (String name : new String[] {EnvelopeHeaders.CORRELATION_ID, EnvelopeHeaders.TRACEPARENT,
                EnvelopeHeaders.TRACESTATE}) {
            source.header(name).ifPresent(value -> letter.header(name, value));
        }
    }

    /** The bytes of the element as its codec lays them out; of a frame without its unused end. */
    private static byte[] payload(Object element, @Nullable String elements, @Nullable Codec<?> codec) {
        byte[] bytes = codec != null && codec.type().isInstance(element)
                ? encode(codec, element)
                : PayloadForm.bytesOf(element);
        if (elements == null || !elements.startsWith("frame(") || bytes.length < FRAME_LENGTH_BYTES) {
            return bytes;
        }
        int used = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        return used < 0 || used > bytes.length - FRAME_LENGTH_BYTES
                ? bytes
                : Arrays.copyOf(bytes, FRAME_LENGTH_BYTES + used);
    }

    private static <T> byte[] encode(Codec<T> codec, Object element) {
        return codec.toBytes(codec.type().cast(element));
    }

    /** Whether it holds an envelope of any length: frames do, and messages of a topic. */
    private static boolean isFrame(String elementType) {
        return EnvelopeSlot.of(elementType).filter(slot -> !slot.padded()).isPresent();
    }
}

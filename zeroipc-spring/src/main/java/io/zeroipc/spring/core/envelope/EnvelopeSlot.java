package io.zeroipc.spring.core.envelope;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.spring.annotation.Internal;

/**
 * A type of elements that can hold an envelope. Thread-safe.
 *
 * @param elementType in the vocabulary of the codecs: {@code frame(n)} or {@code bytes(n)}; {@code message(n)} of a topic
 * @param capacity bytes of the largest envelope, n
 * @param padded whether each element has exactly that many bytes, so that zeroes follow a shorter envelope
 */
@Internal
public record EnvelopeSlot(String elementType, int capacity, boolean padded) {

    private static final Pattern TYPES = Pattern.compile("(frame|bytes|message)\\(([0-9]{1,9})\\)");

    /** The slot of an element type; empty when its elements are no plain bytes. */
    public static Optional<EnvelopeSlot> of(String elementType) {
        Matcher matcher = TYPES.matcher(elementType);
        return matcher.matches()
                ? Optional.of(new EnvelopeSlot(elementType, Integer.parseInt(matcher.group(2)),
                        matcher.group(1).equals("bytes")))
                : Optional.empty();
    }

    /** Whether an envelope fits. */
    public boolean fits(Envelope envelope) {
        return envelope.size() <= capacity;
    }

    /**
     * The element that carries an envelope.
     *
     * @throws EnvelopeTooLargeException when it does not fit
     */
    public byte[] fill(Envelope envelope) {
        if (!fits(envelope)) {
            throw new EnvelopeTooLargeException(this, envelope);
        }
        byte[] bytes = envelope.toBytes();
        return padded ? Arrays.copyOf(bytes, capacity) : bytes;
    }
}

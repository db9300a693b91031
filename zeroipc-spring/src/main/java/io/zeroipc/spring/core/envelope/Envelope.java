package io.zeroipc.spring.core.envelope;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Headers and a payload, and the bytes that carry both through shared memory: {@code docs/format/envelope.md}. Immutable.
 *
 * <p>
 * What is too large is refused; only {@link #cutToFit} shortens, and leaves a mark.
 */
public final class Envelope {

    /** The end of a header's value that was cut. */
    public static final String CUT_MARK = " [cut]";
    /** The most headers of one envelope. */
    public static final int MAX_HEADERS = 64;
    /** The most bytes of a header's name. */
    public static final int MAX_NAME_BYTES = 255;
    /** The most bytes of a header's value, in UTF-8. */
    public static final int MAX_VALUE_BYTES = 65_535;

    // docs/format/envelope.md: the fixed part, then the lengths in front of each header.
    static final int MAGIC = 'Z' | 'E' << 8 | 'N' << 16 | 'V' << 24;
    static final byte VERSION = 1;
    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 4;
    static final int FLAGS_OFFSET = 5;
    static final int HEADER_COUNT_OFFSET = 6;
    static final int HEADERS_SIZE_OFFSET = 8;
    static final int PAYLOAD_SIZE_OFFSET = 12;
    static final int FIXED_SIZE = 16;
    static final int HEADER_FIXED_SIZE = 4;

    private final SequencedMap<String, String> headers;
    private final byte[] payload;
    private final int headersSize;
    private final int size;

    private Envelope(Map<String, String> headers, byte[] payload) {
        this.headers = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(headers));
        this.payload = payload;
        int sum = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            sum += HEADER_FIXED_SIZE + utf8(header.getKey()).length + utf8(header.getValue()).length;
        }
        this.headersSize = sum;
        this.size = Math.addExact(FIXED_SIZE + sum, payload.length);
    }

    /** Begins an envelope around these bytes, which are copied. */
    public static Builder of(byte[] payload) {
        return new Builder(payload.clone());
    }

    /** The value of a header, if there is one. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** All headers, in their order. */
    public SequencedMap<String, String> headers() {
        return headers;
    }

    /** A copy of the payload. */
    public byte[] payload() {
        return payload.clone();
    }

    public int payloadSize() {
        return payload.length;
    }

    int headersSize() {
        return headersSize;
    }

    /** How many bytes {@link #toBytes} returns. */
    public int size() {
        return size;
    }

    /** Begins another envelope with the same headers and payload. */
    public Builder toBuilder() {
        Builder builder = new Builder(payload);
        builder.headers.putAll(headers);
        return builder;
    }

    /**
     * The same envelope, or one in which this header is shortened so that it has no more than {@code capacity} bytes. A
     * shortened value ends in {@link #CUT_MARK}. The result may still be larger, when the rest is too large by itself or
     * the header is missing.
     */
    public Envelope cutToFit(String header, int capacity) {
        String value = headers.get(header);
        if (value == null || size <= capacity) {
            return this;
        }
        int rest = size - utf8(value).length;
        return toBuilder().header(header, cut(value, Math.max(capacity - rest, 0))).build();
    }

    /** The bytes: fixed part, headers, payload. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(MAGIC).put(VERSION).put((byte) 0).putShort((short) headers.size());
        bytes.putInt(headersSize).putInt(payload.length);
        headers.forEach((name, value) -> {
            byte[] nameBytes = utf8(name);
            byte[] valueBytes = utf8(value);
            bytes.putShort((short) nameBytes.length).putShort((short) valueBytes.length);
            bytes.put(nameBytes).put(valueBytes);
        });
        return bytes.put(payload).array();
    }

    /** Whether bytes begin like an envelope; {@link #parse} may still refuse them. */
    public static boolean isEnvelope(byte[] bytes) {
        return bytes.length >= FIXED_SIZE
                && ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC_OFFSET) == MAGIC;
    }

    /**
     * Reads an envelope. Bytes behind it do not matter.
     *
     * @throws EnvelopeFormatException when the bytes are none, are of a version that this class does not know, or are
     *             inconsistent
     */
    public static Envelope parse(byte[] bytes) {
        return new EnvelopeReader(bytes).read();
    }

    /** Shortens a text to this many bytes of UTF-8, and leaves the mark if there is room for it. */
    static String cut(String text, int maxBytes) {
        byte[] bytes = utf8(text);
        if (bytes.length <= maxBytes) {
            return text;
        }
        int end = maxBytes - CUT_MARK.length();
        if (end < 0) {
            return "";
        }
        // Not within a character: its later bytes begin with the bits 10.
        while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8) + CUT_MARK;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** No values: they may be secret, or large. */
    @Override
    public String toString() {
        return "Envelope[headers=" + headers.keySet() + ", payload=" + payload.length + " bytes]";
    }

    /** Collects headers. Not thread-safe. */
    public static final class Builder {

        private final SequencedMap<String, String> headers = new LinkedHashMap<>();
        private final byte[] payload;

        private Builder(byte[] payload) {
            this.payload = payload;
        }

        /**
         * Sets a header.
         *
         * @param name 1 to {@link #MAX_NAME_BYTES} small letters of ASCII, digits, '-', '.' and '_'
         * @param value up to {@link #MAX_VALUE_BYTES} in UTF-8
         * @throws IllegalArgumentException when name or value is not of this kind, or there are {@link #MAX_HEADERS}
         *             already
         */
        public Builder header(String name, String value) {
            if (name.isEmpty() || name.length() > MAX_NAME_BYTES || !name.chars().allMatch(Builder::isNameCharacter)) {
                throw new IllegalArgumentException("header has no valid name: name=" + name + " (expected: 1 to "
                        + MAX_NAME_BYTES + " of a-z 0-9 - . _)");
            }
            int bytes = utf8(value).length;
            if (bytes > MAX_VALUE_BYTES) {
                throw new IllegalArgumentException("header is too long: name=" + name + ", bytes=" + bytes
                        + " (expected: at most " + MAX_VALUE_BYTES + " bytes of UTF-8)");
            }
            if (!headers.containsKey(name) && headers.size() == MAX_HEADERS) {
                throw new IllegalArgumentException("envelope has too many headers: name=" + name + ", headers="
                        + headers.size() + " (expected: at most " + MAX_HEADERS + ")");
            }
            headers.put(name, value);
            return this;
        }

        /** As {@link #header}, for a text of any length: what is too long for a header is cut, and ends in the mark. */
        public Builder cutHeader(String name, String value) {
            return header(name, cut(value, MAX_VALUE_BYTES));
        }

        boolean has(String name) {
            return headers.containsKey(name);
        }

        public Envelope build() {
            return new Envelope(headers, payload);
        }

        private static boolean isNameCharacter(int c) {
            return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        }
    }
}

package io.zeroipc.spring.core.envelope;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads bytes that another process wrote: every length is compared with what is there before it is used. */
final class EnvelopeReader {

    private final byte[] bytes;
    private final ByteBuffer buffer;

    EnvelopeReader(byte[] bytes) {
        this.bytes = bytes;
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    Envelope read() {
        if (!Envelope.isEnvelope(bytes)) {
            throw wrong("bytes are no envelope", "length=" + bytes.length,
                    "at least " + Envelope.FIXED_SIZE + " bytes that begin with ZENV");
        }
        int version = buffer.get(Envelope.VERSION_OFFSET) & 0xFF;
        int flags = buffer.get(Envelope.FLAGS_OFFSET) & 0xFF;
        if (version != Envelope.VERSION || flags != 0) {
            throw wrong("envelope is of another version", "version=" + version + ", flags=" + flags,
                    "version=" + Envelope.VERSION + ", flags=0");
        }
        int headerCount = buffer.getShort(Envelope.HEADER_COUNT_OFFSET) & 0xFFFF;
        long headersSize = buffer.getInt(Envelope.HEADERS_SIZE_OFFSET) & 0xFFFF_FFFFL;
        long payloadSize = buffer.getInt(Envelope.PAYLOAD_SIZE_OFFSET) & 0xFFFF_FFFFL;
        if (headerCount > Envelope.MAX_HEADERS || headersSize + payloadSize > bytes.length - Envelope.FIXED_SIZE) {
            throw wrong("envelope is inconsistent",
                    "headers=" + headerCount + ", headersSize=" + headersSize + ", payloadSize=" + payloadSize,
                    "at most " + Envelope.MAX_HEADERS + " headers, and sizes within length=" + bytes.length);
        }
        int payloadStart = Envelope.FIXED_SIZE + (int) headersSize;
        byte[] payload = new byte[(int) payloadSize];
        buffer.get(payloadStart, payload);
        Envelope.Builder builder = Envelope.of(payload);
        buffer.position(Envelope.FIXED_SIZE).limit(payloadStart);
        for (int i = 0; i < headerCount; i++) {
            readHeader(builder, i);
        }
        if (buffer.hasRemaining()) {
            throw wrong("envelope is inconsistent", "bytes behind the last header=" + buffer.remaining(),
                    "headers that fill headersSize=" + headersSize);
        }
        return builder.build();
    }

    private void readHeader(Envelope.Builder builder, int index) {
        int nameSize = -1;
        int valueSize = -1;
        if (buffer.remaining() >= Envelope.HEADER_FIXED_SIZE) {
            nameSize = buffer.getShort() & 0xFFFF;
            valueSize = buffer.getShort() & 0xFFFF;
        }
        if (nameSize < 0 || nameSize + valueSize > buffer.remaining()) {
            throw wrong("envelope is inconsistent",
                    "header=" + index + ", nameSize=" + nameSize + ", valueSize=" + valueSize,
                    "headers within the " + buffer.remaining() + " bytes left");
        }
        String name = text(nameSize);
        String value = text(valueSize);
        if (builder.has(name)) {
            throw wrong("envelope is inconsistent", "header=" + name, "each name once");
        }
        try {
            builder.header(name, value);
        } catch (IllegalArgumentException e) {
            throw wrong("envelope is inconsistent", "header=" + index, String.valueOf(e.getMessage()));
        }
    }

    private String text(int size) {
        String text = new String(bytes, buffer.position(), size, StandardCharsets.UTF_8);
        buffer.position(buffer.position() + size);
        return text;
    }

    private static EnvelopeFormatException wrong(String what, String found, String expected) {
        return new EnvelopeFormatException(what + ": " + found + " (expected: " + expected + ")");
    }
}

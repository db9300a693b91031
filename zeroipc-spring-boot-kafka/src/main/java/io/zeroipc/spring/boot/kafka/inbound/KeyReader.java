package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.spring.boot.kafka.KeyFormat;

/** From the keys of records to the keys of a map. Thread-safe. */
final class KeyReader {

    private final Codec<?> codec;
    private final KeyFormat format;

    /** @throws IllegalArgumentException when keys of this type cannot be had in this way */
    KeyReader(Codec<?> codec, KeyFormat format) {
        this.codec = codec;
        this.format = format;
        Class<?> type = codec.type();
        boolean possible = switch (format) {
            case TEXT -> !type.isRecord() && !Map.class.isAssignableFrom(type);
            case NUMBER -> Number.class.isAssignableFrom(type);
            case BYTES -> true;
        };
        if (!possible) {
            throw new IllegalArgumentException("keys of this type cannot be read like this: type=" + codec.typeName()
                    + ", key-format=" + format.name().toLowerCase(Locale.ROOT) + " (expected: "
                    + (type.isRecord() ? "bytes" : "text or bytes") + ")");
        }
    }

    /**
     * The key of a map for the key of a record.
     *
     * @throws IllegalArgumentException when it is none; the message shows it
     */
    Object key(byte @Nullable [] bytes) {
        if (bytes == null) {
            throw new IllegalArgumentException("record has no key (expected: the key of a map)");
        }
        try {
            return switch (format) {
                case TEXT -> codec.type() == byte[].class ? bytes : Codecs.convert(codec, text(bytes));
                case NUMBER -> Codecs.convert(codec, number(bytes));
                case BYTES -> whole(bytes);
            };
        } catch (IllegalArgumentException e) {
            throw refused(bytes, e);
        }
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("it is no text in UTF-8", e);
        }
    }

    private Number number(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        boolean floating = codec.type() == Double.class || codec.type() == Float.class;
        return switch (bytes.length) {
            case Byte.BYTES -> buffer.get();
            case Short.BYTES -> buffer.getShort();
            case Integer.BYTES -> floating ? (Number) buffer.getFloat() : (Number) buffer.getInt();
            case Long.BYTES -> floating ? (Number) buffer.getDouble() : (Number) buffer.getLong();
            default -> throw new IllegalArgumentException("it has " + bytes.length
                    + " bytes (expected: a number of 1, 2, 4 or 8)");
        };
    }

    private Object whole(byte[] bytes) {
        if (bytes.length != codec.byteSize()) {
            throw new IllegalArgumentException(
                    "it has " + bytes.length + " bytes (expected: " + codec.byteSize() + ")");
        }
        return codec.fromBytes(bytes);
    }

    private IllegalArgumentException refused(byte[] bytes, IllegalArgumentException problem) {
        String shown = format == KeyFormat.TEXT
                ? new String(bytes, StandardCharsets.UTF_8)
                : HexFormat.of().formatHex(bytes);
        return new IllegalArgumentException("key of the record is no key of the map: key=" + shown + ", type="
                + codec.typeName() + ": " + problem.getMessage(), problem);
    }
}

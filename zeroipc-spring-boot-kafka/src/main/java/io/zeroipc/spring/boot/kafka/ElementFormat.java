package io.zeroipc.spring.boot.kafka;

import java.util.Locale;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;

/** Between the bytes of one type's elements and the values of records. Thread-safe. */
public final class ElementFormat {

    private final BridgeFormat format;
    private final String typeName;
    private final int byteSize;
    private final @Nullable Codec<?> codec;
    private final @Nullable JsonMapper mapper;
    private final byte[] typeHeader;
    private final byte[] formatHeader;

    /**
     * @param typeName the element in the vocabulary of the codecs
     * @param codec reads and writes elements; may be null where they travel as bytes
     * @param mapper may be null where they travel as bytes
     * @throws IllegalArgumentException when elements of this type cannot be JSON
     */
    public ElementFormat(BridgeFormat format, String typeName, int byteSize, @Nullable Codec<?> codec,
            @Nullable JsonMapper mapper) {
        if (format == BridgeFormat.JSON && (codec == null || mapper == null)) {
            throw new IllegalArgumentException("elements cannot be JSON: type=" + typeName + " (expected: "
                    + (codec == null
                            ? "a type or codec that this application knows"
                            : "Jackson on the class path")
                    + ", or format=bytes)");
        }
        this.format = format;
        this.typeName = typeName;
        this.byteSize = byteSize;
        this.codec = codec;
        this.mapper = mapper;
        this.typeHeader = BridgeHeaders.bytes(typeName + ";" + byteSize);
        this.formatHeader = BridgeHeaders.bytes(text(format));
    }

    /** The value of the record that carries an element. */
    public byte[] toValue(byte[] element) {
        if (codec == null || mapper == null || format == BridgeFormat.BYTES) {
            return element;
        }
        return mapper.writeValueAsBytes(codec.fromBytes(element));
    }

    /**
     * The bytes of the element that a record's value is.
     *
     * @throws RuntimeException when it is none: another size, no JSON, or a value that does not fit
     */
    public byte[] toElement(byte[] value) {
        if (codec == null || mapper == null || format == BridgeFormat.BYTES) {
            if (value.length != byteSize) {
                throw new IllegalArgumentException("value has another size than elements: type=" + typeName + ", size="
                        + value.length + " (expected: " + byteSize + " bytes)");
            }
            return value;
        }
        return encode(codec, mapper, value);
    }

    private static <T> byte[] encode(Codec<T> codec, JsonMapper mapper, byte[] value) {
        T element = mapper.readValue(value, codec.type());
        if (element == null) {
            throw new IllegalArgumentException("value is null: type=" + codec.typeName() + " (expected: an element)");
        }
        return codec.toBytes(element);
    }

    /** The {@link BridgeHeaders#TYPE} of such elements. The caller does not change it. */
    public byte[] typeHeader() {
        return typeHeader;
    }

    /** The {@link BridgeHeaders#FORMAT} of such records. The caller does not change it. */
    public byte[] formatHeader() {
        return formatHeader;
    }

    /**
     * Compares what a record says of itself, if it says anything.
     *
     * @throws IllegalArgumentException when it carries elements of another type, or in another format
     */
    public void check(Headers headers) {
        String theirFormat = BridgeHeaders.text(headers, BridgeHeaders.FORMAT);
        if (theirFormat != null && !theirFormat.equals(text(format))) {
            throw new IllegalArgumentException("record has another format: format=" + theirFormat + " (expected: "
                    + text(format) + ", or format=" + theirFormat + " for the bridge)");
        }
        String theirType = BridgeHeaders.text(headers, BridgeHeaders.TYPE);
        String type = typeName + ";" + byteSize;
        // As JSON, components count and not where they lie.
        if (theirType != null && format == BridgeFormat.BYTES && !theirType.equals(type)) {
            throw new IllegalArgumentException("record carries elements of another type: type=" + theirType
                    + " (expected: " + type + ")");
        }
    }

    private static String text(BridgeFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }
}

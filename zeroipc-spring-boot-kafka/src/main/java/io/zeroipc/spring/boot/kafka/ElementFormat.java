package io.zeroipc.spring.boot.kafka;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.zeroipc.codec.Codec;
import io.zeroipc.json.Fingerprint;

/** Between the bytes of one type's elements and the values of records. Thread-safe. */
public final class ElementFormat {

    private static final char SEPARATOR = ';';

    private final BridgeFormat format;
    private final String typeName;
    private final int byteSize;
    private final @Nullable Codec<?> codec;
    private final @Nullable JsonMapper mapper;
    /** Null where nobody knows what the bytes mean. */
    private final @Nullable String fingerprint;
    private final byte[] typeHeader;
    private final byte[] formatHeader;
    /** What others say who mean the same, under another name: the last of these. */
    private volatile byte @Nullable [] accepted;

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
        this.fingerprint = codec == null ? null : Fingerprint.of(codec.schema());
        this.typeHeader = BridgeHeaders.bytes(typeName + SEPARATOR + (fingerprint == null ? byteSize : fingerprint));
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
     * @param valueSize bytes of its value, for messages
     * @throws IllegalArgumentException when it carries elements of another type, or in another format
     */
    public void check(Headers headers, int valueSize) {
        byte[] theirFormat = value(headers, BridgeHeaders.FORMAT);
        if (theirFormat != null && !Arrays.equals(theirFormat, formatHeader)) {
            throw new IllegalArgumentException(otherFormat(new String(theirFormat, StandardCharsets.UTF_8)));
        }
        byte[] theirType = value(headers, BridgeHeaders.TYPE);
        // As JSON, components count and not where they lie.
        if (theirType == null || format == BridgeFormat.JSON || Arrays.equals(theirType, typeHeader)
                || Arrays.equals(theirType, accepted)) {
            return;
        }
        String theirs = new String(theirType, StandardCharsets.UTF_8);
        if (!isSame(theirs)) {
            throw new IllegalArgumentException(otherType(theirs, valueSize));
        }
        accepted = theirType;
    }

    private static byte @Nullable [] value(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : header.value();
    }

    private String otherFormat(String theirs) {
        boolean known = Arrays.stream(BridgeFormat.values()).anyMatch(each -> text(each).equals(theirs));
        return "record has another format: format=" + theirs + " (expected: " + text(format)
                + (known ? ", or format=" + theirs + " for the bridge)" : ")");
    }

    /** Fingerprints decide, whatever the names; where the sender knew none, its name and size do. */
    private boolean isSame(String theirs) {
        String mark = theirs.substring(theirs.lastIndexOf(SEPARATOR) + 1);
        return mark.equals(fingerprint) || theirs.equals(typeName + SEPARATOR + byteSize);
    }

    private String otherType(String theirs, int valueSize) {
        int separator = theirs.lastIndexOf(SEPARATOR);
        String mark = theirs.substring(separator + 1);
        boolean marked = mark.startsWith(Fingerprint.PREFIX);
        return "record carries elements of another type: type="
                + (separator < 0 ? theirs : theirs.substring(0, separator))
                + ", size=" + valueSize + (marked ? ", fingerprint=" + mark : "") + " (expected: type=" + typeName
                + ", size=" + byteSize + (fingerprint == null ? "" : ", fingerprint=" + fingerprint)
                + "; give both structures the same element type, or both bridges format=json)";
    }

    private static String text(BridgeFormat format) {
        return format.name().toLowerCase(Locale.ROOT);
    }
}

package io.zeroipc.spring.boot.kafka;

import java.nio.charset.StandardCharsets;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * What the records of a bridge say about their elements: headers of texts in UTF-8, so that any tool shows them. Records
 * without them come from elsewhere, and are taken as they are.
 */
public final class BridgeHeaders {

    /**
     * The element's type: name and {@linkplain io.zeroipc.json.Fingerprint fingerprint}, {@code com.acme.Trade;ZIPC01_501a...}, which
     * decides whether two types are the same. Name and size in bytes, {@code com.acme.Trade;32}, where the sender carries bytes of
     * which it does not know what they mean.
     */
    public static final String TYPE = "zeroipc-type";
    /** How the value is to be read: {@code bytes} or {@code json}. */
    public static final String FORMAT = "zeroipc-format";
    /**
     * Which life of a structure the element is from: a UUID that stays the same when the application that carries it is started
     * again, and has another second half when the structure begins anew, and another first one in each base directory.
     */
    public static final String ORIGIN = "zeroipc-origin";
    /** The structure, {@code segment/structure}, by its names where it was read. */
    public static final String STRUCTURE = "zeroipc-structure";
    /**
     * The element's position in its structure, a whole number: one that has come before within an origin has come twice. Positions
     * go back by at most {@link BridgeDefinition#MAX_IN_FLIGHT_MAX}. Absent where the structure does not count.
     */
    public static final String POSITION = "zeroipc-position";

    private BridgeHeaders() {
    }

    /** The text of the last header with this name; null when there is none. */
    public static @Nullable String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The {@link #POSITION}; -1 when there is none, or no number. */
    public static long position(Headers headers) {
        String text = text(headers, POSITION);
        try {
            return text == null ? -1 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The bytes of a header's text. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

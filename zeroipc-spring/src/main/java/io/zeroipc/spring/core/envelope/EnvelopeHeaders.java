package io.zeroipc.spring.core.envelope;

/** Names of the headers that have a meaning of their own. Applications may add others. */
public final class EnvelopeHeaders {

    /** What the payload is, as a media type. {@link #ELEMENT} is assumed where this is missing. */
    public static final String CONTENT_TYPE = "content-type";
    /** The type of an element whose bytes are the payload, in the vocabulary of the codecs: {@code int32}. */
    public static final String ELEMENT_TYPE = "element-type";
    /** Joins a reply to its request. */
    public static final String CORRELATION_ID = "correlation-id";
    /** Where the reply is expected: {@code segment/structure}, by the names of the application that replies. */
    public static final String REPLY_CHANNEL = "reply-channel";
    /** The trace and the span that this belongs to, as W3C Trace Context writes it. */
    public static final String TRACEPARENT = "traceparent";
    /** What vendors add to {@link #TRACEPARENT}. */
    public static final String TRACESTATE = "tracestate";

    /** The channel that a dead letter comes from, by its name in the application that failed. */
    public static final String SOURCE_CHANNEL = "source-channel";
    /** The position of the element in its structure, counted from 0; missing where the structure does not count. */
    public static final String SOURCE_SEQUENCE = "source-sequence";
    /** The listener that failed. */
    public static final String LISTENER_ID = "listener-id";
    /** How often the listener was called with the element. */
    public static final String ATTEMPTS = "attempts";
    /** The class of what the listener threw last. */
    public static final String CAUSE_CLASS = "cause-class";
    /** Its message; the one header that may be cut to fit, and then ends in {@link Envelope#CUT_MARK}. */
    public static final String CAUSE_MESSAGE = "cause-message";
    /** When the listener failed for the last time, in UTC: {@code 2026-01-31T12:34:56.789Z}. */
    public static final String TIME = "time";

    /** A {@link #CONTENT_TYPE}: the bytes of one element of {@link #ELEMENT_TYPE}. */
    public static final String ELEMENT = "application/x-zeroipc-element";
    /** A {@link #CONTENT_TYPE}: the bytes of a slot that are no value of {@link #ELEMENT_TYPE}. */
    public static final String RAW = "application/x-zeroipc-raw";

    private EnvelopeHeaders() {
    }
}

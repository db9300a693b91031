package io.zeroipc.spring.core;

/**
 * The name of something to send to or to receive from: {@code segment/structure}. The first slash separates the two.
 *
 * @param segment the segment's name in this application
 * @param structure the structure's name in this application, which may contain further slashes
 */
public record ChannelName(String segment, String structure) implements Comparable<ChannelName> {

    static final char SEPARATOR = '/';

    public ChannelName {
        if (segment.isEmpty() || structure.isEmpty() || segment.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException("channel has no such name: segment=" + segment + ", structure="
                    + structure + " (expected: both not empty, and no '/' in the segment)");
        }
    }

    /**
     * Reads the long form.
     *
     * @throws IllegalArgumentException when a part is missing; {@link SegmentRegistry#channel} knows the short form
     */
    public static ChannelName parse(String text) {
        int separator = text.indexOf(SEPARATOR);
        if (separator <= 0 || separator == text.length() - 1) {
            throw new IllegalArgumentException(
                    "channel name is incomplete: channel=" + text + " (expected: segment/structure)");
        }
        return new ChannelName(text.substring(0, separator), text.substring(separator + 1));
    }

    /** Whether a text names a structure alone. */
    public static boolean isShort(String text) {
        return text.indexOf(SEPARATOR) < 0;
    }

    @Override
    public int compareTo(ChannelName other) {
        int order = segment.compareTo(other.segment);
        return order != 0 ? order : structure.compareTo(other.structure);
    }

    /** The long form: what messages, meters and endpoints show. */
    @Override
    public String toString() {
        return segment + SEPARATOR + structure;
    }
}

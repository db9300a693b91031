package io.zeroipc.spring.cloud.stream.binder.provisioning;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The name of a queue in the table of its destination's segment, and what it says. A table has 31 bytes for a name, so groups whose
 * names are long, or could be taken for something else, have a shorter one with a sum of theirs: it is the same in all processes.
 *
 * <p>
 * {@code billing} is a group, {@code billing-2} a partition of it, {@code billing.dlq} its dead letters, {@code ~anonymous-0} the queue
 * of one consumer without a group.
 *
 * @param text as in the table
 * @param kind what it is for
 * @param group the group's own part; for an anonymous consumer the whole
 * @param partition its number; {@link #WHOLE} for a queue that has all of them
 */
public record QueueName(String text, Kind kind, String group, int partition) {

    /** No partition: of a queue, and of a message that is of none. */
    public static final int WHOLE = -1;

    /** What a group may call the dead letters of another. */
    public static final String DEAD_LETTERS = ".dlq";

    private static final String OWN = "~";
    private static final String ANONYMOUS = OWN + "anonymous-";
    /** 31 bytes, less the longest ending. */
    private static final int GROUP_BYTES_MAX = 26;
    private static final int SUM_BYTES = 4;
    private static final int PARTITION_MAX = 9999;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]+");
    private static final Pattern NUMBERED = Pattern.compile("(.+)-([0-9]{1,4})");

    /** What a queue is for. */
    public enum Kind {
        /** The messages of a group, or of a partition of it. */
        GROUP,
        /** The messages of a consumer without a group. */
        ANONYMOUS,
        /** What a group could not process: nothing is sent there by producers. */
        DEAD_LETTERS
    }

    /** The queue of a group; that of dead letters where the group is called so. */
    static QueueName of(String group) {
        if (group.endsWith(DEAD_LETTERS) && group.length() > DEAD_LETTERS.length()) {
            return deadLettersOf(group.substring(0, group.length() - DEAD_LETTERS.length()));
        }
        String own = shortened(group);
        return new QueueName(own, Kind.GROUP, own, WHOLE);
    }

    /** The queue of one partition. */
    static QueueName of(String group, int partition) {
        if (partition < 0 || partition > PARTITION_MAX) {
            throw new IllegalArgumentException("partition is out of range: group=" + group + ", partition=" + partition
                    + " (expected: 0 to " + PARTITION_MAX + ")");
        }
        String own = shortened(group);
        return new QueueName(own + "-" + partition, Kind.GROUP, own, partition);
    }

    /** The queue of what a group could not process. */
    static QueueName deadLettersOf(String group) {
        String own = shortened(group);
        return new QueueName(own + DEAD_LETTERS, Kind.DEAD_LETTERS, own, WHOLE);
    }

    /** The queue with this number of a consumer without a group. */
    static QueueName anonymous(int number) {
        return new QueueName(ANONYMOUS + number, Kind.ANONYMOUS, ANONYMOUS + number, WHOLE);
    }

    /** What a name in a table says; null for what is no queue of messages. */
    static @Nullable QueueName parse(String text) {
        if (text.startsWith(OWN)) {
            return text.startsWith(ANONYMOUS) ? new QueueName(text, Kind.ANONYMOUS, text, WHOLE) : null;
        }
        if (text.endsWith(DEAD_LETTERS)) {
            return new QueueName(text, Kind.DEAD_LETTERS, text.substring(0, text.length() - DEAD_LETTERS.length()),
                    WHOLE);
        }
        Matcher numbered = NUMBERED.matcher(text);
        return numbered.matches()
                ? new QueueName(text, Kind.GROUP, numbered.group(1), Integer.parseInt(numbered.group(2)))
                : new QueueName(text, Kind.GROUP, text, WHOLE);
    }

    private static String shortened(String group) {
        if (group.length() <= GROUP_BYTES_MAX && PLAIN.matcher(group).matches() && !group.endsWith(DEAD_LETTERS)
                && !NUMBERED.matcher(group).matches() && !group.startsWith("__")) {
            return group;
        }
        String readable = group.replaceAll("[^A-Za-z0-9._-]", "_").replaceAll("^[._-]+", "");
        if (readable.isEmpty()) {
            readable = "group";
        }
        int room = GROUP_BYTES_MAX - 1 - 2 * SUM_BYTES;
        return (readable.length() > room ? readable.substring(0, room) : readable) + "~" + sumOf(group);
    }

    private static String sumOf(String group) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(group.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum, 0, SUM_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}

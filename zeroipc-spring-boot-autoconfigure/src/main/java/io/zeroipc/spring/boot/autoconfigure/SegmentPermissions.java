package io.zeroipc.spring.boot.autoconfigure;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.spring.annotation.Internal;

/**
 * Who may do what with a new segment's file, as a person writes it: {@code rw-rw----}, {@code "0660"}, and {@code 0660} without
 * quotes, which YAML reads as a number, of the base 8 when it begins with a zero and of the base 10 otherwise. The two can be
 * told apart because the owner of a segment must be able to read and write it: no digits below 600 are permissions, so a number
 * up to 511 was written with a zero.
 */
@Internal
public final class SegmentPermissions {

    private static final Pattern WORDS = Pattern.compile("([r-][w-][x-]){3}");
    private static final Pattern DIGITS = Pattern.compile("(?:0o?)?([0-7]{3})");
    private static final int OWNER_READ_WRITE = 0600;
    private static final int OTHERS_WRITE = 0002;
    private static final int ALL = 0777;

    private final String text;

    private SegmentPermissions(String text) {
        this.text = text;
    }

    /** What a text says. Called when a property is bound. */
    public static SegmentPermissions of(String text) {
        return new SegmentPermissions(text.strip());
    }

    /** What was written without quotes, and read as a number. Called when a property is bound. */
    public static SegmentPermissions of(Integer number) {
        return new SegmentPermissions(number >= 0 && number <= ALL
                ? "0" + Integer.toOctalString(number)
                : number.toString());
    }

    /** @throws InvalidZeroIpcPropertyException when it says nothing, or what nobody means */
    void check(String property) {
        if (WORDS.matcher(text).matches()) {
            requireOwner(property, text.startsWith("rw"));
            return;
        }
        Matcher digits = DIGITS.matcher(text);
        if (!digits.matches()) {
            throw new InvalidZeroIpcPropertyException(property, text, "permissions cannot be read",
                    "Write them as 'rw-rw----' or '0660'.");
        }
        int bits = Integer.parseInt(digits.group(1), 8);
        requireOwner(property, (bits & OWNER_READ_WRITE) == OWNER_READ_WRITE);
        if ((bits & OTHERS_WRITE) != 0) {
            throw new InvalidZeroIpcPropertyException(property, text, "permissions let everybody write",
                    "Write digits that end in 0 or 4, or, if it is meant, say it in words: 'rw-rw-rw-'.");
        }
    }

    private void requireOwner(String property, boolean ownerMay) {
        if (!ownerMay) {
            throw new InvalidZeroIpcPropertyException(property, text, "permissions do not let the owner read and write",
                    "Write them as 'rw-rw----' or '0660'.");
        }
    }

    /** In words, when it is checked: {@code rw-rw----}. */
    String toWords() {
        if (WORDS.matcher(text).matches()) {
            return text;
        }
        Matcher digits = DIGITS.matcher(text);
        int bits = digits.matches() ? Integer.parseInt(digits.group(1), 8) : OWNER_READ_WRITE;
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < 9; i++) {
            words.append((bits & (1 << (8 - i))) != 0 ? "rwx".charAt(i % 3) : '-');
        }
        return words.toString();
    }

    /** As {@link io.zeroipc.segment.SegmentBuilder#permissions} takes it, when it is checked. */
    @Override
    public String toString() {
        return text.replace("o", "");
    }
}

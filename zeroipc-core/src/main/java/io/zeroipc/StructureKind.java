package io.zeroipc;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Which structure a block is. A value, not an enum: a new structure brings its own and edits nothing here.
 *
 * @param label the name in configuration, reports and messages, lower case
 * @param suffixes what is appended to a structure's name to form its table entries; {@code ""} is the name itself
 * @param decidingSuffix the entry whose presence means that the structure exists
 */
public record StructureKind(String label, List<String> suffixes, String decidingSuffix) {

    /** Bytes a table entry has for a name, without the terminating NUL. */
    public static final int ENTRY_NAME_BYTES_MAX = 31;

    public StructureKind {
        suffixes = List.copyOf(suffixes);
        if (!suffixes.contains(decidingSuffix)) {
            throw new IllegalArgumentException(
                    "deciding suffix is not one of the suffixes: kind=" + label + ", suffix=" + decidingSuffix);
        }
    }

    /** A kind that occupies one table entry, called like the structure. */
    public static StructureKind of(String label) {
        return new StructureKind(label, List.of(""), "");
    }

    /** A kind that occupies several table entries. */
    public static StructureKind composite(String label, String decidingSuffix, String... suffixes) {
        return new StructureKind(label, List.of(suffixes), decidingSuffix);
    }

    /** Longest name in UTF-8 bytes: 31 less the longest suffix. */
    public int nameBytesMax() {
        int longest = 0;
        for (String suffix : suffixes) {
            longest = Math.max(longest, suffix.length());
        }
        return ENTRY_NAME_BYTES_MAX - longest;
    }

    /**
     * Returns {@code name} when this kind can store it. Other programs may store what {@link #requireNewName} refuses.
     *
     * @throws InvalidStructureNameException when it is empty, holds a NUL, or is too long in UTF-8
     */
    public String requireName(String name) {
        int length = name.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > nameBytesMax() || name.indexOf('\0') >= 0) {
            throw invalid(name, length);
        }
        return name;
    }

    /**
     * Returns {@code name} when a structure of this kind may be created under it.
     *
     * @throws InvalidStructureNameException when it cannot be stored, or holds control characters
     */
    public String requireNewName(String name) {
        requireName(name);
        if (!PrintableText.isName(name)) {
            throw invalid(name, name.getBytes(StandardCharsets.UTF_8).length);
        }
        return name;
    }

    private InvalidStructureNameException invalid(String name, int length) {
        return new InvalidStructureNameException("structure name cannot be stored: kind=" + label + ", name="
                + PrintableText.of(name) + ", bytes=" + length + " (expected: 1 to " + nameBytesMax()
                + " bytes in UTF-8, no NUL, no other control character)", name, length, nameBytesMax());
    }

    @Override
    public String toString() {
        return label;
    }
}

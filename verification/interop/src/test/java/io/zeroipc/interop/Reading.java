package io.zeroipc.interop;

import io.zeroipc.codec.Length;
import io.zeroipc.codec.Unsigned;

/** The example of {@code docs/format/elements.md}: a text, padding in the middle and behind. */
record Reading(byte kind, @Length(5) String unit, @Unsigned(16) int sensor, double value, boolean valid) {

    /** As peers write it. */
    static Reading parse(String text) {
        String[] parts = text.split("/");
        return new Reading(Byte.parseByte(parts[0]), parts[1], Integer.parseInt(parts[2]), Double.parseDouble(parts[3]),
                Boolean.parseBoolean(parts[4]));
    }

    /** As peers read it. */
    @Override
    public String toString() {
        return kind + "/" + unit + "/" + sensor + "/" + value + "/" + valid;
    }
}

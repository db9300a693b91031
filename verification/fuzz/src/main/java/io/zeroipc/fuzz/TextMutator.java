package io.zeroipc.fuzz;

import java.util.random.RandomGenerator;

/** Writes something wrong into a text of JSON. */
final class TextMutator {

    private static final String[] PIECES = {"-1", "0", "1e999", "9223372036854775807", "9223372036854775808",
            "2147483648",
            "null", "true", "[]", "{}", "\"\"", "\"int64\"", "\"\\u0000\"", "\\", "\"", "[", "{", "]", "}", ",", ":",
            "\n",
            "\u0000", "\uFFFF", "1.5", "-", "string(999999999)", "bytes(0)"};
    private static final int PIECE_MAX = 40;

    private TextMutator() {
    }

    static String change(String text, RandomGenerator random) {
        StringBuilder changed = new StringBuilder(text);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && !changed.isEmpty(); i++) {
            int from = random.nextInt(changed.length());
            int to = Math.min(changed.length(), from + random.nextInt(PIECE_MAX));
            switch (random.nextInt(8)) {
                case 0 -> changed.delete(from, to);
                case 1 -> changed.insert(random.nextInt(changed.length()), changed.substring(from, to));
                case 2 -> changed.setCharAt(from, (char) random.nextInt(0x180));
                case 3 -> changed.setLength(from);
                case 4 -> changed.insert(from, (random.nextBoolean() ? "[" : "{\"a\":").repeat(20_000));
                case 5, 6 -> replaceNumber(changed, from, random);
                default -> changed.insert(from, piece(random));
            }
        }
        return changed.toString();
    }

    /** The first number behind a place. */
    private static void replaceNumber(StringBuilder text, int from, RandomGenerator random) {
        int start = from;
        while (start < text.length() && !Character.isDigit(text.charAt(start))) {
            start++;
        }
        int end = start;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        text.replace(start, end, piece(random));
    }

    private static String piece(RandomGenerator random) {
        return PIECES[random.nextInt(PIECES.length)];
    }
}

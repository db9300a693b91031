package io.zeroipc.spring.integration;

/**
 * Names of headers in the characters that envelopes allow: {@code a-z 0-9 - . _}. A name that has no others is written as it
 * is. Else it begins with {@code _}, a capital letter is the small one behind {@code _}, and any other character is
 * {@code _.} and four hexadecimal digits: {@code orderId} is {@code _order_id}.
 */
final class HeaderNames {

    private static final char MARK = '_';
    private static final int HEX_DIGITS = 4;

    private HeaderNames() {
    }

    static String toEnvelope(String name) {
        if (!name.isEmpty() && name.charAt(0) != MARK && name.chars().allMatch(c -> isPlain((char) c) || c == MARK)) {
            return name;
        }
        StringBuilder written = new StringBuilder(name.length() + 8).append(MARK);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (isPlain(c)) {
                written.append(c);
            } else if (c >= 'A' && c <= 'Z') {
                written.append(MARK).append((char) (c - 'A' + 'a'));
            } else {
                written.append(MARK).append('.').append(String.format("%04x", (int) c));
            }
        }
        return written.toString();
    }

    /** What another program has written by no such rule is taken as it is. */
    static String toMessage(String written) {
        if (written.charAt(0) != MARK) {
            return written;
        }
        StringBuilder name = new StringBuilder(written.length());
        int i = 1;
        while (i < written.length()) {
            char c = written.charAt(i);
            char next = i + 1 < written.length() ? written.charAt(i + 1) : MARK;
            if (c != MARK) {
                name.append(c);
                i++;
            } else if (next >= 'a' && next <= 'z') {
                name.append((char) (next - 'a' + 'A'));
                i += 2;
            } else if (next == '.' && isHex(written, i + 2)) {
                name.append((char) Integer.parseInt(written, i + 2, i + 2 + HEX_DIGITS, 16));
                i += 2 + HEX_DIGITS;
            } else {
                return written;
            }
        }
        return name.toString();
    }

    private static boolean isHex(String text, int from) {
        return from + HEX_DIGITS <= text.length()
                && text.substring(from, from + HEX_DIGITS).chars().allMatch(c -> Character.digit(c, 16) >= 0);
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    }
}

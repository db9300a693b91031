package io.zeroipc.cli;

/** Texts that others wrote, as a terminal can show them. */
final class Text {

    private Text() {
    }

    /**
     * The text with all that a terminal would obey, or that nobody would see, written as {@code \n} or {@code \u001b}: a
     * name in a segment shall not clear the screen.
     */
    static String printable(String text) {
        if (text.codePoints().allMatch(Text::isPrintable)) {
            return text;
        }
        StringBuilder result = new StringBuilder();
        text.codePoints().forEach(each -> {
            if (isPrintable(each)) {
                result.appendCodePoint(each);
                return;
            }
            switch (each) {
                case '\n' -> result.append("\\n");
                case '\r' -> result.append("\\r");
                case '\t' -> result.append("\\t");
                default -> Character.toString(each).chars().forEach(unit -> result.append("\\u%04x".formatted(unit)));
            }
        });
        return result.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            // Format characters turn the direction of what follows.
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** Columns that a printable text takes on a screen. */
    static int width(String text) {
        return text.codePoints().map(Text::width).sum();
    }

    private static int width(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return Character.isEmojiPresentation(codePoint) || isEastAsian(codePoint) ? 2 : 1;
    }

    private static boolean isEastAsian(int codePoint) {
        // Full-width forms of Latin letters and signs, which are of no script.
        if (isWithin(codePoint, 0xff01, 0xff60) || isWithin(codePoint, 0xffe0, 0xffe6)
                || isWithin(codePoint, 0x3000, 0x303e)) {
            return true;
        }
        return switch (Character.UnicodeScript.of(codePoint)) {
            // Half-width Katakana are the exception.
            case HAN, HIRAGANA, HANGUL, BOPOMOFO -> true;
            case KATAKANA -> codePoint < 0xff61;
            default -> false;
        };
    }

    private static boolean isWithin(int codePoint, int first, int last) {
        return codePoint >= first && codePoint <= last;
    }
}

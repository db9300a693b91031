package io.zeroipc.cli;

/** How wide texts are on a screen. */
final class Text {

    private Text() {
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

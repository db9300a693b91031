package io.zeroipc;

/** Texts that others wrote, as a terminal or a log can show them. */
public final class PrintableText {

    private PrintableText() {
    }

    /**
     * The text with all that a terminal would obey, that would begin a line of a log, or that nobody would see, written as
     * {@code \n} or {@code \u001b}: a name in a segment shall not clear the screen.
     */
    public static String of(String text) {
        if (text.codePoints().allMatch(PrintableText::isPrintable)) {
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

    /**
     * Whether a text can be a name: no control characters, no line ends, and no half of a surrogate pair, which UTF-8 has no
     * bytes for. Characters that only join or turn others are part of some scripts, and allowed.
     */
    public static boolean isName(String text) {
        return text.codePoints().noneMatch(each -> switch (Character.getType(each)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        });
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            // Format characters turn the direction of what follows.
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
            default -> true;
        };
    }
}

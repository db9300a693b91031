package io.zeroipc.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.json.Json;

/**
 * Where a command writes to.
 *
 * @param interactive whether somebody looks: then a live view redraws itself
 * @param colour whether colours are shown
 * @param rows lines of the screen; 0 when that is not known
 */
record Terminal(PrintWriter out, PrintWriter err, boolean interactive, boolean colour, IntSupplier rows) {

    private static final String ESCAPE = "\u001b[";

    /** The styles of all output. */
    enum Style {
        PLAIN(""), HEADER("1"), DIM("2"), GOOD("32"), WARN("33"), BAD("31"), NAME("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    /** @param text what is not ours in it went through {@link PrintableText} */
    void line(String text) {
        out.println(text);
    }

    void json(@Nullable Object value) {
        Json.writeIndented(value).lines().map(PrintableText::of).forEach(out::println);
    }

    /** One of several values: a line each, as other programs read them. */
    void jsonLine(@Nullable Object value) {
        out.println(PrintableText.of(Json.write(value)));
    }

    void failure(String message) {
        err.println(styled(Style.BAD, "zeroipc: ") + PrintableText.of(message));
    }

    /** What is no failure and no result. */
    void note(String message) {
        err.println(styled(Style.WARN, message));
    }

    /** Asks whoever sits there; anything but a yes is none. Names in a line begin no other. */
    boolean confirmed(String... question) throws IOException {
        // Not among the results.
        err.print(Arrays.stream(question).map(PrintableText::of).collect(Collectors.joining(System.lineSeparator()))
                + " [y/N] ");
        err.flush();
        String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        return answer != null && (answer.strip().equalsIgnoreCase("y") || answer.strip().equalsIgnoreCase("yes"));
    }

    String styled(Style style, String text) {
        String printable = PrintableText.of(text);
        return colour && style != Style.PLAIN ? ESCAPE + style.code + "m" + printable + ESCAPE + "0m" : printable;
    }

    /** Whether nobody reads what is written any more, such as {@code head} that has seen enough. Writes what is held back. */
    boolean isGone() {
        return out.checkError();
    }

    /** Draws a view over the last one; what has no room on the screen is left out, and counted. */
    void redraw(List<String> lines) {
        int room = rows.getAsInt();
        boolean cut = room > 1 && lines.size() > room;
        List<String> shown = cut ? lines.subList(0, room - 1) : lines;
        // Over what is there, and not on an empty screen: that would flicker. The last line ends without a line feed,
        // which would move a full screen up.
        StringBuilder screen = new StringBuilder(ESCAPE + "H");
        for (int i = 0; i < shown.size(); i++) {
            screen.append(i == 0 ? "" : "\r\n").append(shown.get(i)).append(ESCAPE + "K");
        }
        if (cut) {
            screen.append("\r\n")
                    .append(styled(Style.DIM, lines.size() - shown.size() + " more lines"))
                    .append(ESCAPE + "K");
        }
        out.print(screen.append(ESCAPE + "J"));
        out.flush();
    }

    /**
     * A screen of its own for a view that redraws itself, so that what was there comes back; without a cursor, and with
     * lines that end at the edge.
     */
    void ownScreen(boolean on) {
        out.print(on
                ? ESCAPE + "?1049h" + ESCAPE + "?25l" + ESCAPE + "?7l" + ESCAPE + "2J"
                : ESCAPE + "0m" + ESCAPE + "?7h" + ESCAPE + "?25h" + ESCAPE + "?1049l");
        out.flush();
    }
}

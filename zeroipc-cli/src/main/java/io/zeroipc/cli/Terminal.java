package io.zeroipc.cli;

import java.io.PrintWriter;

import org.jspecify.annotations.Nullable;

import io.zeroipc.json.Json;

/**
 * Where a command writes to.
 *
 * @param interactive whether somebody looks: then a live view redraws itself
 * @param colour whether colours are shown
 */
record Terminal(PrintWriter out, PrintWriter err, boolean interactive, boolean colour) {

    private static final String ESCAPE = "\u001b[";

    /** The styles of all output. */
    enum Style {
        HEADER("1"), DIM("2"), GOOD("32"), WARN("33"), BAD("31"), NAME("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    void line(String text) {
        out.println(text);
    }

    void json(@Nullable Object value) {
        out.println(Json.writeIndented(value));
    }

    void failure(String message) {
        err.println(styled(Style.BAD, "zeroipc: ") + message);
    }

    String styled(Style style, String text) {
        return colour ? ESCAPE + style.code + "m" + text + ESCAPE + "0m" : text;
    }

    /** Begins a view anew over the last one. */
    void home() {
        out.print(ESCAPE + "H" + ESCAPE + "J");
    }

    /** A screen of its own for a view that redraws itself, so that what was there comes back. */
    void ownScreen(boolean on) {
        out.print(ESCAPE + (on ? "?1049h" : "?1049l") + ESCAPE + (on ? "?25l" : "?25h"));
        out.flush();
    }
}

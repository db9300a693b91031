package io.zeroipc.cli;

import java.util.ArrayList;
import java.util.List;

import io.zeroipc.PrintableText;
import io.zeroipc.cli.Terminal.Style;

/** An aligned table: a header, and rows of the same number of cells. Not thread-safe. */
final class Columns {

    /** One cell; its style adds no width. */
    record Cell(String text, Style style) {

        Cell {
            text = PrintableText.of(text);
        }
    }

    private final List<String> header;
    private final List<Boolean> right = new ArrayList<>();
    private final List<List<Cell>> rows = new ArrayList<>();

    /** @param header names of the columns; one that begins with {@code >} is aligned to the right */
    Columns(String... header) {
        List<String> names = new ArrayList<>();
        for (String name : header) {
            right.add(name.startsWith(">"));
            names.add(name.startsWith(">") ? name.substring(1) : name);
        }
        this.header = names;
    }

    /** Adds a row of texts and {@link Cell cells}. */
    void row(Object... cells) {
        List<Cell> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell instanceof Cell styled ? styled : new Cell(String.valueOf(cell), Style.PLAIN));
        }
        rows.add(row);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void print(Terminal terminal) {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Text.width(header.get(i));
            for (List<Cell> row : rows) {
                widths[i] = Math.max(widths[i], Text.width(row.get(i).text()));
            }
        }
        StringBuilder line = new StringBuilder();
        if (header.stream().anyMatch(name -> !name.isEmpty())) {
            for (int i = 0; i < widths.length; i++) {
                append(line, terminal, new Cell(header.get(i), Style.DIM), i, widths[i]);
            }
            terminal.line(line.toString().stripTrailing());
        }
        for (List<Cell> row : rows) {
            line.setLength(0);
            for (int i = 0; i < widths.length; i++) {
                append(line, terminal, row.get(i), i, widths[i]);
            }
            terminal.line(line.toString().stripTrailing());
        }
    }

    private void append(StringBuilder line, Terminal terminal, Cell cell, int column, int width) {
        String gap = " ".repeat(width - Text.width(cell.text()));
        String text = terminal.styled(cell.style(), cell.text());
        line.append(column == 0 ? "" : "  ");
        // No blanks behind the last column: they would only break lines on a narrow terminal.
        line.append(right.get(column) ? gap + text : column == header.size() - 1 ? text : text + gap);
    }
}

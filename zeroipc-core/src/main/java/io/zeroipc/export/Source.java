package io.zeroipc.export;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

import io.zeroipc.PrintableText;
import io.zeroipc.json.Fingerprint;

/** The text of a file while it is written. */
final class Source {

    private static final String STEP = "    ";

    private final StringBuilder text = new StringBuilder();
    private final String commentMark;
    private int depth;

    /** @param commentMark what begins a comment that ends with its line */
    Source(String commentMark) {
        this.commentMark = commentMark;
    }

    /** A line, as deep as the blocks around it. */
    Source line(String line) {
        text.append(line.isEmpty() ? "" : STEP.repeat(depth)).append(line).append('\n');
        return this;
    }

    Source blank() {
        return line("");
    }

    /** Lines that are complete, whatever is around them. */
    Source verbatim(String lines) {
        text.append(lines);
        return this;
    }

    /** A line that begins a block. */
    Source open(String line) {
        line(line);
        depth++;
        return this;
    }

    /** The line that ends a block. */
    Source close(String line) {
        depth--;
        return line(line);
    }

    /** Ends a block that has no such line. */
    Source end() {
        depth--;
        return this;
    }

    /** A comment on lines of its own. */
    Source comment(String comment) {
        return line(commentMark + " " + safe(comment));
    }

    /** The line with a comment behind it, unless that is empty. */
    Source line(String line, String comment) {
        return line(comment.isEmpty() ? line : line + "  " + commentMark + " " + safe(comment));
    }

    /** What stands at the top of each file. */
    Source head(Model model) {
        comment("Types of " + model.title()
                + ", made by zeroipc export. Make them again where they change, and leave this file alone.");
        for (Model.Root root : model.roots()) {
            boolean byItself = root.kind().isEmpty() && root.element() instanceof Element.Structured;
            String name = byItself ? "" : root.name() + ": ";
            String kind = root.kind().isEmpty() ? "" : root.kind() + " of ";
            comment("  " + name + kind + root.schema().typeName() + ", " + root.schema().byteSize()
                    + " bytes");
        }
        if (!model.unknown().isEmpty()) {
            comment("Without elements, or of a type that nobody wrote down: " + String.join(", ", model.unknown()));
        }
        return this;
    }

    /** What stands above a struct. */
    Source about(Type.Struct struct) {
        return comment(switch (struct.role()) {
            case RECORD -> struct.schema().typeName() + ", " + fingerprint(struct);
            case OPTIONAL -> struct.schema().typeName() + ": counts where present is not 0";
            case FRAME -> struct.schema().typeName() + ": the first length bytes count";
        });
    }

    /** As all other languages have it. */
    static String fingerprint(Type.Struct struct) {
        return Fingerprint.of(struct.schema());
    }

    /**
     * A name of others in a comment: without what ends a line, and without the backslash, which begins an escape in Java and joins
     * the next line in C.
     */
    private static String safe(String comment) {
        return PrintableText.of(comment).replace('\\', '/');
    }

    /** In quotes, as TypeScript reads it; printable ASCII but for what is named by numbers. */
    static String quoted(String text) {
        return quoted(text.chars());
    }

    /** In quotes, as Python reads it, which knows no pairs of halves. */
    static String quotedInPython(String text) {
        return quoted(text.codePoints());
    }

    private static String quoted(IntStream characters) {
        return characters
                .mapToObj(each -> each == '"' || each == '\\'
                        ? "\\" + (char) each
                        : each >= ' ' && each < 0x7f ? String.valueOf((char) each)
                        : (each < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(each))
                .collect(Collectors.joining("", "\"", "\""));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

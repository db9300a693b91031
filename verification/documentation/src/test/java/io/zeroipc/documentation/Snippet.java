package io.zeroipc.documentation;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.testing.Repository;

/**
 * A fenced block of a page.
 *
 * @param page the file, from the root of the repository
 * @param line of the opening fence
 * @param language behind the fence; empty when there is none
 * @param file the last path in backticks in the line of text before the block; empty when there is none
 * @param hidden whether it stands in a comment, for what a page leaves out for brevity
 */
record Snippet(String page, int line, String language, String file, boolean hidden, String text) {

    private static final Pattern FENCE = Pattern.compile("```(\\w*)\\s*");
    private static final Pattern PATH = Pattern.compile("`([\\w./-]+\\.\\w+)`");
    private static final String COMMENT = "<!-- ```";

    /** All blocks of a page, in order. */
    static List<Snippet> of(String page) {
        List<Snippet> snippets = new ArrayList<>();
        List<String> lines = Repository.read(page).lines().toList();
        String before = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            boolean hidden = line.startsWith(COMMENT);
            Matcher fence = FENCE.matcher(hidden ? line.substring("<!-- ".length()) : line);
            if (fence.matches()) {
                int start = i;
                StringBuilder text = new StringBuilder();
                for (i++; !lines.get(i).startsWith("```"); i++) {
                    text.append(lines.get(i)).append('\n');
                }
                snippets.add(new Snippet(page, start + 1, fence.group(1), lastPath(before), hidden, text.toString()));
            } else if (!line.isBlank()) {
                before = line;
            }
        }
        return snippets;
    }

    /** The one block that is introduced as this file. */
    static Snippet file(String page, String file) {
        List<Snippet> found = files(page, file);
        if (found.size() != 1) {
            throw new AssertionError("page does not show the file once: page=" + page + ", file=" + file + ", found="
                    + found + ", files=" + of(page).stream().map(Snippet::file).toList());
        }
        return found.getFirst();
    }

    /** All blocks that are introduced as this file, in order: a page may show it again when it has changed. */
    static List<Snippet> files(String page, String file) {
        return of(page).stream().filter(snippet -> snippet.file().equals(file)).toList();
    }

    /** Lines that are not blank. */
    List<String> lines() {
        return text.lines().filter(line -> !line.isBlank()).toList();
    }

    /** The same program, with names of segments that begin like this. */
    Snippet inSegmentsOfItsOwn(String prefix) {
        return new Snippet(page, line, language, file, hidden,
                text.replace("Segment.named(\"/", "Segment.named(\"/" + prefix));
    }

    private static String lastPath(String line) {
        Matcher matcher = PATH.matcher(line);
        String last = "";
        while (matcher.find()) {
            last = matcher.group(1);
        }
        return last;
    }

    @Override
    public String toString() {
        return page + ":" + line;
    }
}

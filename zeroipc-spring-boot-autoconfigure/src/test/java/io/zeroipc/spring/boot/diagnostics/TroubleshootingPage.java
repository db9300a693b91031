package io.zeroipc.spring.boot.diagnostics;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.zeroipc.testing.Repository;

/** The guide's page on trouble: each entry has a heading, and below it what the user sees. */
public final class TroubleshootingPage {

    private static final Pattern ENTRY = Pattern.compile("### ([^\\n]+)\\n(?:(?!\\n###? ).)*?```text\\n(.*?)\\n```",
            Pattern.DOTALL);
    private static final Pattern LOGGED = Pattern.compile(
            "\\d{4}-\\d\\d-\\d\\dT\\S+ +(\\w+) \\d+ --- \\[[^]]*] (\\S+) +: (.*)");
    private static final Pattern THROWN = Pattern.compile("(?:io\\.zeroipc|java|org)\\.\\S+(?:Exception|Error): .*");
    private static final String ORDERS = "zeroipc.segments.market.structures.orders.";

    private TroubleshootingPage() {
    }

    /** What the entry with this heading shows. */
    public static String entry(String heading) {
        String text = entries().get(heading);
        if (text == null) {
            throw new AssertionError("page has no such entry: heading=" + heading + " (expected: one of "
                    + entries().keySet() + ")");
        }
        return text;
    }

    /** The headings of those that show a failure analysis. */
    static List<String> analyses() {
        return entries().entrySet()
                .stream()
                .filter(entry -> entry.getValue().startsWith("Description:"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<String, String> entries() {
        Map<String, String> entries = new LinkedHashMap<>();
        Matcher matcher = ENTRY.matcher(Repository.read("docs/guide/troubleshooting.md"));
        while (matcher.find()) {
            entries.put(matcher.group(1), matcher.group(2).strip());
        }
        return entries;
    }

    /** The last analysis that an application has printed. */
    static String analysis(String output) {
        int banner = output.lastIndexOf("APPLICATION FAILED TO START");
        if (banner < 0) {
            throw new AssertionError("application printed no failure analysis: output=" + output);
        }
        String rest = output.substring(output.indexOf("Description:", banner));
        // What is logged while the context closes comes after it.
        return rest.split("\\n\\d{4}-\\d\\d-\\d\\dT", 2)[0].strip();
    }

    /** What ZeroIPC has logged, without time, thread and logger, and without stack traces. */
    public static String logged(String output) {
        StringBuilder lines = new StringBuilder();
        boolean ours = false;
        for (String line : output.split("\\n")) {
            Matcher logged = LOGGED.matcher(line);
            if (logged.matches()) {
                ours = logged.group(2).startsWith("i.z") || logged.group(2).startsWith("io.zeroipc");
                if (ours) {
                    lines.append(logged.group(1)).append(' ').append(logged.group(3)).append('\n');
                }
            } else if (ours && THROWN.matcher(line).matches()) {
                lines.append(line).append('\n');
            }
        }
        return lines.toString().strip();
    }

    /** The segments of the page are where segments usually are. */
    public static String normalized(String text, Path directory) {
        return text.replace(directory.toString(), "/dev/shm").strip();
    }

    /** The properties of a queue named orders, with some of them replaced and others added. */
    static Map<String, String> queue(Map<String, String> changes) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put(ORDERS + "type", "queue");
        properties.put(ORDERS + "element-type", "int32");
        properties.put(ORDERS + "capacity", "16");
        changes.keySet().stream().sorted().forEach(name -> properties.put(name, changes.get(name)));
        return properties;
    }
}

package io.zeroipc.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * A property of an application's configuration, with those below it. Its names are relaxed, as they are for Spring Boot:
 * {@code element-type}, {@code elementType} and {@code element_type} are one.
 */
final class Property {

    private static final Pattern ELEMENT = Pattern.compile("\\[([^\\]]*)]|[^.\\[\\]]+");
    private static final String BEGIN = "${";
    /** Far more than anybody writes one in the other. */
    private static final int PLACEHOLDERS_MAX = 50;

    private final Property root;
    private final String path;
    private final String key;
    private final boolean bracketed;
    private final Map<String, Property> below = new LinkedHashMap<>();
    private boolean list;
    private @Nullable String written;
    private String at = "";

    /** The one above all others. */
    Property() {
        this(null, "", "", false);
    }

    private Property(@Nullable Property root, String path, String key, boolean bracketed) {
        this.root = root == null ? this : root;
        this.path = path;
        this.key = key;
        this.bracketed = bracketed;
    }

    /** The last part of its name, as somebody has written it. */
    String key() {
        return key;
    }

    /** Whether this is its key, in any of its relaxed forms. */
    boolean isCalled(String name) {
        return identity(key).equals(identity(name));
    }

    /** Whether the key stands in brackets, where no character of it is lost. */
    boolean isBracketed() {
        return bracketed;
    }

    /** The whole name, for messages. */
    String path() {
        return path;
    }

    /** File and line, for messages. */
    String at() {
        return at;
    }

    Collection<Property> all() {
        return below.values();
    }

    /** What is below it under a name with dots; null when there is nothing. */
    @Nullable
    Property find(String name) {
        Property found = this;
        Matcher element = ELEMENT.matcher(name);
        while (found != null && element.find()) {
            found = found.below.get(identity(element.group(1) != null ? element.group(1) : element.group()));
        }
        return found;
    }

    /**
     * The value of the property of this name below it, where a list is its values with commas; null when it has none.
     *
     * @throws UsageException when it names a value that is not known here
     */
    @Nullable
    String text(String name) {
        Property found = find(name);
        String text = found == null ? null : found.text();
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** As {@link #text(String)}, of this one. */
    @Nullable
    String text() {
        if (list) {
            return below.values().stream().map(each -> String.valueOf(each.text())).collect(Collectors.joining(", "));
        }
        return written == null ? null : resolved(written, 0);
    }

    /** Names the property, its value and its place, as messages do. */
    String described() {
        return "property=" + path + (written == null ? "" : ", value=" + written) + ", at=" + at;
    }

    /** The property of this name below it, made where there is none. */
    Property below(String name, String place) {
        Property found = this;
        Matcher element = ELEMENT.matcher(name);
        while (element.find()) {
            boolean inBrackets = element.group(1) != null;
            found = found.child(inBrackets ? element.group(1) : element.group(), inBrackets, place);
        }
        return found;
    }

    private Property child(String name, boolean inBrackets, String place) {
        Property child = below.computeIfAbsent(identity(name), _ -> {
            Property made = new Property(root,
                    path + (inBrackets ? "[" + name + "]" : path.isEmpty() ? name : "." + name), name, inBrackets);
            made.at = place;
            return made;
        });
        if (!child.key.equals(name)) {
            throw new UsageException("key is another spelling of one in the same document: " + child.path + " at "
                    + child.at + ", key=" + name + ", at=" + place + " (expected: one of them)");
        }
        return child;
    }

    /** What stands behind its name. */
    void write(String text, String place) {
        if (written != null) {
            throw new UsageException("property is written twice in one document: " + described() + ", and at " + place
                    + " (expected: one of them)");
        }
        written = text;
        at = place;
    }

    /** From now on what is below it are the elements of a list. */
    void beList() {
        list = true;
    }

    /** Takes over what another document says, which wins. */
    void merge(Property other) {
        if (other.list) {
            below.clear();
            list = true;
        }
        if (other.written != null) {
            written = other.written;
            at = other.at;
        }
        other.below.forEach((identity, child) -> below.computeIfAbsent(identity, _ -> {
            Property made = new Property(root, child.path, child.key, child.bracketed);
            made.at = child.at;
            return made;
        }).merge(child));
    }

    private static String identity(String name) {
        return name.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
    }

    /** With what placeholders stand for: another property, a variable of the environment, or their default. */
    private String resolved(String text, int depth) {
        int begin = text.indexOf(BEGIN);
        if (begin < 0) {
            return text;
        }
        int end = end(text, begin);
        if (end < 0 || depth > PLACEHOLDERS_MAX) {
            throw unresolved(text);
        }
        String inner = resolved(text.substring(begin + BEGIN.length(), end), depth + 1);
        int colon = inner.indexOf(':');
        String name = colon < 0 ? inner : inner.substring(0, colon);
        Property property = root.find(name);
        String value = property != null && property.written != null
                ? resolved(property.written, depth + 1)
                : System.getenv(name);
        if (value == null) {
            if (colon < 0) {
                throw unresolved(BEGIN + name + "}");
            }
            value = inner.substring(colon + 1);
        }
        return text.substring(0, begin) + value + resolved(text.substring(end + 1), depth + 1);
    }

    private static int end(String text, int begin) {
        int open = 0;
        for (int i = begin; i < text.length(); i++) {
            if (text.startsWith(BEGIN, i)) {
                open++;
            } else if (text.charAt(i) == '}' && --open == 0) {
                return i;
            }
        }
        return -1;
    }

    private UsageException unresolved(String placeholder) {
        return new UsageException("placeholder stands for nothing here: " + described() + ", placeholder=" + placeholder
                + " (expected: a property of these files, a variable of the environment, or a default, ${name:default})");
    }
}

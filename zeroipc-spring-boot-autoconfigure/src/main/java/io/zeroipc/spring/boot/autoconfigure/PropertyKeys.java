package io.zeroipc.spring.boot.autoconfigure;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The keys of segments, structures, arenas and arrays, as they are written. Relaxed binding takes {@code my-trades}, {@code myTrades} and
 * {@code my_trades} for one key: what is a convenience for the name of a property loses a structure when it is a name
 * that somebody chose.
 */
final class PropertyKeys {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]*");
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*");
    private static final String STRUCTURES = ".structures";
    private static final String ARRAYS = ".arrays";

    private final Map<String, Key> seen = new HashMap<>();

    private PropertyKeys() {
    }

    /** Whether a key binds as it is written. */
    static boolean isPlain(String key) {
        return PLAIN.matcher(key).matches();
    }

    /**
     * Looks at each source of properties by itself: that one source overrides another with a different spelling is what
     * relaxed binding is for.
     *
     * @throws InvalidZeroIpcPropertyException when two keys collapse to one, or characters of a key would be dropped
     */
    static void check(Environment environment) {
        if (environment instanceof ConfigurableEnvironment configurable) {
            for (PropertySource<?> source : configurable.getPropertySources()) {
                if (source instanceof EnumerablePropertySource<?> enumerable
                        && !(source instanceof SystemEnvironmentPropertySource)
                        && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
                    PropertyKeys keys = new PropertyKeys();
                    for (String name : enumerable.getPropertyNames()) {
                        keys.checkName(name);
                    }
                }
            }
        }
    }

    private void checkName(String name) {
        checkName(name, PropertyNames.SEGMENTS, STRUCTURES);
        checkName(name, PropertyNames.ARENAS, ARRAYS);
    }

    private void checkName(String name, String above, String below) {
        if (!name.startsWith(above)) {
            return;
        }
        Key outer = Key.read(name, above.length());
        if (outer == null) {
            return;
        }
        check(outer, above + "/" + outer.identity());
        if (name.startsWith(below, outer.path().length())) {
            Key inner = Key.read(name, outer.path().length() + below.length());
            if (inner != null) {
                check(inner, above + "/" + outer.identity() + "/" + inner.identity());
            }
        }
    }

    private void check(Key key, String identity) {
        if (!(key.bracketed() ? ALLOWED : PLAIN).matcher(key.text()).matches()) {
            boolean allowedInBrackets = ALLOWED.matcher(key.text()).matches();
            throw new InvalidZeroIpcPropertyException(key.path(), null,
                    "key '" + key.text() + "' has characters that "
                            + (allowedInBrackets ? "get lost" : "are not allowed"),
                    "Use letters, digits and '-' in the key, and set 'name' below it to '" + key.text() + "'"
                            + (allowedInBrackets ? ", or write the key as \"[" + key.text() + "]\"." : "."));
        }
        Key other = seen.putIfAbsent(identity, key);
        if (other != null && !other.text().equals(key.text())) {
            throw new InvalidZeroIpcPropertyException(key.path(), null, "key is another spelling of " + other.path(),
                    "Both are one key for relaxed binding. Choose keys that differ in letters or digits, and set 'name'"
                            + " below them where other processes know the structure by that name.");
        }
    }

    /**
     * One element of a property's name.
     *
     * @param path the name up to and with this element
     */
    private record Key(String path, String text, boolean bracketed) {

        /** Reads the element that begins, with its dot or bracket, at {@code start}; null when there is none. */
        static @Nullable Key read(String name, int start) {
            int begin = name.startsWith(".[", start) ? start + 1 : start;
            if (begin < name.length() && name.charAt(begin) == '[') {
                int close = name.indexOf(']', begin);
                return close < 0 ? null : new Key(name.substring(0, close + 1), name.substring(begin + 1, close), true);
            }
            if (begin >= name.length() || name.charAt(begin) != '.') {
                return null;
            }
            int end = begin + 1;
            while (end < name.length() && name.charAt(end) != '.' && name.charAt(end) != '[') {
                end++;
            }
            return new Key(name.substring(0, end), name.substring(begin + 1, end), false);
        }

        /** What relaxed binding tells keys apart by. */
        String identity() {
            return text.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
        }
    }
}

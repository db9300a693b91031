package io.zeroipc.spring.listener;

import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The name and the type of one thing that can be said about a listener. What an annotation, a property or a factory says
 * is one text or value for one of these, so that all of them are read, checked and inherited in the same way.
 *
 * @param <V> the value
 */
public final class ListenerSetting<V> {

    private final String name;
    private final String property;
    private final Class<V> type;
    private final Map<String, V> words;
    private final Predicate<V> valid;
    private final String expected;

    private ListenerSetting(String name, String property, Class<V> type, Map<String, V> words, Predicate<V> valid,
            String expected) {
        this.name = name;
        this.property = property;
        this.type = type;
        this.words = words;
        this.valid = valid;
        this.expected = expected;
    }

    /**
     * A setting of any value of a type.
     *
     * @param name in camel case, as an attribute of the annotation has it; may have parts with dots between
     */
    static <V> ListenerSetting<V> of(String name, Class<V> type) {
        String property = name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        return new ListenerSetting<>(name, property, type, Map.of(), _ -> true, "");
    }

    static ListenerSetting<Integer> positive(String name) {
        return of(name, Integer.class).restrictedTo(value -> value > 0, "1 or more");
    }

    /** The same setting, for values that pass a test. */
    ListenerSetting<V> restrictedTo(Predicate<V> test, String whatPasses) {
        return new ListenerSetting<>(name, property, type, words, test, whatPasses);
    }

    /** The same setting with another name among the properties, and words that stand for values there. */
    ListenerSetting<V> asProperty(String key, Map<String, V> spellings) {
        return new ListenerSetting<>(name, key, type, spellings, valid, expected);
    }

    /** As an attribute of the annotation: {@code maxBatchSize}. */
    public String name() {
        return name;
    }

    /** As a property, behind {@code zeroipc.listener.}: {@code max-batch-size}. */
    public String property() {
        return property;
    }

    public Class<V> type() {
        return type;
    }

    /** Texts that stand for values, beside those that every value of the type has; in lower case. */
    public Map<String, V> words() {
        return words;
    }

    /**
     * Returns when the value is one that can work.
     *
     * @throws IllegalArgumentException names what would work
     */
    void check(V value) {
        if (!valid.test(value)) {
            throw new InvalidSettingException(this, value, expected, null);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

package io.zeroipc.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import io.zeroipc.inspect.Catalog;
import io.zeroipc.inspect.StructureType;
import io.zeroipc.spring.annotation.Internal;
import io.zeroipc.spring.core.NearMatches;

/**
 * Properties below {@code zeroipc} that nobody reads: binding passes over them, and the application does something else than
 * was written. Refused are those of files and command lines. Environment variables are not looked at, since their names do not
 * tell words from levels; of system properties only what is almost a property, since the JVM has options of its own
 * ({@code zeroipc.native}); and nothing below a name that another library's metadata declares.
 */
@Internal
public final class UnknownProperties {

    private static final String OPTIONS = "options";

    private final Environment environment;
    private final ConfigurationPropertyName prefix;
    private final PropertyTree root;

    private UnknownProperties(Environment environment, String prefix, PropertyTree root) {
        this.environment = environment;
        this.prefix = ConfigurationPropertyName.of(prefix);
        this.root = root;
    }

    /** @throws InvalidZeroIpcPropertyException for all properties that are none, with what may have been meant */
    static void check(Environment environment) {
        new UnknownProperties(environment, PropertyNames.PREFIX, PropertyTree.of(ZeroIpcProperties.class)).check();
    }

    /**
     * The same for a map that another module has below {@code zeroipc}, of names that users choose to records.
     *
     * @param map the full name of the property
     * @throws InvalidZeroIpcPropertyException as for properties of this module
     */
    public static void checkMap(Environment environment, String map, Class<? extends Record> values) {
        new UnknownProperties(environment, map, PropertyTree.ofMap(values)).check();
    }

    private void check() {
        Map<String, InvalidZeroIpcPropertyException> found = new LinkedHashMap<>();
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable
                    && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
                iterable.filter(prefix::isAncestorOf).stream().forEach(name -> {
                    InvalidZeroIpcPropertyException wrong = check(iterable, name);
                    if (wrong != null) {
                        found.putIfAbsent(wrong.property(), wrong);
                    }
                });
            }
        }
        InvalidZeroIpcPropertyException.throwAll(found.values());
    }

    /** What is wrong with a property; null when nothing is. */
    private @Nullable InvalidZeroIpcPropertyException check(ConfigurationPropertySource source,
            ConfigurationPropertyName name) {
        PropertyTree tree = root;
        for (int i = prefix.getNumberOfElements(); i < name.getNumberOfElements(); i++) {
            if (name.isNumericIndex(i) && tree.isMap()) {
                return list(name.chop(i));
            }
            if (tree.open() || (name.isNumericIndex(i) && tree.list())) {
                return null;
            }
            PropertyTree below = tree.below(element(name, i));
            if (below == null) {
                return isOurs(source, name, i) ? unknown(source, name, i, tree) : null;
            }
            tree = below;
        }
        if (tree.isGroup()) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            Object value = property == null ? null : property.getValue();
            // An empty value is how files write that there is nothing below.
            if (value != null && !value.toString().isEmpty()) {
                return new InvalidZeroIpcPropertyException(name.toString(), value, "property is a group of others",
                        below(tree));
            }
        }
        return null;
    }

    private static String below(PropertyTree tree) {
        return tree.isMap()
                ? "Write names of your own below it, each with what it is."
                : "Below it are: " + String.join(", ", tree.names().keySet()) + ".";
    }

    private static InvalidZeroIpcPropertyException list(ConfigurationPropertyName name) {
        return new InvalidZeroIpcPropertyException(name.toString(), null, "property is written as a list",
                "Write a map: a name of your own in place of each dash, and what it is below that name.");
    }

    private InvalidZeroIpcPropertyException unknown(ConfigurationPropertySource source, ConfigurationPropertyName name,
            int at, PropertyTree tree) {
        ConfigurationProperty property = source.getConfigurationProperty(name);
        // What is below an unknown group is not the mistake.
        Object value = at < name.getNumberOfElements() - 1 || property == null ? null : property.getValue();
        return new InvalidZeroIpcPropertyException(name.toString(), value,
                "there is no property '" + element(name, at) + "' below '" + name.chop(at) + "'",
                remedy(name, at, tree));
    }

    private String remedy(ConfigurationPropertyName name, int at, PropertyTree tree) {
        String wrong = element(name, at);
        ConfigurationPropertyName parent = name.chop(at);
        if (tree.names().containsKey(OPTIONS)) {
            List<String> options = options(parent);
            if (options.contains(wrong)) {
                return "Write it as '" + parent + "." + OPTIONS + "." + wrong
                        + "': it is an option of the structure's type.";
            }
        }
        List<String> places = places(wrong, name, at);
        String near = NearMatches.question(wrong, tree.names().keySet());
        if (places.isEmpty() && !near.isEmpty()) {
            return near.strip();
        }
        for (String known : nearAnywhere(wrong)) {
            places.addAll(places(known, name, at));
        }
        if (!places.isEmpty()) {
            return "Write it where it belongs: '" + String.join("' or '", new LinkedHashSet<>(places)) + "'.";
        }
        return "Known are: " + String.join(", ", tree.names().keySet()) + ".";
    }

    /** The options of the type that the structure has; of all types when it says none. */
    private List<String> options(ConfigurationPropertyName structure) {
        String type = environment.getProperty(structure + ".type");
        Predicate<StructureType> same = each -> type == null || each.kind().label().equalsIgnoreCase(type.strip());
        return Catalog.types().stream().filter(same).flatMap(each -> each.optionNames().stream()).sorted().toList();
    }

    private List<String> places(String known, ConfigurationPropertyName name, int at) {
        return root.paths(known).map(path -> place(path, name, at)).collect(Collectors.toCollection(ArrayList::new));
    }

    private List<String> nearAnywhere(String wrong) {
        Set<String> all = new TreeSet<>();
        collect(root, all);
        return NearMatches.of(wrong, all).stream().limit(1).toList();
    }

    private static void collect(PropertyTree tree, Set<String> all) {
        for (Map.Entry<String, PropertyTree> entry : tree.names().entrySet()) {
            all.add(entry.getKey());
            collect(entry.getValue(), all);
        }
        if (tree.values() != null) {
            collect(tree.values(), all);
        }
    }

    /** A way down, with the keys that the wrong name has as far as it goes the same way. */
    private String place(List<String> path, ConfigurationPropertyName name, int at) {
        StringBuilder place = new StringBuilder(prefix.toString());
        boolean same = true;
        for (int i = 0; i < path.size(); i++) {
            String step = path.get(i);
            int there = i + prefix.getNumberOfElements();
            same &= there < at && (step.equals("*") || step.equals(element(name, there)));
            place.append('.')
                    .append(!step.equals("*") ? step : same ? name.getElement(there, Form.ORIGINAL) : "<name>");
        }
        return place.toString();
    }

    private boolean isOurs(ConfigurationPropertySource source, ConfigurationPropertyName name, int at) {
        boolean first = at == prefix.getNumberOfElements();
        if (first && isOfTheJvm(source) && NearMatches.of(element(name, at), root.names().keySet()).isEmpty()) {
            return false;
        }
        return !first || !ForeignPropertyNames.declare(name);
    }

    private static boolean isOfTheJvm(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> properties
                && properties.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    }

    /** As it is written in files, however it is written here. */
    private static String element(ConfigurationPropertyName name, int at) {
        return name.getElement(at, Form.DASHED).toLowerCase(Locale.ROOT);
    }
}

package io.zeroipc.spring.boot.autoconfigure;

import java.util.Objects;
import java.util.Optional;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Finds where properties stand. */
final class PropertyOrigins {

    private PropertyOrigins() {
    }

    /** The name of a group of properties, with the place of the first of them where that is known. */
    static String describe(Environment environment, String group) {
        return find(environment, group).map(origin -> group + " (" + origin + ")").orElse(group);
    }

    private static Optional<Origin> find(Environment environment, String group) {
        if (!ConfigurationPropertyName.isValid(group)) {
            return Optional.empty();
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(group);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            if (source instanceof IterableConfigurationPropertySource all) {
                Optional<Origin> found = all.stream()
                        .filter(name::isAncestorOf)
                        .map(source::getConfigurationProperty)
                        .filter(Objects::nonNull)
                        .map(ConfigurationProperty::getOrigin)
                        .filter(Objects::nonNull)
                        .findFirst();
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }
}

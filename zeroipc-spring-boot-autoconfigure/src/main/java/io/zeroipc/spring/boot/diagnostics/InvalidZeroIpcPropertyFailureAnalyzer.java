package io.zeroipc.spring.boot.diagnostics;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

import io.zeroipc.spring.boot.autoconfigure.InvalidZeroIpcPropertyException;

/**
 * Explains which property of ZeroIPC cannot work, and where it stands. Asked before those that explain its cause, which do
 * not know the property.
 */
@Order(0)
class InvalidZeroIpcPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidZeroIpcPropertyException> {

    private final @Nullable Environment environment;

    InvalidZeroIpcPropertyFailureAnalyzer(@Nullable Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidZeroIpcPropertyException cause) {
        StringBuilder description = new StringBuilder("The configuration of ZeroIPC cannot work: ");
        describe(cause, description);
        List<InvalidZeroIpcPropertyException> others = cause.others();
        if (others.isEmpty()) {
            return new FailureAnalysis(description.toString(), cause.remedy(), cause);
        }
        List<String> remedies = new ArrayList<>();
        remedies.add(cause.property() + ": " + cause.remedy());
        for (InvalidZeroIpcPropertyException other : others) {
            description.append("\n\nAnd ");
            describe(other, description);
            remedies.add(other.property() + ": " + other.remedy());
        }
        return new FailureAnalysis(description.toString(), Ways.list("Correct all of these:", remedies), cause);
    }

    private void describe(InvalidZeroIpcPropertyException wrong, StringBuilder description) {
        ConfigurationProperty written = find(wrong.property());
        description.append(wrong.problem()).append(".\n\n    Property: ").append(wrong.property());
        if (wrong.value() != null) {
            description.append("\n    Value: \"").append(wrong.value()).append('"');
        }
        if (written != null && written.getOrigin() != null) {
            description.append("\n    Origin: ").append(written.getOrigin());
        }
    }

    private @Nullable ConfigurationProperty find(String property) {
        if (environment == null || !ConfigurationPropertyName.isValid(property)) {
            return null;
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}

package io.zeroipc.spring.boot.diagnostics;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
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
        StringBuilder description = new StringBuilder("The configuration of ZeroIPC cannot work: ")
                .append(cause.problem())
                .append(".\n\n    Property: ")
                .append(cause.property());
        if (cause.value() != null) {
            description.append("\n    Value: \"").append(cause.value()).append('"');
        }
        Origin origin = origin(cause.property());
        if (origin != null) {
            description.append("\n    Origin: ").append(origin);
        }
        return new FailureAnalysis(description.toString(), cause.remedy(), cause);
    }

    private @Nullable Origin origin(String property) {
        if (environment == null || !ConfigurationPropertyName.isValid(property)) {
            return null;
        }
        ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty found = source.getConfigurationProperty(name);
            if (found != null) {
                return found.getOrigin();
            }
        }
        return null;
    }
}

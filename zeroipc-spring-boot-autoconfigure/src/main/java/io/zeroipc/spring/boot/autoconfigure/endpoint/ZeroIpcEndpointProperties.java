package io.zeroipc.spring.boot.autoconfigure.endpoint;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the endpoint of segments shows.
 *
 * @param showValues When to show elements of structures.
 * @param roles Roles that a user needs one of to be shown elements of structures. When empty, all authenticated users are
 *            authorized.
 */
@ConfigurationProperties("management.endpoint.zeroipc")
public record ZeroIpcEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {

    public ZeroIpcEndpointProperties {
        roles = Set.copyOf(roles);
    }
}

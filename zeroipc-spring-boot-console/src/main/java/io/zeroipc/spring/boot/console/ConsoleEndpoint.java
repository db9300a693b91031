package io.zeroipc.spring.boot.console;

import java.util.Collection;
import java.util.List;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.ExposableEndpoint;
import org.springframework.boot.actuate.endpoint.Operation;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoint;

/**
 * The console as everything sees it that asks which paths belong to the actuator: {@code EndpointRequest} of Spring Security
 * above all. It has no operations, since it is no endpoint that JMX could have as well; its files are served by themselves.
 */
record ConsoleEndpoint(String rootPath) implements ExposableEndpoint<Operation>, PathMappedEndpoint {

    static final EndpointId ID = EndpointId.of("zeroipcconsole");

    @Override
    public EndpointId getEndpointId() {
        return ID;
    }

    @Override
    public String getRootPath() {
        return rootPath;
    }

    @Override
    public Access getDefaultAccess() {
        return Access.READ_ONLY;
    }

    @Override
    public Collection<Operation> getOperations() {
        return List.of();
    }
}

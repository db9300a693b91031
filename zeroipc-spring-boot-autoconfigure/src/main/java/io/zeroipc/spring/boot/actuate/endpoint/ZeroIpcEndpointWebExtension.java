package io.zeroipc.spring.boot.actuate.endpoint;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;

import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentsDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.StructureDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpointWebExtension.Hints;

/** {@link EndpointWebExtension @EndpointWebExtension} of the {@link ZeroIpcEndpoint}: what is unknown is 404. */
@EndpointWebExtension(endpoint = ZeroIpcEndpoint.class)
@ImportRuntimeHints(Hints.class)
public class ZeroIpcEndpointWebExtension {

    private final ZeroIpcEndpoint delegate;

    public ZeroIpcEndpointWebExtension(ZeroIpcEndpoint delegate) {
        this.delegate = delegate;
    }

    @ReadOperation
    public WebEndpointResponse<SegmentDescriptor> segment(@Selector String segment) {
        return response(delegate.segment(segment));
    }

    @ReadOperation
    public WebEndpointResponse<StructureDescriptor> structure(@Selector String segment, @Selector String structure) {
        return response(delegate.structure(segment, structure));
    }

    private static <T> WebEndpointResponse<T> response(@Nullable T body) {
        return body == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(body);
    }

    /** The body of a {@link WebEndpointResponse} cannot be seen in a signature. */
    static class Hints implements RuntimeHintsRegistrar {

        private final BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            registrar.registerReflectionHints(hints.reflection(), SegmentsDescriptor.class, SegmentDescriptor.class,
                    StructureDescriptor.class);
        }
    }
}

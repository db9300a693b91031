package io.zeroipc.spring.boot.actuate.endpoint;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint.ListenerDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpoint.ListenersDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpointWebExtension.Hints;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} of the {@link ChannelListenersEndpoint}: what is unknown is 404, what
 * makes no sense 400, and a listener that cannot be started 500, the latter two with the reason.
 */
@EndpointWebExtension(endpoint = ChannelListenersEndpoint.class)
@ImportRuntimeHints(Hints.class)
public class ChannelListenersEndpointWebExtension {

    private final ChannelListenersEndpoint delegate;

    public ChannelListenersEndpointWebExtension(ChannelListenersEndpoint delegate) {
        this.delegate = delegate;
    }

    @ReadOperation
    public WebEndpointResponse<ListenerDescriptor> listener(@Selector String id) {
        ListenerDescriptor listener = delegate.listener(id);
        return listener == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(listener);
    }

    /** @param state as of the endpoint; null, when it is missing, is refused like one that is unknown */
    @WriteOperation
    public WebEndpointResponse<RefusalDescriptor> change(@Selector String id, @Nullable String state) {
        try {
            return delegate.change(id, state == null ? "" : state) == null
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        } catch (InvalidEndpointRequestException e) {
            return refused(e, WebEndpointResponse.STATUS_BAD_REQUEST);
        } catch (ZeroIpcException e) {
            return refused(e, WebEndpointResponse.STATUS_INTERNAL_SERVER_ERROR);
        }
    }

    private static WebEndpointResponse<RefusalDescriptor> refused(RuntimeException reason, int status) {
        return new WebEndpointResponse<>(new RefusalDescriptor(String.valueOf(reason.getMessage())), status);
    }

    /**
     * Why a listener was not changed.
     *
     * @param error what is wrong, and what would do
     */
    public record RefusalDescriptor(String error) implements OperationResponseBody {}

    /** The body of a {@link WebEndpointResponse} cannot be seen in a signature. */
    static class Hints implements RuntimeHintsRegistrar {

        private final BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            registrar.registerReflectionHints(hints.reflection(), ListenersDescriptor.class, ListenerDescriptor.class,
                    RefusalDescriptor.class);
        }
    }
}

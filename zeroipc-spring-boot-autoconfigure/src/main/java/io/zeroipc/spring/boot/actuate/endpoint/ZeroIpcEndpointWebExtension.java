package io.zeroipc.spring.boot.actuate.endpoint;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.MimeType;

import io.zeroipc.spring.boot.actuate.endpoint.ChannelListenersEndpointWebExtension.RefusalDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.SegmentsDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpoint.StructureDescriptor;
import io.zeroipc.spring.boot.actuate.endpoint.ZeroIpcEndpointWebExtension.Hints;

/** {@link EndpointWebExtension @EndpointWebExtension} of the {@link ZeroIpcEndpoint}: what is unknown is 404. */
@EndpointWebExtension(endpoint = ZeroIpcEndpoint.class)
@ImportRuntimeHints(Hints.class)
public class ZeroIpcEndpointWebExtension {

    private static final MimeType TEXT = new MimeType("text", "plain", StandardCharsets.UTF_8);

    private final ZeroIpcEndpoint delegate;
    private final Show showValues;
    private final Set<String> roles;

    /**
     * @param showValues who may see elements
     * @param roles of those that are authorized to; empty for everybody who is authenticated
     */
    public ZeroIpcEndpointWebExtension(ZeroIpcEndpoint delegate, Show showValues, Set<String> roles) {
        this.delegate = delegate;
        this.showValues = showValues;
        this.roles = Set.copyOf(roles);
    }

    /** @param view what of them, but not their manifests and types; their summaries when this is missing */
    @ReadOperation
    public WebEndpointResponse<?> segments(@Nullable SegmentView view) {
        return view != null && view.isText()
                ? refusal("this is a view of one segment: view=" + view.name().toLowerCase(Locale.ROOT)
                        + " (expected: summary or details)")
                : response(delegate.segments(view == SegmentView.DETAILS));
    }

    /** @param view what of it; its summary when this is missing */
    @ReadOperation
    public WebEndpointResponse<?> segment(@Selector String segment, @Nullable SegmentView view) {
        if (view == null || !view.isText()) {
            return response(delegate.segment(segment, view));
        }
        // As bytes: what there is to convert texts differs between web frameworks, and JSON in quotes would be no JSON.
        if (view.language() == null) {
            String manifest = delegate.manifest(segment);
            return response(manifest == null ? null : manifest.getBytes(StandardCharsets.UTF_8));
        }
        try {
            String types = delegate.types(segment, view.language());
            return types == null
                    ? response(null)
                    : new WebEndpointResponse<>(types.getBytes(StandardCharsets.UTF_8), TEXT);
        } catch (InvalidEndpointRequestException e) {
            return refusal(String.valueOf(e.getMessage()));
        }
    }

    /** @param preview how many elements to show, if the caller may see them */
    @ReadOperation
    public WebEndpointResponse<?> structure(SecurityContext securityContext, @Selector String segment,
            @Selector String structure, @Nullable Integer preview) {
        try {
            return response(
                    delegate.structure(segment, structure, preview, showValues.isShown(securityContext, roles)));
        } catch (InvalidEndpointRequestException e) {
            return refusal(String.valueOf(e.getMessage()));
        }
    }

    /** @param action as of the endpoint; null, when it is missing, is refused like one that is unknown */
    @WriteOperation
    public WebEndpointResponse<RefusalDescriptor> repair(@Selector String segment, @Selector String structure,
            @Nullable String action, @Nullable Long position) {
        try {
            return delegate.repair(segment, structure, action == null ? "" : action, position) == null
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                    : new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
        } catch (InvalidEndpointRequestException e) {
            return refusal(String.valueOf(e.getMessage()));
        }
    }

    /** Without a body the server would answer without the reason. */
    private static WebEndpointResponse<RefusalDescriptor> refusal(String reason) {
        return new WebEndpointResponse<>(new RefusalDescriptor(reason), WebEndpointResponse.STATUS_BAD_REQUEST);
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
                    ArenaDescriptor.class,
                    StructureDescriptor.class, RefusalDescriptor.class);
        }
    }
}

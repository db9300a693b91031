package io.zeroipc.spring.observation;

import java.util.function.Supplier;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Makes the observations of listeners and templates that are told to observe. An observation is dear beside an operation
 * on shared memory, so nobody does unless told. Thread-safe.
 */
public final class ZeroIpcObservations {

    private static final ZeroIpcListenerObservationConvention LISTENER = new DefaultZeroIpcListenerObservationConvention();
    private static final ZeroIpcTemplateObservationConvention TEMPLATE = new DefaultZeroIpcTemplateObservationConvention();

    private final Supplier<ObservationRegistry> registry;
    private final @Nullable ZeroIpcListenerObservationConvention listenerConvention;
    private final @Nullable ZeroIpcTemplateObservationConvention templateConvention;

    /** Observations with the default names and keys. */
    public ZeroIpcObservations(ObservationRegistry registry) {
        this(() -> registry, null, null);
    }

    /**
     * @param registry asked for each observation, so that whoever makes the registry may come later
     * @param listenerConvention null for the default
     * @param templateConvention null for the default
     */
    public ZeroIpcObservations(Supplier<ObservationRegistry> registry,
            @Nullable ZeroIpcListenerObservationConvention listenerConvention,
            @Nullable ZeroIpcTemplateObservationConvention templateConvention) {
        this.registry = registry;
        this.listenerConvention = listenerConvention;
        this.templateConvention = templateConvention;
    }

    /** Of a call of a listener, not started. */
    public Observation listener(Supplier<ZeroIpcListenerContext> context) {
        return ZeroIpcObservation.LISTENER.observation(listenerConvention, LISTENER, context, registry.get());
    }

    /** Of a sending, not started. */
    public Observation template(Supplier<ZeroIpcTemplateContext> context) {
        return ZeroIpcObservation.TEMPLATE.observation(templateConvention, TEMPLATE, context, registry.get());
    }
}

package io.zeroipc.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** Names and keys of the observations of listeners; a bean of this type replaces the default. */
public interface ZeroIpcListenerObservationConvention extends ObservationConvention<ZeroIpcListenerContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ZeroIpcListenerContext;
    }

    @Override
    default String getName() {
        return ZeroIpcObservation.LISTENER.getName();
    }
}

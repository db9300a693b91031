package io.zeroipc.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** Names and keys of the observations of templates; a bean of this type replaces the default. */
public interface ZeroIpcTemplateObservationConvention extends ObservationConvention<ZeroIpcTemplateContext> {

    @Override
    default boolean supportsContext(Observation.Context context) {
        return context instanceof ZeroIpcTemplateContext;
    }

    @Override
    default String getName() {
        return ZeroIpcObservation.TEMPLATE.getName();
    }
}

package io.zeroipc.spring.core;

import java.util.Map;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.observation.ZeroIpcObservations;
import io.zeroipc.spring.observation.ZeroIpcTemplateContext;

/** Puts an observation around what a template sends. Thread-safe. */
final class TemplateObserver {

    private final ZeroIpcObservations observations;
    private final SegmentRegistry registry;

    TemplateObserver(ZeroIpcObservations observations, SegmentRegistry registry) {
        this.observations = observations;
        this.registry = registry;
    }

    /** Sends within an observation; whatever the sending throws is its error. */
    <R extends @Nullable Object> R observe(String template, ChannelName target, Sending<R> sending)
            throws InterruptedException {
        Observation observation = observations.template(
                () -> new ZeroIpcTemplateContext(template, target.toString(), registry.kindOf(target)));
        return observation.observeChecked(() -> sending.send(headers(observation)));
    }

    private static Map<String, String> headers(Observation observation) {
        return observation.getContext() instanceof ZeroIpcTemplateContext context ? context.getHeaders() : Map.of();
    }

    /** What is observed. */
    @FunctionalInterface
    interface Sending<R extends @Nullable Object> {

        /** @param headers what goes along where there is room */
        R send(Map<String, String> headers) throws InterruptedException;
    }
}

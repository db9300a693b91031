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
    private final ObservedCall calls = new ObservedCall();

    TemplateObserver(ZeroIpcObservations observations, SegmentRegistry registry) {
        this.observations = observations;
        this.registry = registry;
    }

    /** Sends within an observation; whatever the sending throws is its error. */
    <R extends @Nullable Object> R observe(String template, ChannelName target, Sending<R> sending)
            throws InterruptedException {
        return calls.<R, InterruptedException>run(
                () -> observations.template(
                        () -> new ZeroIpcTemplateContext(template, target.toString(), registry.kindOf(target))),
                observation -> sending.send(observed(observation)));
    }

    private static ObservedSend observed(Observation observation) {
        return observation.getContext() instanceof ZeroIpcTemplateContext context
                ? new InContext(context)
                : ObservedSend.NONE;
    }

    private record InContext(ZeroIpcTemplateContext context) implements ObservedSend {

        @Override
        public Map<String, String> headers() {
            return context.getHeaders();
        }

        @Override
        public void ended(String outcome) {
            context.setOutcome(outcome);
        }
    }

    /** What is observed. */
    @FunctionalInterface
    interface Sending<R extends @Nullable Object> {

        R send(ObservedSend observed) throws InterruptedException;
    }
}

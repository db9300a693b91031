package io.zeroipc.spring.observation;

import java.util.Deque;
import java.util.List;

import io.micrometer.observation.ObservationHandler.FirstMatchingCompositeObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;

/** The tracing of one process: Micrometer's handlers, and W3C Trace Context on the way between processes. */
final class Traces {

    private final SimpleTracer tracer = new SimpleTracer();
    private final ObservationRegistry registry = ObservationRegistry.create();

    Traces() {
        registry.observationConfig()
                .observationHandler(new FirstMatchingCompositeObservationHandler(
                        new PropagatingSenderTracingObservationHandler<>(tracer, new W3c(tracer)),
                        new PropagatingReceiverTracingObservationHandler<>(tracer, new W3c(tracer)),
                        new DefaultTracingObservationHandler(tracer)));
    }

    ObservationRegistry registry() {
        return registry;
    }

    Deque<SimpleSpan> spans() {
        return tracer.getSpans();
    }

    /** {@code 00-<trace>-<span>-01}. The test tracer has shorter ids than the standard, which does not matter here. */
    private record W3c(SimpleTracer tracer) implements Propagator {

        private static final String TRACEPARENT = "traceparent";

        @Override
        public List<String> fields() {
            return List.of(TRACEPARENT);
        }

        @Override
        public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {
            setter.set(carrier, TRACEPARENT, "00-" + context.traceId() + "-" + context.spanId() + "-01");
        }

        @Override
        public <C> Span.Builder extract(C carrier, Getter<C> getter) {
            Span.Builder span = tracer.spanBuilder();
            String parent = getter.get(carrier, TRACEPARENT);
            if (parent != null) {
                String[] parts = parent.split("-");
                span.setParent(tracer.traceContextBuilder().traceId(parts[1]).spanId(parts[2]).sampled(true).build());
            }
            return span;
        }
    }
}

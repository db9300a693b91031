package io.zeroipc.spring.boot.metrics;

import java.util.Collection;
import java.util.List;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.zeroipc.spring.core.RequestStatistics;
import io.zeroipc.spring.core.ZeroIpcTemplate;

/** {@link MeterBinder} for the requests of templates. What they send and receive is counted by structure. */
public class TemplateMetrics implements MeterBinder {

    private static final String REQUESTS = "zeroipc.template.requests";
    private static final String LATE = "zeroipc.template.replies.late";

    private final List<ZeroIpcTemplate> templates;

    public TemplateMetrics(Collection<ZeroIpcTemplate> templates) {
        this.templates = List.copyOf(templates);
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (ZeroIpcTemplate template : templates) {
            RequestStatistics statistics = template.getRequestStatistics();
            bind(meters, template, "replied", statistics, RequestStatistics::replied);
            bind(meters, template, "timeout", statistics, RequestStatistics::timedOut);
            FunctionCounter.builder(LATE, statistics, RequestStatistics::late)
                    .description("Replies that nobody waited for any more")
                    .baseUnit("messages")
                    .tags("name", template.getName())
                    .register(meters);
        }
    }

    private static void bind(MeterRegistry meters, ZeroIpcTemplate template, String outcome,
            RequestStatistics statistics, ToDoubleFunction<RequestStatistics> figure) {
        FunctionCounter.builder(REQUESTS, statistics, figure)
                .description("Requests that the template sent")
                .baseUnit("messages")
                .tags("name", template.getName(), "outcome", outcome)
                .register(meters);
    }
}

package io.zeroipc.spring.boot.metrics;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationListener;

import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.spring.listener.adapter.ObservedElementListener;
import io.zeroipc.spring.observation.DefaultZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcListenerContext;
import io.zeroipc.spring.observation.ZeroIpcListenerObservationConvention;
import io.zeroipc.spring.observation.ZeroIpcObservation;

/**
 * {@link MeterBinder} for what listeners did with the elements of their channels. Delivery is at most once: what counts
 * as a failure, or as lost, does not come again. Meters come and go with the listeners.
 */
public class ListenerMetrics implements MeterBinder, ApplicationListener<ChannelListenerEvent> {

    private static final String MESSAGES = "zeroipc.listener.messages";
    private static final String LOST = "zeroipc.listener.lost";
    private static final String RETRIES = "zeroipc.listener.retries";
    private static final String DEAD_LETTERS = "zeroipc.listener.dead.letters";
    private static final String DISCARDED = "zeroipc.listener.discarded";
    private static final String LAG = "zeroipc.listener.lag";
    private static final String STATE = "zeroipc.listener.state";
    private static final String BATCH_SIZE = "zeroipc.listener.batch.size";

    private final Supplier<Collection<ChannelListenerContainer>> containers;
    private final @Nullable ZeroIpcListenerObservationConvention timers;
    /** Guarded by this: the meters of each listener in each registry. */
    private final Map<MeterRegistry, Map<ChannelListenerContainer, List<Meter>>> bound = new LinkedHashMap<>();

    /** @param containers those there are at the time of asking */
    public ListenerMetrics(Supplier<Collection<ChannelListenerContainer>> containers) {
        this(containers, new DefaultZeroIpcListenerObservationConvention());
    }

    /**
     * @param containers those there are at the time of asking
     * @param timers name and keys of the timers of calls; null for no timers. Asked once for each channel of a listener, and not for each
     *     call
     */
    public ListenerMetrics(Supplier<Collection<ChannelListenerContainer>> containers,
            @Nullable ZeroIpcListenerObservationConvention timers) {
        this.containers = containers;
        this.timers = timers;
    }

    @Override
    public synchronized void bindTo(MeterRegistry meters) {
        bound.computeIfAbsent(meters, _ -> new LinkedHashMap<>());
        refresh();
    }

    /** Listeners start when they are registered, and stop when they are taken out. */
    @Override
    public synchronized void onApplicationEvent(ChannelListenerEvent event) {
        refresh();
    }

    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    private void refresh() {
        Collection<ChannelListenerContainer> present = containers.get();
        bound.forEach((meters, known) -> {
            known.entrySet().removeIf(entry -> {
                boolean gone = !present.contains(entry.getKey());
                if (gone) {
                    entry.getValue().forEach(meters::remove);
                }
                return gone;
            });
            present.forEach(container -> known.computeIfAbsent(container, added -> register(added, meters)));
        });
    }

    private List<Meter> register(ChannelListenerContainer container, MeterRegistry meters) {
        List<Meter> registered = new CopyOnWriteArrayList<>();
        container.getStatistics()
                .forEach((channel, statistics) -> registerChannel(container, channel, statistics, meters, registered));
        for (ContainerState state : ContainerState.values()) {
            registered.add(Gauge.builder(STATE, container, of -> of.getState() == state ? 1 : 0)
                    .description("1 for the state that the listener is in, 0 for the others")
                    .tags("id", container.getId(), "state", state.name().toLowerCase(Locale.ROOT))
                    .strongReference(true)
                    .register(meters));
        }
        return registered;
    }

    private void registerChannel(ChannelListenerContainer container, ChannelName channel,
            ChannelStatistics statistics, MeterRegistry meters, List<Meter> registered) {
        Tags tags = Tags.of("id", container.getId(), "channel", channel.toString());
        registered.add(messages(meters, tags.and("outcome", "success"), statistics, ChannelStatistics::succeeded));
        registered.add(messages(meters, tags.and("outcome", "failure"), statistics, ChannelStatistics::failed));
        registered.add(messages(meters, tags.and("outcome", "filtered"), statistics, ChannelStatistics::filtered));
        registered.add(counter(meters, LOST, "Elements that were overwritten before the listener saw them", tags,
                statistics, ChannelStatistics::lost));
        registered.add(counter(meters, RETRIES, "Elements that the listener was given again after it had failed", tags,
                statistics, ChannelStatistics::retried));
        registered.add(counter(meters, DEAD_LETTERS, "Failed elements that were sent to the channel of dead letters",
                tags, statistics, ChannelStatistics::deadLettered));
        registered.add(counter(meters, DISCARDED, "Failed elements that are gone", tags, statistics,
                ChannelStatistics::discarded));
        registered.add(Gauge.builder(LAG, container, of -> lag(of, channel))
                .description("Elements that wait for the listener")
                .baseUnit("elements")
                .tags(tags)
                .strongReference(true)
                .register(meters));
        if (container.isBatch()) {
            DistributionSummary sizes = DistributionSummary.builder(BATCH_SIZE)
                    .description("Elements of each batch")
                    .baseUnit("messages")
                    .tags(tags)
                    .register(meters);
            statistics.observeBatches(sizes::record);
            registered.add(sizes);
        }
        // An observation times each call by itself.
        if (timers != null && !(container.getListener() instanceof ObservedElementListener)) {
            statistics.observeCalls(timers(timers, container, channel, meters, registered));
        }
    }

    private static CallTimers timers(ZeroIpcListenerObservationConvention convention,
            ChannelListenerContainer container,
            ChannelName channel, MeterRegistry meters, List<Meter> registered) {
        String name = Objects.requireNonNullElse(convention.getName(), ZeroIpcObservation.LISTENER.getName());
        return new CallTimers(meters, name, () -> convention.getLowCardinalityKeyValues(new ZeroIpcListenerContext(
                container.getId(), channel.toString(), container.getKind(channel), 1, -1, Map.of())), registered);
    }

    private static double lag(ChannelListenerContainer container, ChannelName channel) {
        OptionalLong lag = container.getLag(channel);
        return lag.isPresent() ? lag.getAsLong() : Double.NaN;
    }

    private static Meter messages(MeterRegistry meters, Tags tags, ChannelStatistics statistics,
            ToDoubleFunction<ChannelStatistics> figure) {
        return counter(meters, MESSAGES, "Elements that the listener was given", tags, statistics, figure);
    }

    private static Meter counter(MeterRegistry meters, String name, String description, Tags tags,
            ChannelStatistics statistics, ToDoubleFunction<ChannelStatistics> figure) {
        return FunctionCounter.builder(name, statistics, figure)
                .description(description)
                .baseUnit("messages")
                .tags(tags)
                .register(meters);
    }
}

package io.zeroipc.spring.boot.actuate.endpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

import io.zeroipc.spring.config.ChannelListenerEndpointRegistry;
import io.zeroipc.spring.listener.ChannelListenerContainer;
import io.zeroipc.spring.listener.ChannelStatistics;
import io.zeroipc.spring.listener.ConsumerReport;
import io.zeroipc.spring.listener.ContainerState;
import io.zeroipc.spring.listener.ListenerError;
import io.zeroipc.spring.listener.ListenerSettings;

/**
 * {@link Endpoint @Endpoint} that shows the channel listeners of this application, and starts, stops, pauses and resumes
 * them where its access is unrestricted.
 *
 * <p>
 * Figures are snapshots while listeners go on. No shared memory is looked at.
 */
@Endpoint(id = "channellisteners", defaultAccess = Access.READ_ONLY)
public class ChannelListenersEndpoint {

    private final ChannelListenerEndpointRegistry registry;

    public ChannelListenersEndpoint(ChannelListenerEndpointRegistry registry) {
        this.registry = registry;
    }

    /** All listeners. */
    @ReadOperation
    public ListenersDescriptor listeners() {
        Map<String, ListenerDescriptor> listeners = new LinkedHashMap<>();
        for (ChannelListenerContainer container : registry.getContainers()) {
            listeners.put(container.getId(), describe(container));
        }
        return new ListenersDescriptor(listeners);
    }

    /** One listener; null when there is none of this id. */
    @ReadOperation
    public @Nullable ListenerDescriptor listener(@Selector String id) {
        return registry.findContainer(id).map(ChannelListenersEndpoint::describe).orElse(null);
    }

    /**
     * Changes what a listener does. A stop waits for it, for its shutdown timeout and a second at most; a pause does
     * not.
     *
     * @param state {@code started}, {@code stopped}, {@code paused} or {@code resumed}
     * @return the listener afterwards; null when there is none of this id
     * @throws InvalidEndpointRequestException when the state is none of these, or makes no sense now
     * @throws io.zeroipc.ZeroIpcException when it cannot be started
     */
    @WriteOperation
    public @Nullable ListenerDescriptor change(@Selector String id, String state) {
        ChannelListenerContainer container = registry.findContainer(id).orElse(null);
        if (container == null) {
            return null;
        }
        ListenerOrder order = ListenerOrder.of(state)
                .orElseThrow(() -> refused("state is unknown: state=" + state + " (expected: one of "
                        + ListenerOrder.all() + ")"));
        if (!order.isPossible(container)) {
            throw refused("listener cannot be " + order + " now: id=" + id + ", state="
                    + container.getState().name().toLowerCase(Locale.ROOT)
                    + (container.isPauseRequested() ? ", pauseRequested=true" : "") + " (expected: one of "
                    + ListenerOrder.possible(container) + ")");
        }
        order.execute(container);
        return describe(container);
    }

    private static InvalidEndpointRequestException refused(String message) {
        return new InvalidEndpointRequestException(message, message);
    }

    private static ListenerDescriptor describe(ChannelListenerContainer container) {
        ListenerSettings settings = container.getSettings();
        Map<String, ChannelDescriptor> channels = new LinkedHashMap<>();
        container.getStatistics()
                .forEach((channel, statistics) -> channels.put(channel.toString(), ChannelDescriptor.of(statistics)));
        List<ConsumerDescriptor> consumers = container.getConsumers().stream().map(ConsumerDescriptor::of).toList();
        Instant lastActivity = consumers.stream()
                .map(ConsumerDescriptor::lastActivity)
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        return new ListenerDescriptor(container.getListener().toString(), container.getState(),
                container.isInExpectedState(), container.isPauseRequested(), container.isPaused(),
                settings.isAutoStartup(), container.isBatch() ? "batch" : "single", settings.getConcurrency(),
                settings.getMaxBatchSize(), settings.getAckMode().name().toLowerCase(Locale.ROOT),
                settings.getWaitStrategy().name(), settings.getShutdownTimeout(), channels,
                consumers, lastActivity, ErrorDescriptor.of(container.getLastError()));
    }

    /**
     * All listeners.
     *
     * @param listeners by id
     */
    public record ListenersDescriptor(Map<String, ListenerDescriptor> listeners) implements OperationResponseBody {}

    /**
     * One listener.
     *
     * @param listener the method that is called
     * @param state where its container is in its life
     * @param expected whether that is as its operator wants it: not failed, and stopped only on purpose
     * @param pauseRequested whether a pause was asked for
     * @param paused whether it is paused, and no thread is inside the method any more
     * @param autoStartup whether it starts with the application
     * @param type {@code single} or {@code batch}
     * @param concurrency threads for each channel
     * @param maxBatchSize the most elements that are taken at once
     * @param ackMode when an element is removed from a structure that can keep it: {@code auto}, {@code manual} or
     *            {@code none}
     * @param waitStrategy what a thread does while its channel is empty
     * @param shutdownTimeout how long a stop waits before it interrupts
     * @param channels what happened to the elements of each, across restarts
     * @param consumers threads of the present run, or of the last one
     * @param lastActivity when an element was taken last, in this run
     * @param lastError what went wrong last, ever
     */
    public record ListenerDescriptor(String listener, ContainerState state, boolean expected, boolean pauseRequested,
            boolean paused, boolean autoStartup, String type, int concurrency, int maxBatchSize, String ackMode,
            String waitStrategy,
            Duration shutdownTimeout, Map<String, ChannelDescriptor> channels, List<ConsumerDescriptor> consumers,
            @Nullable Instant lastActivity, @Nullable ErrorDescriptor lastError) implements OperationResponseBody {}

    /**
     * What happened to the elements of a channel since the application started.
     *
     * @param processed handed to the listener, or not readable
     * @param failed how many of these failed
     * @param retried attempts after the first
     * @param deadLettered failed elements that were sent to the channel of dead letters
     * @param discarded failed elements that are gone
     * @param lost overwritten before the listener saw them
     */
    public record ChannelDescriptor(long processed, long failed, long retried, long deadLettered, long discarded,
            long lost) {

        static ChannelDescriptor of(ChannelStatistics statistics) {
            long failed = statistics.failed();
            return new ChannelDescriptor(statistics.succeeded() + failed, failed, statistics.retried(),
                    statistics.deadLettered(), statistics.discarded(), statistics.lost());
        }
    }

    /**
     * One thread.
     *
     * @param thread its name
     * @param channel what it consumes
     * @param attached whether that is there
     * @param processed elements it took since the listener was started
     * @param failed how many of these failed
     * @param lastActivity when it took an element last; in the midst of many quick ones it may be up to fifteen behind
     */
    public record ConsumerDescriptor(String thread, String channel, boolean attached, long processed, long failed,
            @Nullable Instant lastActivity) {

        static ConsumerDescriptor of(ConsumerReport report) {
            return new ConsumerDescriptor(report.thread(), report.channel().toString(), report.attached(),
                    report.processed(), report.failed(), report.lastActivity());
        }
    }

    /**
     * What went wrong.
     *
     * @param type class of the exception
     * @param message its message
     * @param time when it was seen
     */
    public record ErrorDescriptor(String type, @Nullable String message, Instant time) {

        static @Nullable ErrorDescriptor of(@Nullable ListenerError error) {
            return error == null ? null : new ErrorDescriptor(error.type(), error.message(), error.time());
        }
    }
}

package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Pollers;
import io.zeroipc.segment.Source;
import io.zeroipc.spring.converter.PayloadConverter;
import io.zeroipc.spring.converter.PayloadConverters;
import io.zeroipc.wait.Blocking;

/**
 * How a listener consumes. What was not set has the default value in its getter, and can be inherited:
 * {@code annotation.inherit(factory)} fills the gaps of the one with the values of the other. To be changed before the
 * container starts; not thread-safe.
 */
public final class ListenerSettings {

    /** Stops before web servers drain and beans are destroyed, and starts after them. */
    public static final int DEFAULT_PHASE = Integer.MAX_VALUE - 100;

    public static final ListenerSetting<Boolean> AUTO_STARTUP = ListenerSetting.of("autoStartup", Boolean.class);
    public static final ListenerSetting<Integer> PHASE = ListenerSetting.of("phase", Integer.class);
    public static final ListenerSetting<Integer> CONCURRENCY = ListenerSetting.positive("concurrency");
    public static final ListenerSetting<Boolean> BATCH = ListenerSetting.of("batch", Boolean.class)
            .asProperty("type", Map.of("batch", true, "single", false));
    public static final ListenerSetting<Integer> MAX_BATCH_SIZE = ListenerSetting.positive("maxBatchSize");
    public static final ListenerSetting<Duration> BATCH_RECEIVE_TIMEOUT = ListenerSetting
            .of("batchReceiveTimeout", Duration.class)
            .restrictedTo(value -> !value.isNegative(), "0s to take what is there, or more");
    public static final ListenerSetting<AckMode> ACK_MODE = ListenerSetting.of("ackMode", AckMode.class);
    @SuppressWarnings("unchecked") // what it tests is known by whoever declares it
    public static final ListenerSetting<Predicate<Object>> FILTER = ListenerSetting.of("filter",
            (Class<Predicate<Object>>) (Class<?>) Predicate.class);
    public static final ListenerSetting<PayloadConverter> CODEC = ListenerSetting.of("codec", PayloadConverter.class);
    public static final ListenerSetting<Executor> EXECUTOR = ListenerSetting.of("executor", Executor.class);
    public static final ListenerSetting<Duration> IDLE_EVENT_INTERVAL = ListenerSetting
            .of("idleEventInterval", Duration.class)
            .restrictedTo(Duration::isPositive, "more than 0s");
    public static final ListenerSetting<Boolean> DRAIN_ON_STOP = ListenerSetting.of("drainOnStop", Boolean.class);
    public static final ListenerSetting<Boolean> MISSING_STRUCTURE_FATAL = ListenerSetting.of("missingStructureFatal",
            Boolean.class);
    public static final ListenerSetting<ListenerWaitStrategy> WAIT_STRATEGY = ListenerSetting.of("waitStrategy",
            ListenerWaitStrategy.class);
    public static final ListenerSetting<Duration> FOREIGN_POLL_INTERVAL = ListenerSetting
            .of("foreignPollInterval", Duration.class)
            .restrictedTo(ListenerSettings::isPoll, "more than 0s, at most 1s");
    public static final ListenerSetting<Duration> MAX_IDLE_DELAY = ListenerSetting.of("maxIdleDelay", Duration.class)
            .restrictedTo(ListenerSettings::isPoll, "more than 0s, at most 1s");
    public static final ListenerSetting<Source.Start> START_POSITION = ListenerSetting.of("startPosition",
            Source.Start.class);
    public static final ListenerSetting<Duration> SHUTDOWN_TIMEOUT = ListenerSetting
            .of("shutdownTimeout", Duration.class)
            .restrictedTo(value -> !value.isNegative(), "0s to interrupt at once, or more");
    public static final ListenerSetting<ChannelListenerErrorHandler> ERROR_HANDLER = ListenerSetting.of("errorHandler",
            ChannelListenerErrorHandler.class);

    public static final ListenerSetting<Boolean> OBSERVATION_ENABLED = ListenerSetting.of("observationEnabled",
            Boolean.class);

    private static final Duration FOREIGN_POLL_DEFAULT = Duration.ofMillis(1);
    private static final Duration POLL_MAX = Duration.ofSeconds(1);

    /** Everything that an annotation or a property may say about a listener. */
    public static final List<ListenerSetting<?>> ALL = Stream
            .concat(Stream.of(AUTO_STARTUP, PHASE, CONCURRENCY, BATCH, MAX_BATCH_SIZE, BATCH_RECEIVE_TIMEOUT, ACK_MODE,
                    FILTER, CODEC, EXECUTOR, WAIT_STRATEGY, FOREIGN_POLL_INTERVAL, MAX_IDLE_DELAY, START_POSITION,
                    IDLE_EVENT_INTERVAL, SHUTDOWN_TIMEOUT,
                    DRAIN_ON_STOP,
                    MISSING_STRUCTURE_FATAL, ERROR_HANDLER, OBSERVATION_ENABLED), FailureSettings.ALL.stream())
            .toList();

    /** A matter of the whole application: no listener says it for itself. */
    private static final ListenerSetting<Boolean> VIRTUAL_THREADS = ListenerSetting.of("virtualThreads", Boolean.class);

    private static final ListenerSetting<Pollers> POLLERS = ListenerSetting.of("pollers", Pollers.class);

    private static final ListenerSetting<PayloadConverters> PAYLOAD_CONVERTERS = ListenerSetting.of("payloadConverters",
            PayloadConverters.class);

    /** Each value is of its setting's type. */
    private final Map<ListenerSetting<?>, Object> values = new LinkedHashMap<>();
    /** Those of them that nobody has said of this listener. */
    private final Set<ListenerSetting<?>> defaults = new HashSet<>();

    /** Takes over whatever is set in {@code lower} and not here. */
    public ListenerSettings inherit(ListenerSettings lower) {
        lower.values.forEach((setting, value) -> {
            if (values.putIfAbsent(setting, value) == null && lower.isDefault(setting)) {
                defaults.add(setting);
            }
        });
        return this;
    }

    /** As {@link #inherit}, with what holds for all listeners: it yields where it cannot apply, and is not refused there. */
    public ListenerSettings inheritDefaults(ListenerSettings lower) {
        lower.values.forEach((setting, value) -> {
            if (values.putIfAbsent(setting, value) == null) {
                defaults.add(setting);
            }
        });
        return this;
    }

    /** Whether a setting has a value that nobody has said of this listener: that of all listeners, or none. */
    public boolean isDefault(ListenerSetting<?> setting) {
        return defaults.contains(setting) || !values.containsKey(setting);
    }

    /** A copy that can be changed on its own. */
    public ListenerSettings copy() {
        return new ListenerSettings().inherit(this);
    }

    /** What was set; null when nothing was. */
    public <V> @Nullable V find(ListenerSetting<V> setting) {
        Object value = values.get(setting);
        return value == null ? null : setting.type().cast(value);
    }

    /**
     * Sets a value.
     *
     * @throws InvalidSettingException when it cannot work
     */
    public <V> ListenerSettings set(ListenerSetting<V> setting, V value) {
        setting.check(value);
        values.put(setting, value);
        defaults.remove(setting);
        return this;
    }

    /** As if it had never been set. */
    public ListenerSettings unset(ListenerSetting<?> setting) {
        values.remove(setting);
        defaults.remove(setting);
        return this;
    }

    private <V> V get(ListenerSetting<V> setting, V otherwise) {
        V value = find(setting);
        return value == null ? otherwise : value;
    }

    /** Whether the container starts with the context; true by default. */
    public boolean isAutoStartup() {
        return get(AUTO_STARTUP, true);
    }

    public ListenerSettings setAutoStartup(boolean start) {
        return set(AUTO_STARTUP, start);
    }

    /** The phase in which the container starts and stops; {@link #DEFAULT_PHASE} by default. */
    public int getPhase() {
        return get(PHASE, DEFAULT_PHASE);
    }

    public ListenerSettings setPhase(int value) {
        return set(PHASE, value);
    }

    /** Threads for each channel; 1 by default. */
    public int getConcurrency() {
        return get(CONCURRENCY, 1);
    }

    public ListenerSettings setConcurrency(int threads) {
        return set(CONCURRENCY, threads);
    }

    /** Whether the listener takes lists; null when the listener's own form decides. */
    public @Nullable Boolean getBatch() {
        return find(BATCH);
    }

    public ListenerSettings setBatch(boolean lists) {
        return set(BATCH, lists);
    }

    /** The most elements that are taken at once; 256 by default. */
    public int getMaxBatchSize() {
        return get(MAX_BATCH_SIZE, 256);
    }

    public ListenerSettings setMaxBatchSize(int elements) {
        return set(MAX_BATCH_SIZE, elements);
    }

    /** How long a batch waits to be filled, once it has an element; by default it takes what is there. */
    public Duration getBatchReceiveTimeout() {
        return get(BATCH_RECEIVE_TIMEOUT, Duration.ZERO);
    }

    public ListenerSettings setBatchReceiveTimeout(Duration timeout) {
        return set(BATCH_RECEIVE_TIMEOUT, timeout);
    }

    /** When an element is removed from a structure that can keep it; {@link AckMode#AUTO} by default. */
    public AckMode getAckMode() {
        return get(ACK_MODE, AckMode.AUTO);
    }

    public ListenerSettings setAckMode(AckMode mode) {
        return set(ACK_MODE, mode);
    }

    /** Tells the elements that the listener wants; null for all. It gets what lies in the structure. */
    public @Nullable Predicate<Object> getFilter() {
        return find(FILTER);
    }

    public ListenerSettings setFilter(Predicate<Object> wanted) {
        return set(FILTER, wanted);
    }

    /**
     * What lends the threads; null when the container has its own. It needs one for each channel and concurrency, unless a
     * {@linkplain #getPollers group} waits for them.
     */
    public @Nullable Executor getExecutor() {
        return find(EXECUTOR);
    }

    public ListenerSettings setExecutor(Executor threads) {
        return set(EXECUTOR, threads);
    }

    private static boolean isPoll(Duration interval) {
        return interval.isPositive() && interval.compareTo(POLL_MAX) <= 0;
    }

    /**
     * What a thread does while its channel is empty; block by default, with the intervals that are set here.
     *
     * @throws InvalidSettingException when the longest delay is less than the interval that it grows from
     */
    public ListenerWaitStrategy getWaitStrategy() {
        ListenerWaitStrategy chosen = get(WAIT_STRATEGY, ListenerWaitStrategy.BLOCK);
        // One of the application has figures of its own.
        return chosen.equals(ListenerWaitStrategy.BLOCK)
                ? ListenerWaitStrategy.block(getForeignPollInterval(), getMaxIdleDelay())
                : chosen;
    }

    /** How often one thread looks for a listener whom nobody wakes; a millisecond by default. */
    public Duration getForeignPollInterval() {
        return get(FOREIGN_POLL_INTERVAL, FOREIGN_POLL_DEFAULT);
    }

    public ListenerSettings setForeignPollInterval(Duration interval) {
        return set(FOREIGN_POLL_INTERVAL, interval);
    }

    /**
     * Up to which that interval grows while nothing arrives, where a listener cannot be woken; it does not grow by default.
     *
     * @throws InvalidSettingException when it is less than the interval
     */
    public Duration getMaxIdleDelay() {
        Duration interval = getForeignPollInterval();
        Duration longest = get(MAX_IDLE_DELAY, interval);
        if (longest.compareTo(interval) < 0) {
            throw new InvalidSettingException(MAX_IDLE_DELAY, longest,
                    "at least " + FOREIGN_POLL_INTERVAL.name() + "=" + interval, null);
        }
        return longest;
    }

    public ListenerSettings setMaxIdleDelay(Duration delay) {
        return set(MAX_IDLE_DELAY, delay);
    }

    public ListenerSettings setWaitStrategy(ListenerWaitStrategy strategy) {
        return set(WAIT_STRATEGY, strategy);
    }

    /** Where to begin in structures that keep their elements; the latest by default. */
    public Source.Start getStartPosition() {
        return get(START_POSITION, Source.Start.LATEST);
    }

    public ListenerSettings setStartPosition(Source.Start position) {
        return set(START_POSITION, position);
    }

    /** After how long without an element, and then again, an event says so; null for never. */
    public @Nullable Duration getIdleEventInterval() {
        return find(IDLE_EVENT_INTERVAL);
    }

    public ListenerSettings setIdleEventInterval(Duration interval) {
        return set(IDLE_EVENT_INTERVAL, interval);
    }

    /** Whether a stop first takes what is there, as long as the shutdown timeout allows; false by default. */
    public boolean isDrainOnStop() {
        return get(DRAIN_ON_STOP, false);
    }

    public ListenerSettings setDrainOnStop(boolean drain) {
        return set(DRAIN_ON_STOP, drain);
    }

    /** Whether a declared structure that is not there is a failure, and not to be waited for; true by default. */
    public boolean isMissingStructureFatal() {
        return get(MISSING_STRUCTURE_FATAL, true);
    }

    public ListenerSettings setMissingStructureFatal(boolean fatal) {
        return set(MISSING_STRUCTURE_FATAL, fatal);
    }

    /** How long a stop waits for the listener to return before it interrupts; 10 seconds by default. */
    public Duration getShutdownTimeout() {
        return get(SHUTDOWN_TIMEOUT, Duration.ofSeconds(10));
    }

    public ListenerSettings setShutdownTimeout(Duration timeout) {
        return set(SHUTDOWN_TIMEOUT, timeout);
    }

    /** Whether each call is observed, where the factory was given observations; false by default. */
    public boolean isObservationEnabled() {
        return get(OBSERVATION_ENABLED, false);
    }

    public ListenerSettings setObservationEnabled(boolean enabled) {
        return set(OBSERVATION_ENABLED, enabled);
    }

    /** Whether consumers run in virtual threads where the wait strategy suits them; false by default. */
    public boolean isVirtualThreads() {
        return get(VIRTUAL_THREADS, false);
    }

    public ListenerSettings setVirtualThreads(boolean virtual) {
        return set(VIRTUAL_THREADS, virtual);
    }

    /**
     * A group of threads that wait for this listener and for all others that are given the same; null, by default, for threads that wait
     * for themselves. With another wait strategy than block each thread does so all the same.
     */
    public @Nullable Pollers getPollers() {
        return find(POLLERS);
    }

    /**
     * Has a group of few threads wait for the listener's channels: it has virtual threads then, and with an executor its calls run there,
     * which needs a thread as long as they last, and not while nothing arrives. Null for none.
     */
    public ListenerSettings setPollers(@Nullable Pollers group) {
        return group == null ? unset(POLLERS) : set(POLLERS, group);
    }

    /** The group that waits for this listener, if one does. */
    @Nullable
    Pollers waitingPollers() {
        return getWaitStrategy().strategy() instanceof Blocking ? getPollers() : null;
    }

    /** Is called first when the listener fails; none by default. */
    public @Nullable ChannelListenerErrorHandler getErrorHandler() {
        return find(ERROR_HANDLER);
    }

    public ListenerSettings setErrorHandler(ChannelListenerErrorHandler handler) {
        return set(ERROR_HANDLER, handler);
    }

    /** Make payloads of elements that are not of the declared type: the listener's own first, plain text at last. */
    public PayloadConverters getPayloadConverters() {
        PayloadConverters converters = find(PAYLOAD_CONVERTERS);
        PayloadConverters all = converters == null ? new PayloadConverters() : converters;
        PayloadConverter own = find(CODEC);
        return own == null ? all : all.withFirst(own);
    }

    /** Is asked before the converters of all listeners. */
    public ListenerSettings setCodec(PayloadConverter converter) {
        return set(CODEC, converter);
    }

    public ListenerSettings setPayloadConverters(PayloadConverters converters) {
        return set(PAYLOAD_CONVERTERS, converters);
    }

    /** What happens when the listener fails. */
    public FailureSettings failures() {
        return new FailureSettings(this);
    }
}

package io.zeroipc.spring.boot.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.zeroipc.spring.listener.ChannelStatistics;

/**
 * The timers of one listener and channel, one for each exception that it has thrown, with the name and the keys that its observation
 * would have: whoever switches that on has the same rows. Made when there is something to record. Thread-safe.
 */
final class CallTimers implements ChannelStatistics.CallObserver {

    private static final String ERROR = "error";

    private final MeterRegistry meters;
    private final String name;
    private final Supplier<KeyValues> keys;
    private final List<Meter> registered;
    private final Map<String, Timer> timers = new ConcurrentHashMap<>();

    /**
     * @param keys asked for at the first call, when the channel is there
     * @param registered for the meters that are made; takes them from any thread
     */
    CallTimers(MeterRegistry meters, String name, Supplier<KeyValues> keys, List<Meter> registered) {
        this.meters = meters;
        this.name = name;
        this.keys = keys;
        this.registered = registered;
    }

    @Override
    public void called(long nanos, @Nullable Throwable thrown) {
        String error = thrown == null ? "none" : thrown.getClass().getSimpleName();
        Timer timer = timers.get(error);
        if (timer == null) {
            timer = timers.computeIfAbsent(error, this::register);
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    private Timer register(String error) {
        Timer timer = Timer.builder(name)
                .description("Time that the listener took for a call: a sample where calls are quick")
                .tags(keys.get().stream().map(key -> Tag.of(key.getKey(), key.getValue())).toList())
                .tag(ERROR, error)
                .register(meters);
        registered.add(timer);
        return timer;
    }
}

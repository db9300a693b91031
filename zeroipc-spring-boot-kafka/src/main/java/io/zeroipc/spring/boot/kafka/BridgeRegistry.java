package io.zeroipc.spring.boot.kafka;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.SmartLifecycle;

import io.zeroipc.spring.listener.ListenerSettings;

/**
 * The bridges of an application: made when all its beans are there, started and stopped with it, in the phase in which its
 * listeners are. Thread-safe.
 */
public final class BridgeRegistry implements SmartInitializingSingleton, SmartLifecycle {

    private final List<BridgeDefinition> definitions;
    private final Map<BridgeDirection, BridgeFactory> factories = new EnumMap<>(BridgeDirection.class);
    private volatile Map<String, Bridge> bridges = Map.of();
    private volatile boolean running;

    public BridgeRegistry(Collection<BridgeDefinition> definitions, Collection<BridgeFactory> factories) {
        this.definitions = List.copyOf(definitions);
        factories.forEach(factory -> this.factories.put(factory.direction(), factory));
    }

    @Override
    public void afterSingletonsInstantiated() {
        Map<String, Bridge> made = new LinkedHashMap<>();
        for (BridgeDefinition definition : definitions) {
            BridgeFactory factory = factories.get(definition.direction());
            if (factory == null) {
                throw new IllegalStateException("nobody makes such bridges: " + definition.describe()
                        + " (expected: zeroipc.listener.enabled=true for bridges to topics, and spring.kafka's"
                        + " producer and consumer factories)");
            }
            made.put(definition.name(), factory.create(definition));
        }
        bridges = Collections.unmodifiableMap(made);
    }

    /** What was declared, in its order, also before there are bridges. */
    public List<BridgeDefinition> definitions() {
        return definitions;
    }

    /** All bridges, in the order of their declaration. */
    public Collection<Bridge> bridges() {
        return bridges.values();
    }

    public Optional<Bridge> find(String name) {
        return Optional.ofNullable(bridges.get(name));
    }

    @Override
    public void start() {
        running = true;
        bridges().stream().filter(Bridge::isAutoStartup).forEach(Bridge::start);
    }

    /** Stops all of them at once, as each may have to wait for its broker. */
    @Override
    public void stop() {
        running = false;
        List<Thread> stops = bridges().stream().map(BridgeRegistry::stopping).toList();
        try {
            for (Thread stop : stops) {
                stop.join();
            }
        } catch (InterruptedException e) {
            // They end by themselves.
            Thread.currentThread().interrupt();
        }
    }

    private static Thread stopping(Bridge bridge) {
        return Thread.ofPlatform().name("zeroipc-bridge-" + bridge.name() + "-stop").start(bridge::stop);
    }

    /** Does not hold up what else is stopped in this phase. */
    @Override
    public void stop(Runnable callback) {
        Thread.ofPlatform().name("zeroipc-bridges-stop").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return ListenerSettings.DEFAULT_PHASE;
    }
}

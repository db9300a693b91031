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
                throw new IllegalStateException("nobody makes such bridges: " + definition.describe());
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
        bridges().stream().filter(bridge -> bridge.definition().autoStartup()).forEach(Bridge::start);
    }

    @Override
    public void stop() {
        running = false;
        bridges().forEach(Bridge::stop);
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

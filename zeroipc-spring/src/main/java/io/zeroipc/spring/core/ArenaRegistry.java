package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;

import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.manifest.PackedArena;
import io.zeroipc.manifest.PackedArray;
import io.zeroipc.spring.event.ArenaChangedEvent;

/**
 * The packed arenas that the application declares, by name: opens each once, looks for new manifests, and closes them all.
 * Thread-safe.
 *
 * <p>
 * An arena is opened when somebody first asks for it, and all of them are when the application has its beans. A new manifest
 * that cannot be used changes nothing: it is reported, as {@link #problem}, until there is one that can.
 */
public final class ArenaRegistry implements ApplicationEventPublisherAware, SmartInitializingSingleton, AutoCloseable {

    private static final Log LOG = LogFactory.getLog(ArenaRegistry.class);

    private final Map<String, ArenaDefinition> definitions = new LinkedHashMap<>();
    private final Map<String, PackedArena> open = new ConcurrentHashMap<>();
    private final Map<String, String> problems = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(1,
            Thread.ofPlatform().daemon().name("zeroipc-arenas").factory());
    private @Nullable ApplicationEventPublisher publisher;
    private boolean closed;

    public ArenaRegistry(List<ArenaDefinition> definitions) {
        definitions.forEach(definition -> this.definitions.put(definition.name(), definition));
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher applicationEventPublisher) {
        this.publisher = applicationEventPublisher;
    }

    /** Of all that are declared, in the order of declaration. */
    public Set<String> names() {
        return Collections.unmodifiableSet(definitions.keySet());
    }

    public Optional<ArenaDefinition> definition(String name) {
        return Optional.ofNullable(definitions.get(name));
    }

    /** The arena if it is open. */
    public Optional<PackedArena> find(String name) {
        return Optional.ofNullable(open.get(name));
    }

    /** Why the newest manifest cannot be used, or the arena could not be opened when that was tried last; empty when all is well. */
    public Optional<String> problem(String name) {
        return Optional.ofNullable(problems.get(name));
    }

    /**
     * The arena, opened now if need be; with the policy to retry this waits for it.
     *
     * @throws IllegalArgumentException when none of this name is declared
     * @throws ArenaUnavailableException when it cannot be opened
     */
    public PackedArena get(String name) {
        ArenaDefinition definition = definitions.get(name);
        if (definition == null) {
            throw new IllegalArgumentException("arena is not declared: arena=" + name + " (declared: "
                    + String.join(", ", definitions.keySet()) + ")");
        }
        long begun = System.nanoTime();
        while (true) {
            try {
                return openOnce(definition);
            } catch (ArenaUnavailableException e) {
                boolean waits = e.isAbsent() && definition.startupFailurePolicy() == StartupFailurePolicy.RETRY
                        && System.nanoTime() - begun < definition.openTimeout().toNanos();
                if (!waits) {
                    throw e;
                }
                pause(definition.openRetryInterval(), e);
            }
        }
    }

    /**
     * An array of an arena, where it is now.
     *
     * @throws ArenaUnavailableException when there is no such array, or the arena cannot be opened
     */
    public <T> PackedArray<T> array(String name, String array, Codec<T> codec) {
        PackedArena arena = get(name);
        try {
            return arena.array(array, codec);
        } catch (ZeroIpcException e) {
            throw new ArenaUnavailableException(name, arena.manifest(), e);
        }
    }

    private static void pause(Duration interval, ArenaUnavailableException otherwise) {
        try {
            Thread.sleep(interval);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw otherwise;
        }
    }

    private synchronized PackedArena openOnce(ArenaDefinition definition) {
        if (closed) {
            throw new IllegalStateException("arenas are closed: arena=" + definition.name());
        }
        PackedArena present = open.get(definition.name());
        if (present != null) {
            return present;
        }
        try {
            PackedArena arena = definition.opener().get();
            open.put(definition.name(), arena);
            problems.remove(definition.name());
            LOG.info("arena opened: arena=" + definition.name() + ", manifest=" + arena.manifest() + ", file="
                    + arena.file());
            return arena;
        } catch (ZeroIpcException e) {
            problems.put(definition.name(), String.valueOf(e.getMessage()));
            throw new ArenaUnavailableException(definition.name(), definition.manifest(), e);
        }
    }

    /** Opens what is declared, and begins to look for new manifests. */
    @Override
    public void afterSingletonsInstantiated() {
        for (ArenaDefinition definition : definitions.values()) {
            try {
                get(definition.name());
            } catch (ArenaUnavailableException e) {
                if (!e.isAbsent() || definition.startupFailurePolicy() != StartupFailurePolicy.CONTINUE) {
                    throw e;
                }
                LOG.info("arena does not exist yet, going on without it: arena=" + definition.name() + ", manifest="
                        + definition.manifest());
            }
            long nanos = definition.watchInterval().toNanos();
            if (nanos > 0) {
                var _ = watch.scheduleWithFixedDelay(() -> look(definition), nanos, nanos, TimeUnit.NANOSECONDS);
            }
        }
    }

    /** What is thrown here would end the watching. */
    private void look(ArenaDefinition definition) {
        String name = definition.name();
        try {
            PackedArena present = open.get(name);
            boolean changed = present == null ? openOnce(definition) != null : present.refresh();
            problems.remove(name);
            if (changed) {
                publish(name);
            }
        } catch (ArenaUnavailableException e) {
            // Still absent, and known as a problem.
            LOG.debug("arena is not there yet: arena=" + name, e);
        } catch (ZeroIpcException | IllegalStateException | InternalError e) {
            String problem = String.valueOf(e.getMessage());
            if (!problem.equals(problems.put(name, problem)) && !isClosed()) {
                LOG.warn("arena keeps what it has: arena=" + name + ", " + problem);
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void publish(String name) {
        LOG.info("arena has changed: arena=" + name);
        ApplicationEventPublisher target = publisher;
        if (target != null) {
            try {
                target.publishEvent(new ArenaChangedEvent(this, name));
            } catch (RuntimeException e) {
                LOG.error("listener of an event failed: arena=" + name, e);
            }
        }
    }

    /** Ends the watching, and closes all arenas. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        watch.shutdownNow();
        boolean interrupted = false;
        try {
            while (!watch.awaitTermination(1, TimeUnit.MINUTES)) {
                LOG.warn("a listener of an arena's event does not return");
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        open.values().forEach(PackedArena::close);
        open.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.zeroipc.spring.listener;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;
import org.springframework.context.SmartLifecycle;
import org.springframework.util.function.SingletonSupplier;

import io.zeroipc.RoleTakenException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentRegistry;
import io.zeroipc.spring.core.UnsupportedChannelTypeException;
import io.zeroipc.spring.core.UserCode;
import io.zeroipc.spring.core.ZeroIpcOperations;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.event.ChannelListenerEvent;
import io.zeroipc.spring.event.ChannelListenerIdleEvent;
import io.zeroipc.spring.event.ChannelListenerNoLongerIdleEvent;
import io.zeroipc.spring.event.ChannelListenerPausedEvent;
import io.zeroipc.spring.event.ChannelListenerResumedEvent;
import io.zeroipc.spring.event.ChannelListenerStartedEvent;
import io.zeroipc.spring.event.ChannelListenerStoppedEvent;

/**
 * Runs one listener: its threads, and its life with the application context. An ordinary singleton bean whose name is
 * the listener's id. Thread-safe.
 *
 * <p>
 * A stop lets the current call of the listener return, takes no further element, and is bounded: after the shutdown
 * timeout the threads are interrupted, and a second later left to themselves.
 */
public final class ChannelListenerContainer implements SmartLifecycle, ApplicationEventPublisherAware {

    private static final Log LOG = LogFactory.getLog(ChannelListenerContainer.class);

    /** How long an interrupted listener has to return before its thread is left to itself. */
    private static final Duration INTERRUPT_GRACE = Duration.ofSeconds(1);

    private final String id;
    private final List<ChannelName> channels;
    private final ElementListener listener;
    private final ListenerSettings settings;
    private final ChannelOpener opener;
    private final ConsumerFactory consumerFactory;
    private volatile Supplier<? extends ZeroIpcOperations> template;
    private volatile Supplier<Collection<ChannelListenerContainer>> neighbours = List::of;
    private final SegmentRegistry registry;
    private final SequencedMap<ChannelName, ChannelStatistics> statistics = new LinkedHashMap<>();
    private final AtomicReference<@Nullable ListenerError> lastError = new AtomicReference<>();

    private final ReentrantLock lock = new ReentrantLock();
    /** Held by whoever opens what is to be consumed, which takes as long as the policy of the segment says. */
    private final ReentrantLock opening = new ReentrantLock();
    /** Whoever opens at this moment. Guarded by the lock. */
    private @Nullable Thread starter;
    private boolean openingCancelled;
    private volatile boolean starting;
    private volatile ContainerState state = ContainerState.CREATED;
    private volatile @Nullable ConsumerGroup group;
    private volatile boolean pauseRequested;
    private volatile boolean startedByOwner;
    private ChannelListenerStoppedEvent.@Nullable Reason stopReason;
    private boolean startedPublished;
    private boolean stoppedPublished;
    /** A listener of this container has stopped and started it, and has yet to return. */
    private boolean startingAgain;
    /** What has happened and is to be told, in this order, by one thread at a time. Guarded by the lock. */
    private final Deque<ChannelListenerEvent> untold = new ArrayDeque<>();
    private boolean telling;
    private @Nullable ApplicationEventPublisher publisher;

    /**
     * Opens nothing yet.
     *
     * @param id unique in the context
     * @param channels at least one
     * @param settings belongs to the container from now on
     * @throws InvalidSettingException when two of them do not fit together
     */
    public ChannelListenerContainer(String id, List<ChannelName> channels, ElementListener listener,
            ListenerSettings settings, SegmentRegistry registry) {
        if (channels.isEmpty()) {
            throw new IllegalArgumentException("listener has no channel: listener=" + id);
        }
        settings.getMaxIdleDelay();
        this.id = id;
        this.channels = List.copyOf(channels);
        this.listener = listener;
        this.settings = settings;
        this.registry = registry;
        this.opener = new ChannelOpener(id, listener, settings, registry);
        this.channels.forEach(channel -> statistics.put(channel,
                new ChannelStatistics(registry.operations(channel))));
        this.consumerFactory = new ConsumerFactory(id, listener, settings, opener, statistics, lastError);
        this.template = SingletonSupplier.of(() -> new ZeroIpcTemplate(registry));
    }

    /** Sends dead letters; one without settings does by default. Has an effect at the next start. */
    public void setTemplate(Supplier<? extends ZeroIpcOperations> deadLetterTemplate) {
        this.template = deadLetterTemplate;
    }

    /** All listeners of the context, so that a failure can name the one that is in the way. None by default. */
    public void setNeighbours(Supplier<Collection<ChannelListenerContainer>> containers) {
        this.neighbours = containers;
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher applicationEventPublisher) {
        this.publisher = applicationEventPublisher;
    }

    public String getId() {
        return id;
    }

    public List<ChannelName> getChannels() {
        return channels;
    }

    /** How it consumes. Changes have an effect at the next start. */
    public ListenerSettings getSettings() {
        return settings;
    }

    public ElementListener getListener() {
        return listener;
    }

    public boolean isBatch() {
        return listener.isBatch();
    }

    /** Label of the kind of a channel's structure: {@code queue}, {@code ring}. */
    public String getKind(ChannelName channel) {
        return registry.kindOf(channel);
    }

    /** Whether it consumes in virtual threads of its own, and no others that would keep the process alive. */
    public boolean isVirtual() {
        return ConsumerThread.isVirtual(settings) && settings.waitingPollers() == null;
    }

    public ContainerState getState() {
        return state;
    }

    /** The threads of the present run, or of the last one. */
    public List<ConsumerReport> getConsumers() {
        ConsumerGroup current = group;
        return current == null ? List.of() : current.consumers().stream().map(ChannelConsumer::report).toList();
    }

    /** What happened to the elements of each channel. */
    public SequencedMap<ChannelName, ChannelStatistics> getStatistics() {
        return Collections.unmodifiableSequencedMap(statistics);
    }

    /**
     * How many elements of a channel are waiting for this listener: for those that it does not share with others, where
     * each reader has its own position, and else for whoever comes first. An estimate that looks into shared memory; empty
     * while the channel is not attached.
     */
    public OptionalLong getLag(ChannelName channel) {
        ConsumerGroup current = group;
        return current == null ? OptionalLong.empty() : current.lag(channel);
    }

    /** What went wrong last: in the listener, or in the container. Null when nothing did. */
    public @Nullable ListenerError getLastError() {
        return lastError.get();
    }

    /** Whether it is as its operator wants it: not failed, and not stopped with a thread that did not return. */
    public boolean isInExpectedState() {
        return switch (state) {
            case FAILED -> false;
            case STOPPED -> {
                ConsumerGroup current = group;
                yield current == null || !current.isAbandoned();
            }
            default -> true;
        };
    }

    /**
     * Checks the channels' names, kinds and element types, as far as they are there.
     *
     * @throws io.zeroipc.spring.core.UnknownChannelException when nobody declared one of them
     * @throws io.zeroipc.spring.core.UnsupportedChannelTypeException when nothing can arrive there
     * @throws io.zeroipc.spring.core.ElementTypeException when the listener takes another type
     */
    public void check() {
        channels.forEach(opener::check);
        DeadLetters deadLetters = deadLetters();
        if (deadLetters != null) {
            channels.forEach(deadLetters::check);
        }
    }

    /** Has somebody else start it, who reads the settings about that. False by default: it starts with the context. */
    public void setStartedByOwner(boolean owned) {
        this.startedByOwner = owned;
    }

    @Override
    public boolean isAutoStartup() {
        return !startedByOwner && settings.isAutoStartup();
    }

    @Override
    public int getPhase() {
        return settings.getPhase();
    }

    @Override
    public boolean isPauseable() {
        return true;
    }

    /** Whether a thread is left: consuming, waiting for its channel, paused, or on its way to an end. */
    @Override
    public boolean isRunning() {
        return starting || isConsuming();
    }

    private boolean isConsuming() {
        ConsumerGroup current = group;
        return current != null && !current.isOver();
    }

    /**
     * Starts the threads. Without effect on a running container; one that is stopping is stopped first. Called by a listener
     * that has stopped its own container, it has an effect when that call of the listener has returned.
     *
     * @throws io.zeroipc.ZeroIpcException when a channel cannot be consumed; nothing runs then
     */
    @Override
    public void start() {
        ConsumerGroup current = group;
        if (current != null && current.isStopping() && !current.isOver()) {
            if (startsAgainLater(current)) {
                return;
            }
            stop();
        }
        opening.lock();
        try {
            open();
        } finally {
            opening.unlock();
        }
        refresh();
    }

    /** Opens without the lock, so that a stop does not wait for a segment, too: it ends the opening. */
    private void open() {
        ConsumerGroup fresh;
        lock.lock();
        try {
            if (isConsuming()) {
                return;
            }
            fresh = new ConsumerGroup(pauseRequested, settings.waitingPollers(), this::refresh);
            state = ContainerState.STARTING;
            starter = Thread.currentThread();
            starting = true;
        } finally {
            lock.unlock();
        }
        List<ChannelConsumer> consumers;
        try {
            consumers = consumerFactory.create(fresh, idleWatch(), deadLetters());
        } catch (RoleTakenException e) {
            ZeroIpcException named = withNeighbour(e);
            if (isCancelled(named)) {
                return;
            }
            throw named;
        } catch (RuntimeException | Error e) {
            if (isCancelled(e)) {
                return;
            }
            throw e;
        }
        List<ChannelName> awaited = consumers.stream()
                .filter(consumer -> !consumer.isAttached())
                .map(ChannelConsumer::channel)
                .distinct()
                .toList();
        lock.lock();
        try {
            fresh.requestPause(pauseRequested);
            if (endOpening()) {
                consumers.forEach(ChannelConsumer::end);
                return;
            }
            startedPublished = false;
            stoppedPublished = false;
            stopReason = null;
            group = fresh;
            fresh.start(consumers);
        } finally {
            lock.unlock();
        }
        LOG.info("listener started: id=" + id + ", channels=" + channels + ", threads="
                + ConsumerThread.describe(settings, fresh.consumers().size()) + ", wait="
                + settings.getWaitStrategy() + (awaited.isEmpty() ? "" : ", not there yet=" + awaited));
    }

    /** What is in the way where it is another listener of this context: that can be changed here. */
    private ZeroIpcException withNeighbour(RoleTakenException taken) {
        for (ChannelListenerContainer other : neighbours.get()) {
            for (ChannelName channel : channels) {
                if (other != this && other.isRunning() && other.channels.contains(channel)) {
                    UnsupportedChannelTypeException named = new UnsupportedChannelTypeException(channel,
                            registry.kindOf(channel), "listener " + id + " beside listener " + other.id,
                            "one listener, or a type whose elements several may take, such as queue");
                    named.addSuppressed(taken);
                    return named;
                }
            }
        }
        return taken;
    }

    /** Whether an opening that failed did so because of a stop. */
    private boolean isCancelled(Throwable failure) {
        lock.lock();
        try {
            if (endOpening()) {
                return true;
            }
            state = ContainerState.FAILED;
            lastError.set(ListenerError.of(failure));
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Whether somebody wanted a stop meanwhile. With the lock. */
    private boolean endOpening() {
        boolean cancelled = openingCancelled;
        openingCancelled = false;
        starter = null;
        starting = false;
        if (cancelled) {
            state = ContainerState.STOPPED;
            // The stop has interrupted this thread, and means no more than the opening.
            Thread.interrupted();
        }
        return cancelled;
    }

    /** Ends the opening that another thread is at. False when there is none. With the lock. */
    private boolean cancelOpening() {
        Thread present = starter;
        if (present == null || present.equals(Thread.currentThread())) {
            return false;
        }
        openingCancelled = true;
        present.interrupt();
        return true;
    }

    /** Not for long: nobody waits for a segment any more. */
    private void awaitOpening() {
        opening.lock();
        try {
            LOG.debug("start was ended by a stop: id=" + id);
        } finally {
            opening.unlock();
        }
    }

    private boolean startsAgainLater(ConsumerGroup stopping) {
        if (!stopping.isOwnThread()) {
            return false;
        }
        lock.lock();
        try {
            startingAgain = true;
        } finally {
            lock.unlock();
        }
        return true;
    }

    private IdleWatch idleWatch() {
        Duration interval = settings.getIdleEventInterval();
        return interval == null
                ? IdleWatch.NONE
                : new IdleWatch(interval, since -> tell(List.of(new ChannelListenerIdleEvent(this, id, since))),
                        () -> tell(List.of(new ChannelListenerNoLongerIdleEvent(this, id))));
    }

    /** Stops and waits for the threads, as long as the class comment says. Called by a listener, it waits for nothing. */
    @Override
    public void stop() {
        ConsumerGroup current;
        boolean cancelled = false;
        lock.lock();
        try {
            current = group;
            pauseRequested = false;
            startingAgain = false;
            cancelled = cancelOpening();
            if (cancelled) {
                return;
            }
            if (current == null || current.isOver()) {
                state = ContainerState.STOPPED;
                return;
            }
            if (stopReason == null && current.failure() == null) {
                stopReason = ChannelListenerStoppedEvent.Reason.NORMAL;
            }
        } finally {
            lock.unlock();
            if (cancelled) {
                awaitOpening();
            }
        }
        current.requestStop();
        if (!current.isOwnThread()) {
            awaitEnd(current);
        }
    }

    /**
     * Stops without holding up the caller, who stops several containers at once. Called by a listener, which closes its own
     * context for example, it waits for nothing.
     */
    @Override
    public void stop(Runnable callback) {
        ConsumerGroup current = group;
        if (current != null && current.isOwnThread()) {
            stop();
            callback.run();
            return;
        }
        Thread.ofPlatform().name(id + "-stop").start(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    private void awaitEnd(ConsumerGroup stopped) {
        boolean interrupted = false;
        boolean ended = false;
        try {
            ended = stopped.awaitEnd(settings.getShutdownTimeout());
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (!ended) {
            LOG.warn("listener did not return within its shutdown timeout and is interrupted: id=" + id
                    + ", shutdownTimeout=" + settings.getShutdownTimeout());
            stopped.interrupt();
            try {
                ended = stopped.awaitEnd(INTERRUPT_GRACE);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (!ended) {
            stopped.abandon().forEach(thread -> {
                IllegalStateException trace = new IllegalStateException("thread=" + thread.name());
                trace.setStackTrace(thread.stackTrace());
                LOG.error("listener ignores its interruption, its thread is left to itself: id=" + id, trace);
            });
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes no further elements until {@link #resume}; roles are kept. A stop ends the pause. */
    public void pause() {
        setPauseRequested(true);
    }

    /** Ends a pause. Without effect when there is none. */
    public void resume() {
        setPauseRequested(false);
    }

    private void setPauseRequested(boolean pause) {
        ConsumerGroup current;
        lock.lock();
        try {
            pauseRequested = pause;
            current = group;
        } finally {
            lock.unlock();
        }
        if (current != null) {
            current.requestPause(pause);
        }
    }

    /** Whether a pause was asked for; threads may still be inside the listener. */
    public boolean isPauseRequested() {
        return pauseRequested;
    }

    /** Whether a pause was asked for and no thread is inside the listener any more. */
    public boolean isPaused() {
        return state == ContainerState.PAUSED;
    }

    private @Nullable DeadLetters deadLetters() {
        return DeadLetters.of(id, settings, registry, template);
    }

    /** Looks at the present group and publishes what has changed. Called by whoever changed it, without a lock. */
    private void refresh() {
        boolean again = false;
        lock.lock();
        try {
            ConsumerGroup current = group;
            if (current == null || starting) {
                return;
            }
            Collection<ChannelListenerEvent> events = untold;
            ContainerState before = state;
            ContainerState now = current.state();
            state = now;
            if (!startedPublished && (now == ContainerState.RUNNING || now == ContainerState.PAUSED)) {
                startedPublished = true;
                events.add(new ChannelListenerStartedEvent(this, id));
            }
            if (now == ContainerState.PAUSED && before != now) {
                events.add(new ChannelListenerPausedEvent(this, id));
            }
            if (before == ContainerState.PAUSED && (now == ContainerState.RUNNING || now == ContainerState.STARTING)) {
                events.add(new ChannelListenerResumedEvent(this, id));
            }
            addStopped(current, events);
            again = startingAgain && current.isOver();
            startingAgain &= !again;
        } finally {
            lock.unlock();
        }
        tell(List.of());
        if (again) {
            startAgain();
        }
    }

    private void startAgain() {
        try {
            start();
        } catch (RuntimeException | Error e) {
            LOG.error("listener was to start again and cannot: id=" + id + ", channels=" + channels, e);
        }
    }

    /**
     * Publishes events behind those that are untold. A thread that finds another one at it, or is at it itself in a listener
     * to an event, leaves them to that: nobody waits for code of others here.
     */
    private void tell(List<ChannelListenerEvent> events) {
        ChannelListenerEvent next = nextUntold(events, false);
        while (next != null) {
            publish(next);
            next = nextUntold(List.of(), true);
        }
    }

    private @Nullable ChannelListenerEvent nextUntold(List<ChannelListenerEvent> events, boolean ours) {
        lock.lock();
        try {
            untold.addAll(events);
            if (telling && !ours) {
                return null;
            }
            telling = !untold.isEmpty();
            return untold.poll();
        } finally {
            lock.unlock();
        }
    }

    private void addStopped(ConsumerGroup current, Collection<ChannelListenerEvent> events) {
        if (!current.isOver() || stoppedPublished) {
            return;
        }
        stoppedPublished = true;
        Throwable failure = current.failure();
        ChannelListenerStoppedEvent.Reason reason;
        if (failure != null) {
            reason = ChannelListenerStoppedEvent.Reason.ERROR;
            lastError.set(ListenerError.of(failure));
            UserCode.logFault(LOG, "listener failed and does not consume any more: id=" + id + ", channels=" + channels,
                    failure);
        } else if (current.isAbandoned()) {
            reason = ChannelListenerStoppedEvent.Reason.ABNORMAL;
        } else {
            reason = stopReason == null ? ChannelListenerStoppedEvent.Reason.EXHAUSTED : stopReason;
        }
        events.add(new ChannelListenerStoppedEvent(this, id, reason, failure));
    }

    private void publish(ChannelListenerEvent event) {
        ApplicationEventPublisher target = publisher;
        if (target == null) {
            return;
        }
        Throwable thrown = UserCode.run(() -> target.publishEvent(event));
        if (thrown != null) {
            UserCode.logFault(LOG, "event could not be published: event=" + event, thrown);
        }
    }

    @Override
    public String toString() {
        return "ChannelListenerContainer[id=" + id + ", channels=" + channels + ", state=" + state + "]";
    }
}

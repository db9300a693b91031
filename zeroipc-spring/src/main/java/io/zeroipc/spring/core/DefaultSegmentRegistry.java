package io.zeroipc.spring.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationEventPublisherAware;

import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.spring.event.SegmentEvent;

/**
 * The registry of a context. Publishes {@link SegmentEvent}s there. Closes, when it is closed itself, whatever it opened; a bean that closes a segment earlier
 * does no harm.
 */
public final class DefaultSegmentRegistry implements SegmentRegistry, ApplicationEventPublisherAware, AutoCloseable {

    private static final Log LOG = LogFactory.getLog(DefaultSegmentRegistry.class);

    private final @Nullable String configuredPrimary;
    /** Guarded by itself; in the order of declaration. */
    private final Map<String, SegmentSlot> slots = Collections.synchronizedMap(new LinkedHashMap<>());
    private final List<SegmentRegistryListener> listeners = new CopyOnWriteArrayList<>();
    /** Counters outlive the segments that they are about: a counter that goes back would be taken for a restart. */
    private final Map<ChannelName, ChannelOperations> operations = new ConcurrentHashMap<>();

    private final ParticipantWatch participants = new ParticipantWatch(this, this::publish);
    private final SegmentWatch watch = new SegmentWatch(this::snapshot, participants);
    private volatile @Nullable ApplicationEventPublisher publisher;

    public DefaultSegmentRegistry() {
        this(List.of(), null);
    }

    /**
     * @param definitions the declared segments; none is opened now
     * @param primarySegment the segment of names without one; null for the only one there is
     */
    public DefaultSegmentRegistry(Collection<SegmentDefinition> definitions, @Nullable String primarySegment) {
        definitions.forEach(this::define);
        this.configuredPrimary = primarySegment;
    }

    @Override
    public Set<String> names() {
        synchronized (slots) {
            return Collections.unmodifiableSet(new LinkedHashSet<>(slots.keySet()));
        }
    }

    @Override
    public Optional<SegmentDefinition> definition(String name) {
        return Optional.ofNullable(slots.get(name)).map(SegmentSlot::definition);
    }

    @Override
    public Optional<Segment> find(String name) {
        return Optional.ofNullable(slots.get(name)).map(SegmentSlot::current);
    }

    @Override
    public Segment get(String name) {
        return opened(requireSlot(name, name).segment(true));
    }

    @Override
    public Segment tryGet(String name) {
        return opened(requireSlot(name, name).segment(false));
    }

    @Override
    public Optional<Structure> findStructure(ChannelName channel) {
        return Optional.ofNullable(slots.get(channel.segment())).map(slot -> slot.findStructure(channel.structure()));
    }

    @Override
    public Structure structure(ChannelName channel) {
        return structure(channel, true);
    }

    @Override
    public Structure tryStructure(ChannelName channel) {
        return structure(channel, false);
    }

    private Structure structure(ChannelName channel, boolean patient) {
        Structure structure = requireSlot(channel.segment(), channel.toString()).structure(channel.structure(),
                patient);
        if (structure == null) {
            throw unknown(channel.toString());
        }
        return opened(structure);
    }

    private <T> T opened(T what) {
        watch.start();
        return what;
    }

    @Override
    public ChannelOperations operations(ChannelName channel) {
        return operations.computeIfAbsent(channel, _ -> new ChannelOperations());
    }

    @Override
    public boolean isKnown(ChannelName channel) {
        SegmentSlot slot = slots.get(channel.segment());
        return slot != null && slot.knows(channel.structure());
    }

    @Override
    public ChannelName channel(String text) {
        return channel(text, null);
    }

    @Override
    public ChannelName channel(String text, @Nullable String segment) {
        if (!ChannelName.isShort(text)) {
            try {
                return ChannelName.parse(text);
            } catch (IllegalArgumentException e) {
                throw UnknownChannelException.of(text, "channel name is incomplete", channels());
            }
        }
        String owner = segment != null && !segment.isEmpty() ? segment : primarySegment().orElse(null);
        if (owner == null || text.isEmpty()) {
            throw UnknownChannelException.of(text,
                    "channel names no segment and there is no primary one among " + names(), channels());
        }
        return new ChannelName(owner, text);
    }

    @Override
    public Optional<ChannelName> nameOf(Structure structure) {
        for (SegmentSlot slot : snapshot()) {
            if (slot.owns(structure.segment())) {
                return Optional.of(new ChannelName(slot.name(), slot.nameOfEntry(structure.name())));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> primarySegment() {
        if (configuredPrimary != null) {
            return Optional.of(configuredPrimary);
        }
        synchronized (slots) {
            return slots.size() == 1 ? slots.keySet().stream().findFirst() : Optional.empty();
        }
    }

    @Override
    public void register(String name, Segment segment) {
        SegmentSlot slot = new SegmentSlot(name, null, segment, listeners);
        synchronized (slots) {
            SegmentSlot existing = slots.get(name);
            if (existing != null) {
                if (existing.owns(segment)) {
                    return;
                }
                throw new IllegalStateException("segment name is taken: name=" + name + ", segment=" + segment
                        + " (expected: another name, or remove the first one)");
            }
            slots.put(name, slot);
        }
        watch.start();
        SegmentSlot.tell(listeners, listener -> listener.segmentAdded(name, segment));
    }

    @Override
    public void define(SegmentDefinition definition) {
        synchronized (slots) {
            SegmentSlot existing = slots.get(definition.name());
            if (existing != null && existing.current() != null) {
                throw new IllegalStateException("segment is open already: name=" + definition.name()
                        + " (expected: definitions before the first use, or remove the open one)");
            }
            slots.put(definition.name(), new SegmentSlot(definition.name(), definition, null, listeners));
        }
    }

    @Override
    public boolean remove(String name) {
        SegmentSlot slot = slots.remove(name);
        if (slot == null) {
            return false;
        }
        Segment current = slot.current();
        if (current != null) {
            SegmentSlot.tell(listeners, listener -> listener.segmentRemoved(name, current));
        }
        return true;
    }

    @Override
    public boolean isDetached(String name) {
        SegmentSlot slot = slots.get(name);
        return slot != null && slot.isDetached();
    }

    @Override
    public List<StuckStructure> stuck() {
        return watch.stuck();
    }

    @Override
    public SegmentRecoveries recoveries(String name) {
        return participants.recoveries(name);
    }

    @Override
    public void setApplicationEventPublisher(ApplicationEventPublisher applicationEventPublisher) {
        this.publisher = applicationEventPublisher;
    }

    private void publish(SegmentEvent event) {
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
    public boolean isReattaching(String name) {
        return definition(name).map(SegmentDefinition::onReplaced).orElse(OnReplaced.FAIL) == OnReplaced.REATTACH;
    }

    @Override
    public void addListener(SegmentRegistryListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(SegmentRegistryListener listener) {
        listeners.remove(listener);
    }

    /** Closes the segments that were opened here. */
    @Override
    public void close() {
        watch.close();
        snapshot().reversed().forEach(SegmentSlot::close);
    }

    private SegmentSlot requireSlot(String segment, String asked) {
        SegmentSlot slot = slots.get(segment);
        if (slot == null) {
            throw unknown(asked);
        }
        return slot;
    }

    private UnknownChannelException unknown(String asked) {
        if (ChannelName.isShort(asked)) {
            return UnknownChannelException.of(asked, "segment is unknown", names());
        }
        return UnknownChannelException.of(asked, "channel is unknown", channels());
    }

    private List<String> channels() {
        List<String> result = new ArrayList<>();
        for (SegmentSlot slot : snapshot()) {
            slot.structureNames().forEach(structure -> result.add(new ChannelName(slot.name(), structure).toString()));
        }
        return result;
    }

    private List<SegmentSlot> snapshot() {
        synchronized (slots) {
            return List.copyOf(slots.values());
        }
    }
}

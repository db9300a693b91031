package io.zeroipc.spring.core;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Structure;
import io.zeroipc.wait.Deadline;

/**
 * One name in the registry: the segment behind it now, and those before.
 *
 * <p>
 * The first segment stays open to the end, so that structures which were injected go on saying that they are detached.
 * Of the later ones, one is kept beside the present one, because threads may still be inside it; older ones are closed,
 * or a peer that restarts often would fill the memory with files that nobody can see.
 */
final class SegmentSlot {

    private static final Log LOG = LogFactory.getLog(SegmentSlot.class);

    private final String name;
    private final @Nullable SegmentDefinition definition;
    private final List<SegmentRegistryListener> listeners;
    private final boolean foreign;
    /** Held while opening; readers of {@link #current} do without. */
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Structure> structures = new ConcurrentHashMap<>();

    private volatile @Nullable Segment current;
    private volatile @Nullable Segment first;
    private volatile @Nullable Segment retired;
    private boolean closed;

    SegmentSlot(String name, @Nullable SegmentDefinition definition, @Nullable Segment opened,
            List<SegmentRegistryListener> listeners) {
        this.name = name;
        this.definition = definition;
        this.listeners = listeners;
        this.foreign = opened != null;
        this.current = opened;
        this.first = opened;
    }

    String name() {
        return name;
    }

    @Nullable
    SegmentDefinition definition() {
        return definition;
    }

    @Nullable
    Segment current() {
        return current;
    }

    boolean owns(Segment segment) {
        return segment == current || segment == first || segment == retired;
    }

    boolean isDetached() {
        Segment segment = current;
        return segment != null && isDetached(segment);
    }

    /** Names that can be looked up here: declared ones first, then what was opened in code. */
    Set<String> structureNames() {
        Set<String> names = new LinkedHashSet<>();
        if (definition != null) {
            names.addAll(definition.structures().keySet());
        }
        Segment segment = current;
        if (segment != null) {
            segment.opened().keySet().stream().map(this::nameOfEntry).sorted().forEach(names::add);
        }
        return names;
    }

    String nameOfEntry(String entryName) {
        if (definition != null) {
            for (StructureDefinition structure : definition.structures().values()) {
                if (structure.entryName().equals(entryName)) {
                    return structure.name();
                }
            }
        }
        return entryName;
    }

    Segment segment(boolean patient) {
        Segment before;
        Segment now;
        lock.lock();
        try {
            before = current;
            if (before == null) {
                now = openFirst(patient);
            } else if (definition != null && definition.onReplaced() == OnReplaced.REATTACH && isDetached(before)) {
                now = openAgain(definition, before);
            } else {
                return before;
            }
        } finally {
            lock.unlock();
        }
        if (before != null) {
            listeners.forEach(listener -> listener.segmentRemoved(name, before));
        }
        listeners.forEach(listener -> listener.segmentAdded(name, now));
        return now;
    }

    @Nullable
    Structure findStructure(String structure) {
        Segment segment = current;
        Structure known = structures.get(structure);
        if (known != null && known.segment() == segment) {
            return known;
        }
        return segment == null ? null : openedInCode(segment, structure);
    }

    /** The structure, or null when neither the definition nor the open segment knows it. */
    @Nullable
    Structure structure(String structure, boolean patient) {
        Segment segment = segment(patient);
        Structure opened;
        lock.lock();
        try {
            Structure known = structures.get(structure);
            if (known != null && known.segment() == segment) {
                return known;
            }
            StructureDefinition declared = definition == null ? null : definition.structures().get(structure);
            opened = openedInCode(segment, structure);
            if (opened == null && declared != null) {
                opened = waiting(patient, () -> segment == first
                        ? declared.openIn(segment)
                        : declared.openAgainIn(
                                segment));
            }
            if (opened == null) {
                return null;
            }
            structures.put(structure, opened);
        } finally {
            lock.unlock();
        }
        for (SegmentRegistryListener listener : listeners) {
            listener.structureAdded(new ChannelName(name, structure), opened);
        }
        return opened;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            if (foreign) {
                return;
            }
            for (Segment segment : new Segment[] {retired, first, current}) {
                if (segment != null) {
                    segment.close();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Structure openedInCode(Segment segment, String structure) {
        StructureDefinition declared = definition == null ? null : definition.structures().get(structure);
        Structure opened = segment.opened().get(declared == null ? structure : declared.entryName());
        return opened != null && (declared == null || declared.kind().equals(opened.kind())) ? opened : null;
    }

    private Segment openFirst(boolean patient) {
        SegmentDefinition declared = requireDefinition();
        Segment opened = waiting(patient, declared::open);
        current = opened;
        first = opened;
        LOG.info("segment " + (opened.isCreated() ? "created" : "opened") + ": segment=" + name + ", path="
                + opened.path() + ", bytes=" + opened.byteSize());
        return opened;
    }

    private Segment openAgain(SegmentDefinition declared, Segment old) {
        requireOpen();
        Segment opened = declared.openAgain();
        Segment outdated = retired;
        if (outdated != null) {
            outdated.close();
        }
        retired = old == first ? null : old;
        current = opened;
        structures.clear();
        LOG.info("segment was replaced by another process and is attached again: segment=" + name + ", path="
                + opened.path());
        return opened;
    }

    /** Tries until it works or the timeout of the definition is over, where its policy is to wait. */
    private <T> T waiting(boolean patient, Supplier<T> attempt) {
        requireOpen();
        SegmentDefinition declared = requireDefinition();
        boolean retry = patient && declared.startupFailurePolicy() == StartupFailurePolicy.RETRY;
        Deadline deadline = retry ? Deadline.after(declared.openTimeout()) : Deadline.after(Duration.ZERO);
        while (true) {
            try {
                return attempt.get();
            } catch (SegmentNotFoundException | StructureNotFoundException e) {
                if (deadline.expired()) {
                    throw e;
                }
                try {
                    TimeUnit.NANOSECONDS.sleep(
                            Math.min(deadline.remainingNanos(), declared.openRetryInterval().toNanos()));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    private SegmentDefinition requireDefinition() {
        if (definition == null) {
            throw new IllegalStateException("segment was opened in code and is gone: segment=" + name);
        }
        return definition;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("segments are closed: segment=" + name);
        }
    }

    private static boolean isDetached(Segment segment) {
        if (segment.attachment().isDetached()) {
            return true;
        }
        if (!segment.attachment().isReadable()) {
            return false;
        }
        try {
            segment.verify();
            return false;
        } catch (SegmentDetachedException e) {
            return true;
        } catch (IllegalStateException e) {
            // Closed at this moment.
            return false;
        }
    }
}

package io.zeroipc.spring.core;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
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
 * One name in the registry, and the segment behind it now. One whose file was replaced is closed as soon as there is another:
 * threads that are inside finish there, and whoever holds on to its structures goes on hearing that they are detached.
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

    /** The present segment and those before it that somebody may still hold a structure of. */
    private final Set<
            Segment> generations = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
    /** Names of declared structures by the names of their entries. */
    private final Map<String, String> declaredNames = new HashMap<>();
    /** What is still to be told to the listeners, in the order in which it happened. */
    private final Queue<Consumer<SegmentRegistryListener>> changes = new ConcurrentLinkedQueue<>();
    /** Held by the one thread that tells. */
    private final ReentrantLock telling = new ReentrantLock();

    private volatile @Nullable Segment current;
    /** A moment before the present segment was opened here. */
    private volatile Instant opening = Instant.now();
    private boolean attachedAgain;
    private boolean closed;

    SegmentSlot(String name, @Nullable SegmentDefinition definition, @Nullable Segment opened,
            List<SegmentRegistryListener> listeners) {
        this.name = name;
        this.definition = definition;
        this.listeners = listeners;
        this.foreign = opened != null;
        if (definition != null) {
            definition.structures().forEach((key, structure) -> declaredNames.putIfAbsent(structure.entryName(), key));
        }
        if (opened != null) {
            generations.add(opened);
        }
        this.current = opened;
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
        return generations.contains(segment);
    }

    boolean isDetached() {
        Segment segment = current;
        return segment != null && isDetached(segment);
    }

    /** Looks for a file that is gone: from then on all operations fail. Told once, unless the next file is to be told anyway. */
    void noticeDetachment() {
        Segment segment = current;
        if (segment != null && !segment.attachment().isDetached() && isDetached(segment) && !isReattaching()) {
            LOG.warn("file of a segment is no longer the one that is mapped: segment=" + name + ", path="
                    + segment.path()
                    + " (what was written there of late has reached nobody; everything in it fails from now on)");
        }
    }

    void lookAtParticipants(ParticipantWatch watch) {
        Segment segment = current;
        if (segment != null && !segment.attachment().isDetached()) {
            watch.look(name, segment, opening);
        }
    }

    private boolean isReattaching() {
        return definition != null && definition.onReplaced() == OnReplaced.REATTACH;
    }

    /** What is open here, by its name in this application. */
    Map<ChannelName, Structure> openStructures() {
        Segment segment = current;
        if (segment == null || segment.attachment().isDetached()) {
            return Map.of();
        }
        Map<ChannelName, Structure> open = new HashMap<>();
        segment.opened().forEach((entry, structure) -> open.put(new ChannelName(name, nameOfEntry(entry)), structure));
        return open;
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

    /** Whether a name can be looked up here. */
    boolean knows(String structure) {
        return (definition != null && definition.structures().containsKey(structure)) || isOpenedInCode(structure);
    }

    private boolean isOpenedInCode(String structure) {
        Segment segment = current;
        return segment != null && segment.opened().containsKey(structure) && nameOfEntry(structure).equals(structure);
    }

    String nameOfEntry(String entryName) {
        return declaredNames.getOrDefault(entryName, entryName);
    }

    /** @param patient whether to wait for one that was never open, where the policy says so */
    Segment segment(boolean patient) {
        return waiting(patient, this::segment, e -> e instanceof SegmentNotFoundException && current == null);
    }

    private Segment segment() {
        Segment before;
        Segment now;
        lock.lock();
        try {
            before = current;
            if (before == null) {
                now = openFirst();
            } else if (isReattaching() && isDetached(before)) {
                now = openAgain(requireDefinition());
                changes.add(listener -> listener.segmentRemoved(name, before));
            } else {
                return before;
            }
            changes.add(listener -> listener.segmentAdded(name, now));
        } finally {
            lock.unlock();
        }
        if (before != null) {
            before.close();
        }
        tell();
        return now;
    }

    /** Tells what has happened, in order, and by one thread at a time: others leave their part to it. */
    private void tell() {
        while (!changes.isEmpty() && !telling.isHeldByCurrentThread() && telling.tryLock()) {
            try {
                Consumer<SegmentRegistryListener> change = changes.poll();
                while (change != null) {
                    tell(listeners, change);
                    change = changes.poll();
                }
            } finally {
                telling.unlock();
            }
        }
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
        segment(patient);
        return this.<@Nullable Structure>waiting(patient, () -> structure(structure),
                StructureNotFoundException.class::isInstance);
    }

    private @Nullable Structure structure(String structure) {
        Segment segment = segment();
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
                requireOpen();
                opened = attachedAgain ? declared.openAgainIn(segment) : declared.openIn(segment);
            }
            if (opened == null) {
                return null;
            }
            structures.put(structure, opened);
            Structure added = opened;
            changes.add(listener -> listener.structureAdded(new ChannelName(name, structure), added));
        } finally {
            lock.unlock();
        }
        tell();
        return opened;
    }

    /** Listeners are code of the application, and most often are told by somebody who wants something else. */
    static void tell(List<SegmentRegistryListener> listeners, Consumer<SegmentRegistryListener> event) {
        for (SegmentRegistryListener listener : listeners) {
            Throwable thrown = UserCode.run(() -> event.accept(listener));
            if (thrown != null) {
                UserCode.logFault(LOG, "listener of the segment registry failed: listener="
                        + listener.getClass().getName(), thrown);
            }
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            Segment segment = current;
            if (segment != null && !foreign) {
                segment.close();
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Structure openedInCode(Segment segment, String structure) {
        StructureDefinition declared = definition == null ? null : definition.structures().get(structure);
        Structure opened = segment.opened().get(declared == null ? structure : declared.entryName());
        return opened != null && (declared == null || declared.isAsCreated() || declared.kind().equals(opened.kind()))
                ? opened
                : null;
    }

    private Segment openFirst() {
        requireOpen();
        opening = Instant.now();
        Segment opened = requireDefinition().open();
        generations.add(opened);
        current = opened;
        LOG.info("segment " + (opened.isCreated() ? "created" : "opened") + ": segment=" + name + ", path="
                + opened.path() + ", bytes=" + opened.byteSize());
        return opened;
    }

    private Segment openAgain(SegmentDefinition declared) {
        requireOpen();
        opening = Instant.now();
        Segment opened = declared.openAgain();
        generations.add(opened);
        current = opened;
        attachedAgain = true;
        structures.clear();
        LOG.info("segment was replaced by another process and is attached again: segment=" + name + ", path="
                + opened.path());
        return opened;
    }

    /**
     * Tries until it works or the timeout of the definition is over, where its policy is to wait. Waits without the lock:
     * what is open already is used by others meanwhile.
     *
     * @param isAwaited whether a failure may be over in a moment
     */
    private <T extends @Nullable Object> T waiting(boolean patient, Supplier<T> attempt,
            Predicate<RuntimeException> isAwaited) {
        SegmentDefinition declared = definition;
        if (!patient || declared == null || declared.startupFailurePolicy() != StartupFailurePolicy.RETRY) {
            return attempt.get();
        }
        Deadline deadline = Deadline.after(declared.openTimeout());
        while (true) {
            try {
                return attempt.get();
            } catch (SegmentNotFoundException | StructureNotFoundException e) {
                if (!isAwaited.test(e) || deadline.expired()) {
                    throw e;
                }
                try {
                    pause(Math.min(deadline.remainingNanos(), declared.openRetryInterval().toNanos()));
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw e;
                }
            }
        }
    }

    /**
     * Sleeps in a way that a context can end. When it is closed while it starts, by a signal to the process for example, it
     * interrupts the thread that starts it if that waits for something, and not if it sleeps for a time.
     */
    private static void pause(long nanos) throws InterruptedException {
        try {
            new CompletableFuture<@Nullable Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
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

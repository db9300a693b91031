package io.zeroipc.inspect;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.Shape;
import io.zeroipc.codec.Codec;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.segment.OnConsumerDeath;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedRwLock;
import io.zeroipc.sync.SharedSemaphore;

/** Every kind of structure this library knows, one line each. */
public final class Catalog {

    private static final String ON_CONSUMER_DEATH = "on-consumer-death";

    private static final List<StructureType> TYPES = List.of(
            new StructureType(SharedArray.KIND, SharedArray.class, SharedArray.PROBE, Set.of(Declaration.SHAPE),
                    Catalog::array),
            new StructureType(SharedQueue.KIND, SharedQueue.class, SharedQueue.PROBE, Set.of(ON_CONSUMER_DEATH),
                    declared -> SharedQueue.spec(declared.requireElement(), declared.intCapacity(),
                            onConsumerDeath(declared))),
            new StructureType(SharedStack.KIND, SharedStack.class, SharedStack.PROBE, Set.of(),
                    declared -> SharedStack.spec(declared.requireElement(), declared.intCapacity())),
            new StructureType(SharedPool.KIND, SharedPool.class, SharedPool.PROBE, Set.of(),
                    declared -> SharedPool.spec(declared.requireElement(), declared.intCapacity())),
            new StructureType(SharedSet.KIND, SharedSet.class, SharedSet.PROBE, Set.of(),
                    declared -> SharedSet.spec(declared.requireElement(), declared.intCapacity())),
            new StructureType(SharedMap.KIND, SharedMap.class, SharedMap.PROBE, Set.of("key"),
                    declared -> SharedMap.spec(declared.codecOption("key"), declared.requireElement(),
                            declared.intCapacity())),
            new StructureType(SharedRing.KIND, SharedRing.class, SharedRing.PROBE, Set.of("overwrite"),
                    declared -> SharedRing.spec(declared.requireElement(), declared.capacity(),
                            declared.booleanOption("overwrite", false))),
            new StructureType(SharedState.KIND, SharedState.class, SharedState.PROBE, Set.of("slots"),
                    Catalog::state),
            new StructureType(SharedChannel.KIND, SharedChannel.class, SharedChannel.PROBE,
                    Set.of("unbuffered", ON_CONSUMER_DEATH),
                    Catalog::channel),
            new StructureType(SharedSignal.KIND, SharedSignal.class, SharedSignal.PROBE, Set.of(),
                    declared -> single(declared, SharedSignal.spec(declared.requireElement()))),
            new StructureType(SharedFuture.KIND, SharedFuture.class, SharedFuture.PROBE, Set.of(),
                    declared -> single(declared, SharedFuture.spec(declared.requireElement()))),
            new StructureType(SharedLazy.KIND, SharedLazy.class, SharedLazy.PROBE, Set.of(),
                    declared -> single(declared, SharedLazy.spec(declared.requireElement()))),
            new StructureType(SharedStream.KIND, SharedStream.class, SharedStream.PROBE, Set.of("mode"),
                    Catalog::stream),
            new StructureType(SharedEventStream.KIND, SharedEventStream.class, SharedEventStream.PROBE, Set.of(),
                    declared -> declared.requireNoCapacity(SharedEventStream.spec())),
            new StructureType(SharedTopic.KIND, SharedTopic.class, SharedTopic.PROBE, Set.of("chunk-size"),
                    declared -> SharedTopic.spec(declared.requireNoElement().intCapacity(),
                            declared.sizeOption("chunk-size", 0))),
            new StructureType(SharedSemaphore.KIND, SharedSemaphore.class, SharedSemaphore.PROBE, Set.of("max"),
                    declared -> SharedSemaphore.spec(declared.requireNoElement().intCapacity(),
                            declared.intOption("max", 0))),
            new StructureType(SharedMutex.KIND, SharedMutex.class, SharedMutex.PROBE, Set.of(),
                    declared -> declared.requireNoCapacity(SharedMutex.spec())),
            new StructureType(SharedLatch.KIND, SharedLatch.class, SharedLatch.PROBE, Set.of(),
                    declared -> SharedLatch.spec(declared.requireNoElement().intCapacity())),
            new StructureType(SharedBarrier.KIND, SharedBarrier.class, SharedBarrier.PROBE, Set.of(),
                    declared -> SharedBarrier.spec(declared.requireNoElement().intCapacity())),
            new StructureType(SharedOnce.KIND, SharedOnce.class, SharedOnce.PROBE, Set.of(),
                    declared -> declared.requireNoCapacity(SharedOnce.spec())),
            new StructureType(SharedEvent.KIND, SharedEvent.class, SharedEvent.PROBE, Set.of("mode"),
                    declared -> declared.requireNoCapacity(event(declared.options().get("mode")))),
            new StructureType(SharedCounter.KIND, SharedCounter.class, SharedCounter.PROBE, Set.of("width"),
                    declared -> declared.requireNoCapacity(SharedCounter.spec(declared.intOption("width", 0)))),
            new StructureType(SharedRwLock.KIND, SharedRwLock.class, SharedRwLock.PROBE, Set.of(),
                    declared -> declared.requireNoCapacity(SharedRwLock.spec())),
            new StructureType(SharedMonitor.KIND, SharedMonitor.class, SharedMonitor.PROBE, Set.of(),
                    declared -> declared.requireNoCapacity(SharedMonitor.spec())));

    private Catalog() {
    }

    public static List<StructureType> types() {
        return TYPES;
    }

    /** The type with this label, in any case. */
    public static Optional<StructureType> find(String label) {
        String wanted = label.toLowerCase(Locale.ROOT);
        return TYPES.stream().filter(type -> type.kind().label().equals(wanted)).findFirst();
    }

    /** The labels, in the order of the catalogue: for messages. */
    public static List<String> labels() {
        return TYPES.stream().map(type -> type.kind().label()).toList();
    }

    /** The labels of the structures that are of this type as well, such as a source, sorted: for messages. */
    public static List<String> labels(Class<? extends Structure> facet) {
        return TYPES.stream()
                .filter(type -> facet.isAssignableFrom(type.structureClass()))
                .map(type -> type.kind().label())
                .sorted()
                .toList();
    }

    private static Spec<?> array(Declaration declared) {
        Codec<?> element = declared.requireElement();
        Shape shape = declared.shapeOption();
        if (shape != null && declared.capacity() != 0 && declared.capacity() != shape.count()) {
            throw new IllegalArgumentException("array has a capacity that is not that of its shape: capacity="
                    + declared.capacity() + ", shape=" + shape + " (expected: " + shape.count()
                    + ", or the shape alone)");
        }
        return shape == null ? SharedArray.spec(element, declared.capacity()) : SharedArray.spec(element, shape);
    }

    private static Spec<?> state(Declaration declared) {
        if (declared.capacity() != 0) {
            throw new IllegalArgumentException("state holds one value and has no capacity: capacity="
                    + declared.capacity() + " (expected: none; its option slots is something else)");
        }
        return SharedState.spec(declared.requireElement(), declared.intOption("slots", 0));
    }

    /** A spec of a kind that holds one value. */
    private static Spec<?> single(Declaration declared, Spec<?> spec) {
        if (declared.capacity() != 0) {
            throw new IllegalArgumentException(spec.kind() + " holds one value and has no capacity: capacity="
                    + declared.capacity() + " (expected: none)");
        }
        return spec;
    }

    /** Opens either kind unless one is asked for; to create, one must be. */
    private static Spec<?> channel(Declaration declared) {
        Codec<?> element = declared.requireElement();
        if (declared.booleanOption("unbuffered", false)) {
            if (declared.capacity() != 0) {
                throw new IllegalArgumentException("channel has a capacity and is unbuffered: capacity="
                        + declared.capacity() + ", unbuffered=true (expected: one of them)");
            }
            if (declared.options().containsKey(ON_CONSUMER_DEATH)) {
                throw new IllegalArgumentException("channel is unbuffered and holds no elements: " + ON_CONSUMER_DEATH
                        + "="
                        + declared.options().get(ON_CONSUMER_DEATH) + ", unbuffered=true (expected: one of them)");
            }
            return SharedChannel.unbuffered(element);
        }
        return declared.capacity() == 0
                ? SharedChannel.openSpec(element, onConsumerDeath(declared))
                : SharedChannel.spec(element, declared.intCapacity(), onConsumerDeath(declared));
    }

    private static OnConsumerDeath onConsumerDeath(Declaration declared) {
        String policy = declared.options().get(ON_CONSUMER_DEATH);
        return policy == null ? OnConsumerDeath.DROP : OnConsumerDeath.ofName(policy);
    }

    /** Opens either mode unless one is asked for; creates a competing one then, as C++ does. */
    private static Spec<?> stream(Declaration declared) {
        String mode = declared.options().get("mode");
        Codec<?> element = declared.requireElement();
        return mode == null && declared.capacity() == 0
                ? SharedStream.spec(element)
                : SharedStream.spec(element, declared.intCapacity(),
                        mode == null ? SharedStream.Mode.COMPETING : SharedStream.Mode.ofName(mode));
    }

    private static Spec<?> event(@Nullable String mode) {
        return mode == null ? SharedEvent.spec() : SharedEvent.spec(SharedEvent.Mode.ofName(mode));
    }
}

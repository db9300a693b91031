package io.zeroipc.fuzz;

import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.StreamView;
import io.zeroipc.segment.Attachment;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.EventCounts;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedCounter;

/**
 * Every public operation of a structure, and of everything that these hand out, in an order by chance. Found by reflection,
 * so that an operation that is added is called, too; one whose parameters have no rule in {@link Arguments} fails the run.
 */
final class Walk {

    /** Of one class: views make views. */
    private static final int ACTORS_MAX = 2;
    /** More than a walk takes without giving it back. */
    private static final int LOCKS_MAX = 5;
    /** What is sent to topics, which have no codec. */
    private static final Codec<?> MESSAGES = Codecs.bytes(20);
    private static final Set<
            String> NOT_CALLED = Set.of("getClass", "hashCode", "equals", "notify", "notifyAll", "wait",
                    "segment", "kind", "name");
    /** What ends an object comes late: behind it everything else is refused. */
    private static final Set<String> ENDING = Set.of("close", "releaseRoles");

    /** The operations of a class, in a fixed order: reflection has none. */
    private static final Map<Class<?>, List<Operation>> OPERATIONS = new ConcurrentHashMap<>();

    /**
     * A public method.
     *
     * @param step what reports call it
     * @param interruptible whether it ends when it is interrupted
     * @param untimed whether it may last until then
     */
    private record Operation(Method method, String step, boolean interruptible, boolean untimed) {

        static Operation of(Class<?> type, Method method) {
            boolean interruptible = List.of(method.getExceptionTypes()).contains(InterruptedException.class);
            boolean timed = List.of(method.getParameterTypes()).contains(Duration.class);
            return new Operation(method, label(type) + "." + signature(method), interruptible,
                    interruptible && !timed);
        }

        String name() {
            return method.getName();
        }

        boolean declares(Throwable error) {
            return Arrays.stream(method.getExceptionTypes()).anyMatch(each -> each.isInstance(error));
        }
    }

    private record Call(Actor actor, Operation operation) {}

    private final Steps steps;
    private final RandomGenerator random;
    private final Mischief mischief;
    private final Runnable between;
    private final Arguments arguments;
    private final Segment segment;

    private final List<Actor> actors = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<AutoCloseable> subscriptions = new ArrayList<>();
    private int called;

    /** @param between what happens before each operation */
    Walk(Steps steps, RandomGenerator random, Mischief mischief, Segment segment, Runnable between) {
        this.steps = steps;
        this.random = random;
        this.mischief = mischief;
        this.segment = segment;
        this.between = between;
        this.arguments = new Arguments(random, mischief, this::another);
    }

    /** One more object. */
    void add(Object self, @Nullable Codec<?> element, @Nullable Codec<?> key) {
        if (actors.stream().filter(actor -> actor.self().getClass() == self.getClass()).count() == ACTORS_MAX) {
            close(self);
            return;
        }
        Codec<?> taken = self instanceof SharedTopic ? MESSAGES : element;
        Actor actor = new Actor(self, taken, key);
        actors.add(actor);
        for (Operation operation : operations(self.getClass())) {
            if (Arguments.suits(operation.method(), taken)) {
                int at = random.nextInt(calls.size() + 1);
                boolean ending = ENDING.contains(operation.name()) && random.nextInt(16) != 0;
                calls.add(ending ? 0 : at, new Call(actor, operation));
            }
        }
    }

    /** Calls what there is to call, at most so often. */
    void run(int callsMax) {
        for (int i = 0; i < callsMax && !calls.isEmpty() && steps.isPatient(); i++) {
            Call call = calls.removeLast();
            between.run();
            call(call.actor(), call.operation());
            if (random.nextInt(4) == 0 && !ENDING.contains(call.operation().name())) {
                calls.add(random.nextInt(calls.size() + 1), call);
            }
        }
    }

    /** Gives back what is held, in the reverse order. */
    void end() {
        subscriptions.forEach(this::close);
        for (Actor actor : actors.reversed()) {
            if (actor.self() instanceof SharedQueue<?> queue) {
                actor.writes().forEach(claim -> end("SharedQueue.abort(long)", () -> queue.abort(claim)));
                actor.reads().forEach(claim -> end("SharedQueue.release(long)", () -> queue.release(claim)));
            }
            if (actor.self() instanceof GuardedLock lock) {
                for (int i = 0; i < LOCKS_MAX; i++) {
                    end(label(lock.getClass()) + ".unlock()", lock::unlock);
                }
            }
            close(actor.self());
        }
    }

    private void end(String step, Runnable work) {
        steps.run(step, () -> {
            work.run();
            return "";
        });
    }

    private void close(Object self) {
        if (self instanceof AutoCloseable closeable) {
            steps.run(label(self.getClass()) + ".close()", () -> {
                closeable.close();
                return "";
            });
        }
    }

    private void call(Actor actor, Operation operation) {
        Method method = operation.method();
        @Nullable Object @Nullable [] values = arguments.of(actor, method);
        if (values == null) {
            return;
        }
        boolean interrupted = operation.interruptible() && random.nextInt(operation.untimed() ? 2 : 16) == 0;
        Predicate<Throwable> documented = error -> operation.declares(error) || isRefusal(actor, error);
        mischief.begin(called++, operation.untimed());
        Object result = steps.run(operation.step(), operation.untimed(), documented, () -> {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            try {
                return method.invoke(actor.self(), values);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof Exception cause) {
                    throw cause;
                }
                throw (Error) e.getCause();
            }
        });
        mischief.end();
        if (result != null) {
            actor.keepClaim(operation.name(), result);
            requireBounds(operation, values, result);
            keep(actor, operation, result);
        }
    }

    /** A sum that has no room is known only when the foreign value has been read. */
    private static boolean isRefusal(Actor actor, Throwable error) {
        return actor.self() instanceof SharedCounter && error instanceof IllegalArgumentException
                && String.valueOf(error.getMessage()).contains("segment=");
    }

    /** How many there were is never more than how many were asked for. */
    private void requireBounds(Operation operation, @Nullable Object[] values, Object result) {
        for (int i = 0; i < values.length; i++) {
            if (operation.method().getParameters()[i].getName().equals("max") && result instanceof Integer count
                    && values[i] instanceof Integer max) {
                steps.require(operation.step(), count >= 0 && count <= max, result);
            }
        }
    }

    private void keep(Actor actor, Operation operation, Object result) {
        // Lists of elements are no longer elements of the structure.
        boolean same = !(result instanceof StreamView<?> && operation.name().equals("window"));
        Codec<?> element = same ? actor.element() : null;
        switch (result) {
            case MemorySegment memory -> steps.run("touch " + operation.step(), () -> {
                Actor.touch(memory, 0, memory.byteSize());
                return "";
            });
            case CompletableFuture<?> future -> {
                steps.run("CompletableFuture.getNow", () -> String.valueOf(future.getNow(null)));
                future.cancel(true);
            }
            case Flow.Publisher<?> publisher -> follow(operation.step(), publisher);
            case Stream<?> stream -> steps.run("Stream.toList", () -> {
                Thread.currentThread().interrupt();
                try (stream) {
                    return stream.limit(2).toList().size();
                }
            });
            case Structure _,Segment _,Attachment _,EventCount _,EventCounts _,Codec<?> _,Spec<?> _,Record _,Enum<
                    ?> _ -> {
                // Values, and what is here already.
            }
            default -> {
                if (result.getClass().getPackageName().startsWith("io.zeroipc")) {
                    add(result, element, actor.key());
                }
            }
        }
    }

    /** Asks for some elements, until the end. */
    void follow(String name, Flow.Publisher<?> publisher) {
        Listener listener = new Listener(name, steps);
        steps.run("Publisher.subscribe", () -> {
            publisher.subscribe(listener);
            return "";
        });
        subscriptions.add(listener);
    }

    private static final class Listener implements Flow.Subscriber<Object>, AutoCloseable {

        private final String name;
        private final Steps steps;
        private volatile Flow.@Nullable Subscription subscription;
        private volatile boolean closed;

        Listener(String name, Steps steps) {
            this.name = name;
            this.steps = steps;
        }

        @Override
        public void onSubscribe(Flow.Subscription begun) {
            subscription = begun;
            begun.request(3);
            if (closed) {
                begun.cancel();
            }
        }

        @Override
        public void onNext(Object element) {
            // Three are enough.
        }

        @Override
        public void onError(Throwable error) {
            steps.judge(name + ".onError", error);
        }

        @Override
        public void onComplete() {
            // As good as anything else.
        }

        @Override
        public void close() {
            closed = true;
            Flow.Subscription begun = subscription;
            if (begun != null) {
                begun.cancel();
            }
        }
    }

    /** A source to select from, or a stream to derive into; null without any, or when the segment has no room for one. */
    private @Nullable Object another(Class<?> type, Actor asking) {
        for (Actor actor : actors) {
            if (type == Source.class && actor.self() instanceof Source<?> source) {
                return source;
            }
            if (type == SharedStream.class && actor.self() instanceof SharedStream<?> stream
                    && Objects.equals(actor.element(), asking.element())) {
                return steps.run("Segment.create derived", () -> derived(stream, actor));
            }
        }
        return null;
    }

    private <T> SharedStream<?> derived(SharedStream<T> stream, Actor actor) {
        @SuppressWarnings("unchecked") // the codec that this very stream was bound with
        Codec<T> element = (Codec<T>) actor.requireElement();
        return segment.openOrCreate("derived", stream.view().derivedSpec(element, 4, SharedStream.Mode.COMPETING));
    }

    private static List<Operation> operations(Class<?> type) {
        return OPERATIONS.computeIfAbsent(type, _ -> faces(type).flatMap(face -> Arrays.stream(face.getMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isBridge()
                        && !NOT_CALLED.contains(method.getName())
                        && Modifier.isPublic(method.getDeclaringClass().getModifiers()))
                .collect(Collectors.toMap(Walk::signature, method -> method, Walk::narrower, TreeMap::new))
                .values()
                .stream()
                .map(method -> Operation.of(type, method))
                .toList());
    }

    /** The class itself when everybody may call it, and otherwise the interfaces that it is handed out as. */
    private static Stream<Class<?>> faces(Class<?> type) {
        if (Modifier.isPublic(type.getModifiers())) {
            return Stream.of(type);
        }
        return Stream.of(type.getInterfaces());
    }

    private static Method narrower(Method one, Method other) {
        return one.getDeclaringClass().isAssignableFrom(other.getDeclaringClass()) ? other : one;
    }

    /** Of inner classes with that of the outer one: there are several views called Writer. */
    private static String label(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    private static String signature(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }
}

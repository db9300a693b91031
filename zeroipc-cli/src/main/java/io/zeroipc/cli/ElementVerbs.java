package io.zeroipc.cli;

import java.util.List;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedPool;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.wait.Deadline;

/** A hand on what is in a structure: one method for each verb, whatever the kind. */
@SuppressWarnings("unchecked") // elements are made by the codec that the structure was opened with
@Command(addMethodSubcommands = false) // Commands adds those that are needed
abstract class ElementVerbs extends Verbs {

    ElementVerbs(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "push", aliases = {"send", "write"}, mixinStandardHelpOptions = true,
            description = "Sends values to a queue, stack, ring, channel, stream, state or signal.",
            footer = {"  zeroipc push lab alerts 1 2 3",
                    "  zeroipc push lab trades '{\"id\": 2, \"price\": 10.25}' --wait 500"})
    int push(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner,
            @Parameters(index = "2..*", arity = "1..*", paramLabel = "VALUE") List<String> values)
            throws InterruptedException {
        try (Opened opened = which.open()) {
            Sink<Object> sink = as(opened, Sink.class, "takes elements");
            List<Object> elements = values.stream().map(opened::element).toList();
            Outlet<Object> outlet = sink.outlet();
            EventCount room = outlet.departures();
            Deadline deadline = patience.deadline();
            for (int i = 0; i < elements.size(); i++) {
                int attempts = 0;
                while (!outlet.offer(elements.get(i))) {
                    if (outlet.isClosed() || deadline.expired()) {
                        return nothing((outlet.isClosed() ? "closed" : "full") + " after " + i + " of "
                                + elements.size() + " values", manner);
                    }
                    attempts = room == null
                            ? opened.segment().attachment().pause(attempts)
                            : room.pause(deadline, attempts);
                }
            }
            return done(manner);
        }
    }

    @Command(name = "pop", aliases = {"receive", "read"}, mixinStandardHelpOptions = true,
            description = "Takes values from a queue, stack, ring, channel or stream; reads those of a state, signal, "
                    + "overwriting ring or broadcast stream.",
            footer = {"  zeroipc pop lab alerts -n 10", "  zeroipc read lab history --follow --json"})
    int pop(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner,
            @Option(names = {"-n", "--count"}, paramLabel = "N",
                    description = "Values at most; 1 by default, any number with --follow.") @Nullable Integer count,
            @Option(names = {"-f", "--follow"}, description = "Goes on as values come, until it is interrupted, the "
                    + "structure is closed, or nobody reads what is written.") boolean follow)
            throws InterruptedException {
        if (count != null && count < 1) {
            throw new UsageException("number of values makes no sense: --count=" + count + " (expected: 1 or more)");
        }
        if (follow && patience.isGiven()) {
            throw new UsageException("--follow waits for as long as it takes (expected: no --wait, or --count and "
                    + "--wait without --follow)");
        }
        int most = count != null ? count : follow ? Integer.MAX_VALUE : 1;
        try (Opened opened = which.open()) {
            Source<Object> source = as(opened, Source.class, "gives elements");
            Deadline deadline = follow ? Deadline.never() : patience.deadline();
            int taken = 0;
            try (Intake<Object> intake = source.intake(Source.Start.EARLIEST)) {
                int attempts = 0;
                while (taken < most) {
                    Object element = intake.poll();
                    if (element != null) {
                        value(element, manner);
                        taken++;
                        attempts = 0;
                        // Whatever was taken is gone from the structure: it is shown even when this process is killed
                        // while it waits for the next one, and no more is taken when nobody reads it.
                        if (terminal().isGone()) {
                            break;
                        }
                    } else if (intake.isExhausted() || deadline.expired()) {
                        break;
                    } else {
                        attempts = intake.arrivals().pause(deadline, attempts);
                    }
                }
            }
            return taken == 0 ? nothing("nothing there", manner) : ZeroIpc.DONE;
        }
    }

    @Command(name = "get", mixinStandardHelpOptions = true,
            description = "Reads an element of an array by its index, of a map by its key, of a pool by its handle, or "
                    + "the value of any other structure that has one: state, signal, future, lazy, counter, semaphore, "
                    + "latch, barrier, once, event, event stream, mutex. Takes nothing and computes nothing.",
            footer = {"  zeroipc get lab newest", "  zeroipc get lab prices EURUSD"})
    int get(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "INDEX|KEY|HANDLE") @Nullable String at)
            throws InterruptedException {
        try (Opened opened = which.openReadOnly()) {
            Deadline deadline = patience.deadline();
            int attempts = 0;
            Object found = found(opened, at);
            while (found == null && !deadline.expired()) {
                attempts = opened.segment().attachment().pause(attempts);
                found = found(opened, at);
            }
            if (found == null) {
                return nothing("nothing there", manner);
            }
            value(found, manner);
            return ZeroIpc.DONE;
        }
    }

    private static @Nullable Object found(Opened opened, @Nullable String at) {
        return switch (opened.structure()) {
            case SharedArray<?> array -> array.get(index(required(at, "an index")));
            case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map).get(opened.key(required(at, "a key")));
            case SharedPool<?> pool -> pool.get(handle(required(at, "a handle")));
            case SharedState<?> state -> state.get();
            case SharedSignal<?> signal -> signal.get();
            case SharedFuture<?> future -> now(future);
            case SharedLazy<?> lazy -> lazy.getIfComputed();
            case SharedCounter counter -> counter.get();
            case SharedSemaphore semaphore -> semaphore.availablePermits();
            case SharedLatch latch -> latch.getCount();
            case SharedBarrier barrier -> barrier.arrived();
            case SharedOnce once -> once.isDone();
            case SharedEvent event -> event.isSignaled();
            case SharedEventStream events -> events.count();
            case SharedMutex mutex -> mutex.isLocked();
            default -> throw unsuitable(opened.structure(), "has a value to get");
        };
    }

    private static @Nullable Object now(SharedFuture<?> future) {
        try {
            return future.getNow();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "future has failed: structure=" + future.name() + ", error=" + Contents.reason(e), e);
        }
    }

    @Command(name = "set", aliases = "put", mixinStandardHelpOptions = true,
            description = "Stores a value: array INDEX VALUE, map KEY VALUE, pool HANDLE VALUE, or VALUE alone for a "
                    + "state, signal, counter or future.",
            footer = {"  zeroipc set lab newest 2.5", "  zeroipc put lab prices EURUSD 1.07"})
    int set(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2..*", arity = "1..2", paramLabel = "[INDEX|KEY|HANDLE] VALUE") List<String> values) {
        try (Opened opened = which.open()) {
            String value = values.getLast();
            String at = values.size() == 2 ? values.getFirst() : null;
            boolean stored = switch (opened.structure()) {
                case SharedArray<?> array -> {
                    ((SharedArray<Object>) array).set(index(required(at, "an index")), opened.element(value));
                    yield true;
                }
                case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map)
                        .put(opened.key(required(at, "a key")), opened.element(value));
                case SharedPool<?> pool -> {
                    ((SharedPool<Object>) pool).set(handle(required(at, "a handle")), opened.element(value));
                    yield true;
                }
                case SharedCounter counter when at == null -> {
                    counter.set(index(value));
                    yield true;
                }
                case SharedFuture<?> future when at == null -> ((SharedFuture<Object>) future)
                        .complete(opened.element(value));
                case Sink<?> sink when at == null && isValue(sink) -> ((Sink<Object>) sink).outlet()
                        .offer(opened.element(value));
                default -> throw unsuitable(opened.structure(),
                        "has " + (at == null ? "a value to set" : "values to set by index, key or handle"));
            };
            return stored
                    ? done(manner)
                    : nothing(opened.structure() instanceof SharedFuture<?> ? "completed already" : "full", manner);
        }
    }

    @Command(name = "fail", mixinStandardHelpOptions = true,
            description = "Completes a future with an error in place of its value.",
            footer = "  zeroipc fail lab result 'out of memory'")
    int fail(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "ERROR") String error) {
        try (Opened opened = which.open()) {
            return as(opened, SharedFuture.class, "can fail").completeExceptionally(error)
                    ? done(manner)
                    : nothing("completed already", manner);
        }
    }

    @Command(name = "allocate", mixinStandardHelpOptions = true,
            description = "Takes a node of a pool, writes its handle, and stores the value there if one is given.",
            footer = "  zeroipc allocate lab nodes 70")
    int allocate(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "VALUE") @Nullable String value) {
        try (Opened opened = which.open()) {
            SharedPool<Object> pool = as(opened, SharedPool.class, "has nodes");
            Object element = value == null ? null : opened.element(value);
            int handle = pool.allocate();
            if (handle == SharedPool.NO_HANDLE) {
                return nothing("no node is free", manner);
            }
            if (element != null) {
                pool.set(handle, element);
            }
            value(handle, manner);
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "free", mixinStandardHelpOptions = true, description = "Gives a node of a pool back.",
            footer = "  zeroipc free lab nodes 0")
    int free(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "HANDLE") String handle) {
        try (Opened opened = which.open()) {
            as(opened, SharedPool.class, "has nodes").free(handle(handle));
            return done(manner);
        }
    }

    @Command(name = "remove", mixinStandardHelpOptions = true,
            description = "Removes a key of a map, whose value it writes, or an element of a set.",
            footer = "  zeroipc remove lab prices EURUSD")
    int remove(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "KEY") String key) {
        try (Opened opened = which.open()) {
            return switch (opened.structure()) {
                case SharedMap<?, ?> map -> {
                    Object removed = ((SharedMap<Object, Object>) map).remove(opened.key(key));
                    if (removed == null) {
                        yield nothing("nothing there", manner);
                    }
                    value(removed, manner);
                    yield ZeroIpc.DONE;
                }
                case SharedSet<?> set -> ((SharedSet<Object>) set).remove(opened.element(key))
                        ? done(manner)
                        : nothing("nothing there", manner);
                default -> throw unsuitable(opened.structure(), "has keys");
            };
        }
    }

    @Command(name = "contains", mixinStandardHelpOptions = true,
            description = "Tells by its exit code whether a set has an element or a map a key.",
            footer = "  zeroipc contains lab prices EURUSD && echo there")
    int contains(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "KEY") String key) {
        try (Opened opened = which.openReadOnly()) {
            boolean present = switch (opened.structure()) {
                case SharedSet<?> set -> ((SharedSet<Object>) set).contains(opened.element(key));
                case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map).containsKey(opened.key(key));
                default -> throw unsuitable(opened.structure(), "has keys");
            };
            return present ? done(manner) : nothing("nothing there", manner);
        }
    }

    @Command(name = "entries", mixinStandardHelpOptions = true, description = "Writes all that is in a map or a set.",
            footer = "  zeroipc entries lab prices --json")
    int entries(@Mixin Structures which, @Mixin Manner manner) {
        try (Opened opened = which.openReadOnly()) {
            switch (opened.structure()) {
                case SharedMap<?, ?> map -> map.forEach((key, content) -> entry(key, content, manner));
                case SharedSet<?> set -> set.forEach(element -> value(element, manner));
                default -> throw unsuitable(opened.structure(), "has keys");
            }
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "add", mixinStandardHelpOptions = true,
            description = "Adds an element to a set, or a number to a counter, whose new value it writes.",
            footer = {"  zeroipc add lab seen 1", "  zeroipc add lab dropped -- -3"})
    int add(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "VALUE") String added) {
        try (Opened opened = which.open()) {
            return switch (opened.structure()) {
                case SharedSet<?> set -> ((SharedSet<Object>) set).add(opened.element(added))
                        ? done(manner)
                        : nothing("there already, or full", manner);
                case SharedCounter counter -> {
                    value(counter.addAndGet(index(added)), manner);
                    yield ZeroIpc.DONE;
                }
                default -> throw unsuitable(opened.structure(), "can be added to");
            };
        }
    }

    private static boolean isValue(Sink<?> sink) {
        return sink instanceof SharedState<?> || sink instanceof SharedSignal<?>;
    }
}

package io.zeroipc.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.cli.Structures.Opened;
import io.zeroipc.cli.Terminal.Style;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.flow.SharedState;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.wait.Deadline;

/**
 * The command and its sub-commands. Those that have a hand on single structures are methods here: one for each verb,
 * whatever the kind.
 */
@Command(name = "zeroipc", mixinStandardHelpOptions = true, version = "zeroipc 0.1.0, format ZeroIPC v2",
        description = "Looks into shared memory segments, and changes them.", sortOptions = false,
        subcommands = {ListCommand.class, ShowCommand.class, DumpCommand.class, MonitorCommand.class,
                ManifestCommand.class, CreateCommand.class, RemoveCommand.class, HelpCommand.class,
                GenerateCompletion.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:nothing there: an empty or full structure, a key that is not in it",
                "2:wrong usage", "3:failed, with the reason on standard error"},
        footer = {"", "A SEGMENT is a name in /dev/shm, or the path of a file.",
                "Completion for bash and zsh: source <(zeroipc generate-completion)"})
@SuppressWarnings("unchecked") // elements are made by the codec that the structure was opened with
final class StructureCommands {

    private final Terminal terminal;

    StructureCommands(Terminal terminal) {
        this.terminal = terminal;
    }

    /** How long to wait, and how to write. */
    static final class Manner {

        @Option(names = {"-w", "--wait"}, paramLabel = "MS", defaultValue = "0",
                description = "Milliseconds to wait for room, an element or a permit; none by default.")
        private long millis;

        @Option(names = "--json", description = "Writes JSON.")
        private boolean json;

        Duration patience() {
            if (millis < 0) {
                throw new UsageException("time is negative: --wait=" + millis);
            }
            return Duration.ofMillis(millis);
        }
    }

    @Command(name = "push", aliases = {"send", "write"}, mixinStandardHelpOptions = true,
            description = "Sends values to a queue, stack, ring, channel, state or signal.")
    int push(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2..*", arity = "1..*", paramLabel = "VALUE") List<String> values)
            throws InterruptedException {
        try (Opened opened = which.open()) {
            Sink<Object> sink = as(opened, Sink.class, "takes elements");
            List<Object> elements = values.stream().map(opened::element).toList();
            Outlet<Object> outlet = sink.outlet();
            Deadline deadline = Deadline.after(manner.patience());
            for (int i = 0; i < elements.size(); i++) {
                int attempts = 0;
                while (!outlet.offer(elements.get(i))) {
                    if (outlet.isClosed() || deadline.expired()) {
                        return nothing((outlet.isClosed() ? "closed" : "full") + " after " + i + " of "
                                + elements.size() + " values");
                    }
                    attempts = opened.segment().attachment().pause(attempts);
                }
            }
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "pop", aliases = {"receive", "read"}, mixinStandardHelpOptions = true,
            description = "Takes values from a queue, stack, ring or channel; reads those of a state, signal or "
                    + "overwriting ring.")
    int pop(@Mixin Structures which, @Mixin Manner manner,
            @Option(names = {"-n", "--count"}, paramLabel = "N", defaultValue = "1",
                    description = "Values at most; 1 by default.") int count)
            throws InterruptedException {
        try (Opened opened = which.open()) {
            Source<Object> source = as(opened, Source.class, "gives elements");
            Deadline deadline = Deadline.after(manner.patience());
            List<Object> taken = new ArrayList<>();
            try (Intake<Object> intake = source.intake(Source.Start.EARLIEST)) {
                int attempts = 0;
                while (taken.size() < count) {
                    Object element = intake.poll();
                    if (element != null) {
                        taken.add(element);
                        attempts = 0;
                    } else if (intake.isExhausted() || deadline.expired()) {
                        break;
                    } else {
                        attempts = opened.segment().attachment().pause(attempts);
                    }
                }
            } finally {
                // Whatever was taken is gone from the structure: it is shown even when the next one failed.
                taken.forEach(element -> value(element, manner));
            }
            return taken.isEmpty() ? nothing("nothing there") : ZeroIpc.DONE;
        }
    }

    @Command(name = "get", mixinStandardHelpOptions = true,
            description = "Reads an element of an array by its index, of a map by its key, or the value of a state, "
                    + "signal, counter, semaphore, latch or event.")
    int get(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "INDEX|KEY") @Nullable String at) {
        try (Opened opened = which.openReadOnly()) {
            Object found = switch (opened.structure()) {
                case SharedArray<?> array -> array.get(index(required(at, "an index")));
                case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map)
                        .get(Values.parse(opened.key(), required(at, "a key")));
                case SharedState<?> state -> state.get();
                case SharedSignal<?> signal -> signal.get();
                case SharedCounter counter -> counter.get();
                case SharedSemaphore semaphore -> semaphore.availablePermits();
                case SharedLatch latch -> latch.getCount();
                case SharedEvent event -> event.isSignaled();
                default -> throw unsuitable(opened.structure(), "has a value to get");
            };
            if (found == null) {
                return nothing("nothing there");
            }
            value(found, manner);
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "set", aliases = "put", mixinStandardHelpOptions = true,
            description = "Stores a value: array INDEX VALUE, map KEY VALUE, or VALUE alone for a state, signal or "
                    + "counter.")
    int set(@Mixin Structures which,
            @Parameters(index = "2..*", arity = "1..2", paramLabel = "[INDEX|KEY] VALUE") List<String> values)
            throws InterruptedException {
        try (Opened opened = which.open()) {
            String value = values.getLast();
            String at = values.size() == 2 ? values.getFirst() : null;
            boolean stored = switch (opened.structure()) {
                case SharedArray<?> array -> {
                    ((SharedArray<Object>) array).set(index(required(at, "an index")), opened.element(value));
                    yield true;
                }
                case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map)
                        .put(Values.parse(opened.key(), required(at, "a key")), opened.element(value));
                case SharedCounter counter -> {
                    counter.set(index(value));
                    yield true;
                }
                case Sink<?> sink when at == null && isValue(sink) -> ((Sink<Object>) sink).outlet()
                        .offer(opened.element(value));
                default -> throw unsuitable(opened.structure(), "has a value to set");
            };
            return stored ? ZeroIpc.DONE : nothing("full");
        }
    }

    @Command(name = "remove", mixinStandardHelpOptions = true,
            description = "Removes a key of a map or an element of a set.")
    int remove(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "KEY") String key) {
        try (Opened opened = which.open()) {
            switch (opened.structure()) {
                case SharedMap<?, ?> map -> {
                    Object removed = ((SharedMap<Object, Object>) map).remove(Values.parse(opened.key(), key));
                    if (removed == null) {
                        return nothing("nothing there");
                    }
                    value(removed, manner);
                }
                case SharedSet<?> set -> {
                    if (!((SharedSet<Object>) set).remove(opened.element(key))) {
                        return nothing("nothing there");
                    }
                }
                default -> throw unsuitable(opened.structure(), "has keys");
            }
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "contains", mixinStandardHelpOptions = true,
            description = "Tells by its exit code whether a set has an element or a map a key.")
    int contains(@Mixin Structures which, @Parameters(index = "2", paramLabel = "KEY") String key) {
        try (Opened opened = which.openReadOnly()) {
            boolean present = switch (opened.structure()) {
                case SharedSet<?> set -> ((SharedSet<Object>) set).contains(opened.element(key));
                case SharedMap<?, ?> map -> ((SharedMap<Object, Object>) map)
                        .containsKey(Values.parse(opened.key(), key));
                default -> throw unsuitable(opened.structure(), "has keys");
            };
            return present ? ZeroIpc.DONE : nothing("nothing there");
        }
    }

    @Command(name = "entries", mixinStandardHelpOptions = true, description = "Writes what is in a map or a set.")
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
            description = "Adds an element to a set, or a number to a counter.")
    int add(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", paramLabel = "VALUE") String added) {
        try (Opened opened = which.open()) {
            return switch (opened.structure()) {
                case SharedSet<?> set -> ((SharedSet<Object>) set).add(opened.element(added))
                        ? ZeroIpc.DONE
                        : nothing("there already");
                case SharedCounter counter -> {
                    value(counter.addAndGet(index(added)), manner);
                    yield ZeroIpc.DONE;
                }
                default -> throw unsuitable(opened.structure(), "can be added to");
            };
        }
    }

    @Command(name = "acquire", mixinStandardHelpOptions = true,
            description = "Takes a permit of a semaphore, and keeps it: release gives it back.")
    int acquire(@Mixin Structures which, @Mixin Manner manner) throws InterruptedException {
        try (Opened opened = which.open()) {
            SharedSemaphore semaphore = as(opened, SharedSemaphore.class, "has permits");
            return semaphore.tryAcquire(manner.patience()) ? ZeroIpc.DONE : nothing("no permit");
        }
    }

    @Command(name = "release", mixinStandardHelpOptions = true, description = "Gives permits of a semaphore.")
    int release(@Mixin Structures which,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int count) {
        try (Opened opened = which.open()) {
            as(opened, SharedSemaphore.class, "has permits").release(count);
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "countdown", mixinStandardHelpOptions = true, description = "Counts a latch down.")
    int countDown(@Mixin Structures which,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int times) {
        try (Opened opened = which.open()) {
            as(opened, SharedLatch.class, "counts down").countDown(times);
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "signal", mixinStandardHelpOptions = true, description = "Signals an event.")
    int signal(@Mixin Structures which) {
        try (Opened opened = which.open()) {
            as(opened, SharedEvent.class, "can be signalled").signal();
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "reset", mixinStandardHelpOptions = true, description = "Resets an event or a latch.")
    int reset(@Mixin Structures which) {
        try (Opened opened = which.open()) {
            switch (opened.structure()) {
                case SharedEvent event -> event.reset();
                case SharedLatch latch -> latch.reset();
                default -> throw unsuitable(opened.structure(), "can be reset");
            }
            return ZeroIpc.DONE;
        }
    }

    @Command(name = "await", mixinStandardHelpOptions = true,
            description = "Waits for an event or a latch, as long as --wait says.")
    int await(@Mixin Structures which, @Mixin Manner manner) throws InterruptedException {
        try (Opened opened = which.open()) {
            boolean happened = switch (opened.structure()) {
                case SharedEvent event -> event.await(manner.patience());
                case SharedLatch latch -> latch.await(manner.patience());
                default -> throw unsuitable(opened.structure(), "can be waited for");
            };
            return happened ? ZeroIpc.DONE : nothing("not yet");
        }
    }

    @Command(name = "close", mixinStandardHelpOptions = true,
            description = "Closes a channel for good: nothing can be sent any more.")
    int close(@Mixin Structures which) {
        try (Opened opened = which.open()) {
            as(opened, SharedChannel.class, "can be closed").close();
            return ZeroIpc.DONE;
        }
    }

    private static boolean isValue(Sink<?> sink) {
        return sink instanceof SharedState<?> || sink instanceof SharedSignal<?>;
    }

    private static <S> S as(Opened opened, Class<S> type, String what) {
        if (!type.isInstance(opened.structure())) {
            throw unsuitable(opened.structure(), what);
        }
        return type.cast(opened.structure());
    }

    private static UsageException unsuitable(Structure structure, String what) {
        return new UsageException("structure does not suit: structure=" + structure.name() + ", kind="
                + structure.kind() + " (expected: one that " + what + ")");
    }

    private static String required(@Nullable String text, String what) {
        if (text == null) {
            throw new UsageException("parameter is missing (expected: " + what + " behind the structure)");
        }
        return text;
    }

    private static long index(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UsageException("not a whole number: " + text);
        }
    }

    private int nothing(String why) {
        terminal.err().println(terminal.styled(Style.WARN, why));
        return ZeroIpc.NOTHING;
    }

    private void value(Object value, Manner manner) {
        if (manner.json) {
            terminal.json(Figures.json(value));
        } else {
            terminal.line(Figures.value(value));
        }
    }

    private void entry(Object key, Object content, Manner manner) {
        if (manner.json) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("key", Figures.json(key));
            object.put("value", Figures.json(content));
            terminal.json(object);
        } else {
            terminal.line(Figures.value(key) + "  " + Figures.value(content));
        }
    }
}

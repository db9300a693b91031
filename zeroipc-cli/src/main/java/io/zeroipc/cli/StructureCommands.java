package io.zeroipc.cli;

import java.io.IOException;
import java.time.Duration;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.wait.Deadline;

/**
 * The command and its sub-commands. Those that have a hand on single structures are methods: here for what processes wait
 * for and meet at.
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
final class StructureCommands extends ElementVerbs {

    StructureCommands(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "acquire", mixinStandardHelpOptions = true,
            description = "Takes a permit of a semaphore, and keeps it: release gives it back.")
    int acquire(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner) throws InterruptedException {
        try (Opened opened = which.open()) {
            return as(opened, SharedSemaphore.class, PERMITS).tryAcquire(patience.duration())
                    ? done(manner)
                    : nothing("no permit", manner);
        }
    }

    @Command(name = "release", mixinStandardHelpOptions = true, description = "Gives permits of a semaphore.")
    int release(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int count) {
        try (Opened opened = which.open()) {
            as(opened, SharedSemaphore.class, PERMITS).release(count);
            return done(manner);
        }
    }

    @Command(name = "countdown", mixinStandardHelpOptions = true, description = "Counts a latch down.")
    int countDown(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int times) {
        try (Opened opened = which.open()) {
            as(opened, SharedLatch.class, "counts down").countDown(times);
            return done(manner);
        }
    }

    @Command(name = "signal", mixinStandardHelpOptions = true,
            description = "Signals an event, or emits an event of an event stream.")
    int signal(@Mixin Structures which, @Mixin Manner manner) {
        try (Opened opened = which.open()) {
            switch (opened.structure()) {
                case SharedEvent event -> event.signal();
                case SharedEventStream events -> {
                    if (!events.emit()) {
                        return nothing("closed", manner);
                    }
                }
                default -> throw unsuitable(opened.structure(), "can be signalled");
            }
            return done(manner);
        }
    }

    @Command(name = "reset", mixinStandardHelpOptions = true,
            description = "Resets an event, a latch or a once; lets a lazy value be computed again.")
    int reset(@Mixin Structures which, @Mixin Manner manner) {
        try (Opened opened = which.open()) {
            switch (opened.structure()) {
                case SharedEvent event -> event.reset();
                case SharedLatch latch -> latch.reset();
                case SharedOnce once -> once.reset();
                case SharedLazy<?> lazy -> {
                    if (!lazy.reset()) {
                        return nothing("not computed, or constant", manner);
                    }
                }
                default -> throw unsuitable(opened.structure(), "can be reset");
            }
            return done(manner);
        }
    }

    @Command(name = "await", mixinStandardHelpOptions = true,
            description = "Waits, as long as --wait says, for an event, a latch, a once, a future, a lazy value, or the "
                    + "next event of an event stream; arrives at a barrier and waits for the others.")
    int await(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner) throws InterruptedException {
        try (Opened opened = which.open()) {
            Duration time = patience.duration();
            boolean happened = switch (opened.structure()) {
                case SharedEvent event -> event.await(time);
                case SharedLatch latch -> latch.await(time);
                case SharedOnce once -> once.await(time);
                case SharedBarrier barrier -> barrier.await(time);
                case SharedLazy<?> lazy -> lazy.await(time);
                case SharedFuture<?> future -> isDone(future, patience.deadline());
                case SharedEventStream events -> {
                    long seen = events.count();
                    yield events.awaitMore(seen, time) != seen;
                }
                default -> throw unsuitable(opened.structure(), "can be waited for");
            };
            return happened ? done(manner) : nothing("not yet", manner);
        }
    }

    @Command(name = "repair", mixinStandardHelpOptions = true,
            description = "Ends what a program that takes no part in recovery has left in the middle when it died: goes on at the one "
                    + "position that a queue or channel is stuck at, unlocks a mutex, or says that what a mutex protects is whole. "
                    + "Asks first. Refuses what a live participant has in hand.")
    int repair(@Mixin Structures which, @Mixin Manner manner,
            @Option(names = {"-y", "--yes"}, description = "Does not ask.") boolean yes)
            throws InterruptedException, IOException {
        try (Opened opened = which.open()) {
            return opened.structure() instanceof SharedMutex mutex
                    ? repair(mutex, yes, manner)
                    : repair(opened.segment(), opened.structure(), yes, manner);
        }
    }

    private int repair(Segment segment, Structure structure, boolean yes, Manner manner)
            throws InterruptedException, IOException {
        if (!(structure instanceof SharedQueue<?> || structure instanceof SharedChannel<?>)) {
            throw unsuitable(structure, "can be stuck: a queue, a channel or a mutex");
        }
        Stall stall = Stalls.find(structure);
        if (stall == null) {
            return nothing("not stuck", manner);
        }
        String where = new Participation(segment, Inspector.report(segment)).text(structure.name(), stall);
        if (!yes && !terminal().confirmed(where + System.lineSeparator() + "go on there for it, which "
                + (stall.side() == Stall.Side.CLAIMED_AND_NOT_PUBLISHED
                        ? "skips the position"
                        : "gives its element up")
                + " and damages " + structure.name() + " if its owner lives? [y/N] ")) {
            return nothing("not repaired", manner);
        }
        return structure.breakStall(stall) ? done(manner) : nothing("it goes on by itself", manner);
    }

    private int repair(SharedMutex mutex, boolean yes, Manner manner) throws InterruptedException, IOException {
        if (mutex.isOwnerDead()) {
            if (!yes && !terminal().confirmed("a participant died while it held " + mutex.name()
                    + ": is what that protects whole, and may it be locked again? [y/N] ")) {
                return nothing("not repaired", manner);
            }
            mutex.repair(() -> {
                // Whoever says so has seen to it.
            });
            return done(manner);
        }
        if (!mutex.isLocked()) {
            return nothing("not locked", manner);
        }
        if (!yes && !terminal().confirmed("unlock " + mutex.name()
                + " for its holder, and let two hold it if he lives? [y/N] ")) {
            return nothing("not repaired", manner);
        }
        return mutex.breakLock() ? done(manner) : nothing("it was unlocked meanwhile", manner);
    }

    private static boolean isDone(SharedFuture<?> future, Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (!future.isDone()) {
            if (deadline.expired()) {
                return false;
            }
            attempts = future.segment().attachment().pause(attempts);
        }
        return true;
    }

    @Command(name = "close", mixinStandardHelpOptions = true,
            description = "Closes a channel, stream or event stream for good: nothing can be sent any more.")
    int close(@Mixin Structures which, @Mixin Manner manner) {
        try (Opened opened = which.open()) {
            switch (opened.structure()) {
                case SharedChannel<?> channel -> channel.close();
                case SharedStream<?> stream -> stream.close();
                case SharedEventStream events -> events.close();
                default -> throw unsuitable(opened.structure(), "can be closed");
            }
            return done(manner);
        }
    }
}

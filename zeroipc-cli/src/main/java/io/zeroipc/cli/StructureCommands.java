package io.zeroipc.cli;

import java.time.Duration;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedEventStream;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;
import io.zeroipc.sync.SharedLatch;
import io.zeroipc.sync.SharedOnce;
import io.zeroipc.sync.SharedSemaphore;
import io.zeroipc.wait.Deadline;

/**
 * The command and its sub-commands. Those that have a hand on single structures are methods: here for what processes wait
 * for and meet at.
 */
@Command(name = "zeroipc", mixinStandardHelpOptions = true, version = "zeroipc 0.1.0, format ZeroIPC v2",
        description = "Looks into shared memory segments, and changes them.", sortOptions = false,
        addMethodSubcommands = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:nothing there: an empty or full structure, a key that is not in it",
                "2:wrong usage", "3:failed, with the reason on standard error"},
        footer = {"", "A SEGMENT is a name in /dev/shm, or the path of a file.",
                "Completion for bash and zsh: source <(zeroipc generate-completion)"})
final class StructureCommands extends RepairVerbs {

    StructureCommands(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "acquire", mixinStandardHelpOptions = true,
            description = "Takes a permit of a semaphore, and keeps it: release gives it back.",
            footer = "  zeroipc acquire lab slots --wait 1000")
    int acquire(@Mixin Structures which, @Mixin Patience patience, @Mixin Manner manner) throws InterruptedException {
        try (Opened opened = which.open()) {
            return as(opened, SharedSemaphore.class, PERMITS).tryAcquire(patience.duration())
                    ? done(manner)
                    : nothing("no permit", manner);
        }
    }

    @Command(name = "release", mixinStandardHelpOptions = true, description = "Gives permits of a semaphore.",
            footer = "  zeroipc release lab slots 2")
    int release(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int count) {
        try (Opened opened = which.open()) {
            as(opened, SharedSemaphore.class, PERMITS).release(count);
            return done(manner);
        }
    }

    @Command(name = "countdown", mixinStandardHelpOptions = true, description = "Counts a latch down.",
            footer = "  zeroipc countdown lab done")
    int countDown(@Mixin Structures which, @Mixin Manner manner,
            @Parameters(index = "2", arity = "0..1", paramLabel = "N", defaultValue = "1") int times) {
        try (Opened opened = which.open()) {
            as(opened, SharedLatch.class, "counts down").countDown(times);
            return done(manner);
        }
    }

    @Command(name = "signal", mixinStandardHelpOptions = true,
            description = "Signals an event, or emits an event of an event stream.", footer = "  zeroipc signal lab go")
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
            description = "Resets an event, a latch or a once; lets a lazy value be computed again.",
            footer = "  zeroipc reset lab go")
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
                    + "next event of an event stream; arrives at a barrier and waits for the others.",
            footer = "  zeroipc await lab done --wait 60000")
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
            description = "Closes a channel, stream or event stream for good: nothing can be sent any more.",
            footer = "  zeroipc close lab orders")
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

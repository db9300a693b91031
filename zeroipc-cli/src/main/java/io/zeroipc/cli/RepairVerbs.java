package io.zeroipc.cli;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import io.zeroipc.StructureBusyException;
import io.zeroipc.cli.Declared.Opened;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedFuture;
import io.zeroipc.flow.SharedLazy;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Stall;
import io.zeroipc.segment.Structure;
import io.zeroipc.sync.GuardedLock;
import io.zeroipc.sync.SharedMonitor;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.sync.SharedRwLock;

/**
 * A hand on what a dead process has left: what participants leave they mend for each other, so this is about programs that take
 * no part, of which only people know that they are dead. Each verb asks first.
 */
@Command(addMethodSubcommands = false) // Commands adds those that are needed
abstract class RepairVerbs extends ElementVerbs {

    RepairVerbs(Terminal terminal) {
        super(terminal);
    }

    /** Whether to ask. */
    static final class Consent {

        @Option(names = {"-y", "--yes"}, description = "Does not ask.")
        private boolean yes;

        boolean given(Terminal terminal, String... question) throws IOException {
            return yes || terminal.confirmed(question);
        }
    }

    @Command(name = "repair", mixinStandardHelpOptions = true,
            description = "Ends what a program that takes no part in recovery has left in the middle when it died: goes on at the one "
                    + "position that a queue or channel is stuck at, unlocks a lock as unlock does, or says that what a "
                    + "lock protects is whole, after a participant died with it. Asks first. Refuses what a live participant "
                    + "has in hand.",
            footer = {"  zeroipc repair plant orders", "  zeroipc repair plant lock --yes"})
    int repair(@Mixin Structures which, @Mixin Consent consent, @Mixin Manner manner)
            throws InterruptedException, IOException {
        try (Opened opened = which.open()) {
            Structure structure = opened.structure();
            GuardedLock lock = guarded(structure);
            if (lock != null && lock.isOwnerDead()) {
                return declareWhole(structure.name(), lock, consent, manner);
            }
            return lock != null
                    ? unlock(opened.segment(), structure, consent, manner)
                    : goOn(opened.segment(), structure, consent, manner);
        }
    }

    private static @Nullable GuardedLock guarded(Structure structure) {
        return switch (structure) {
            case SharedMutex mutex -> mutex;
            case SharedMonitor monitor -> monitor;
            case SharedRwLock lock -> lock.writeLock();
            default -> null;
        };
    }

    private int declareWhole(String name, GuardedLock lock, Consent consent, Manner manner)
            throws InterruptedException, IOException {
        if (!consent.given(terminal(), "a participant died while it held " + name
                + ": is what that protects whole, and may it be locked again?")) {
            return nothing("not repaired", manner);
        }
        lock.repair(() -> {
            // Whoever says so has seen to it.
        });
        return done(manner);
    }

    private int goOn(Segment segment, Structure structure, Consent consent, Manner manner)
            throws InterruptedException, IOException {
        if (!(structure instanceof SharedQueue<?> || structure instanceof SharedChannel<?>)) {
            throw unsuitable(structure, "can be stuck: a queue, a channel or a lock; " + verbsFor(structure));
        }
        Stall stall = Stalls.find(structure);
        if (stall == null) {
            return nothing("not stuck", manner);
        }
        if (!consent.given(terminal(), people(segment).text(structure.name(), stall), "go on there for it, which "
                + (stall.side() == Stall.Side.CLAIMED_AND_NOT_PUBLISHED
                        ? "skips the position"
                        : "gives its element up")
                + " and damages " + structure.name() + " if its owner lives?")) {
            return nothing("not repaired", manner);
        }
        return structure.breakStall(stall) ? done(manner) : nothing("it goes on by itself", manner);
    }

    private static String verbsFor(Structure structure) {
        return switch (structure) {
            case SharedMap<?, ?> _,SharedSet<?> _ -> "for a map or set there is compact";
            case SharedFuture<?> _,SharedLazy<?> _ -> "for a future or lazy value there is settle";
            case SharedSignal<?> _ -> "for a signal there is unlock";
            default -> "unlock, compact and settle are for others";
        };
    }

    @Command(name = "unlock", mixinStandardHelpOptions = true,
            description = "Unlocks a mutex, monitor, read-write lock or signal for a program that takes no part in recovery and died "
                    + "with it. Asks first, and says who has the segment mapped. Refuses what a live participant holds.",
            footer = {"  zeroipc unlock plant lock", "  zeroipc unlock golden rw --as rwlock"})
    int unlock(@Mixin Structures which, @Mixin Consent consent, @Mixin Manner manner) throws IOException {
        try (Opened opened = which.open()) {
            return unlock(opened.segment(), opened.structure(), consent, manner);
        }
    }

    private int unlock(Segment segment, Structure structure, Consent consent, Manner manner) throws IOException {
        boolean locked = switch (structure) {
            case SharedMutex mutex -> mutex.isLocked();
            case SharedMonitor monitor -> monitor.isLocked();
            case SharedRwLock lock -> lock.occupancy().used() > 0;
            case SharedSignal<?> signal -> signal.isLocked();
            default -> throw unsuitable(structure,
                    "is locked by somebody: a mutex, monitor, read-write lock or signal");
        };
        if (!locked) {
            return nothing("not locked", manner);
        }
        Participation people = people(segment);
        refuseLive(people, structure);
        if (!consent.given(terminal(), people.others(), "unlock " + structure.name()
                + " for its holder, and let two hold it if he lives?")) {
            return nothing("not unlocked", manner);
        }
        // Again, as time has passed since the question.
        refuseLive(people(segment), structure);
        boolean unlocked = switch (structure) {
            case SharedMutex mutex -> mutex.breakLock();
            case SharedMonitor monitor -> monitor.breakLock();
            case SharedRwLock lock -> {
                lock.reset();
                yield true;
            }
            case SharedSignal<?> signal -> signal.breakLock();
            default -> false;
        };
        return unlocked ? done(manner) : nothing("it was unlocked meanwhile", manner);
    }

    @Command(name = "compact", mixinStandardHelpOptions = true,
            description = "Frees the entries of a map or set that a dead program left half changed, and those of removed keys, which "
                    + "make lookups slow. Nobody may use the structure meanwhile: asks first, and says who has the segment mapped.",
            footer = {"  zeroipc compact plant prices"})
    int compact(@Mixin Structures which, @Mixin Consent consent, @Mixin Manner manner) throws IOException {
        try (Opened opened = which.open()) {
            Structure structure = opened.structure();
            if (!(structure instanceof SharedMap<?, ?> || structure instanceof SharedSet<?>)) {
                throw unsuitable(structure, "has entries: a map or a set");
            }
            Participation people = people(opened.segment());
            refuseLive(people, structure);
            if (!consent.given(terminal(), people.others(), "compact " + structure.name()
                    + ", which damages it if anybody uses it meanwhile?")) {
                return nothing("not compacted", manner);
            }
            // Again, as time has passed since the question.
            refuseLive(people(opened.segment()), structure);
            switch (structure) {
                case SharedMap<?, ?> map -> map.compact();
                case SharedSet<?> set -> set.compact();
                default -> throw new IllegalStateException();
            }
            return done(manner);
        }
    }

    @Command(name = "settle", mixinStandardHelpOptions = true,
            description = "Declares the process dead that has begun to compute a future or lazy value: a future fails, and a lazy value "
                    + "is computed by the next who wants it. Asks first. Changes nothing when nobody is computing, or a live "
                    + "participant is.",
            footer = {"  zeroipc settle plant result"})
    int settle(@Mixin Structures which, @Mixin Consent consent, @Mixin Manner manner) throws IOException {
        try (Opened opened = which.open()) {
            Structure structure = opened.structure();
            if (!(structure instanceof SharedFuture<?> || structure instanceof SharedLazy<?>)) {
                throw unsuitable(structure, "is computed: a future or a lazy value");
            }
            if (!consent.given(terminal(), people(opened.segment()).others(),
                    "declare dead who computes " + structure.name() + ", and lose his value if he lives?")) {
                return nothing("not settled", manner);
            }
            boolean settled = switch (structure) {
                case SharedFuture<?> future -> future.abandon();
                case SharedLazy<?> lazy -> lazy.abandon();
                default -> false;
            };
            return settled
                    ? done(manner)
                    : nothing("nobody is computing, or a live participant is", manner);
        }
    }

    private static Participation people(Segment segment) {
        return new Participation(segment, Inspector.report(segment));
    }

    private static void refuseLive(Participation people, Structure structure) {
        List<String> live = people.liveIn(structure.name());
        if (!live.isEmpty()) {
            throw new StructureBusyException("structure is in the hands of a live participant: structure="
                    + structure.name() + ", participants=" + live + " (it ends that itself; if it hangs, end it: "
                    + "the others mend what it leaves)", structure.segment().name(), structure.name());
        }
    }
}

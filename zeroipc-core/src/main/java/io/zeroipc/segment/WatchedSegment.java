package io.zeroipc.segment;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileEvents;
import io.zeroipc.os.PidNamespace;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.segment.RecoveryWatch.Pace;

import static io.zeroipc.format.ParticipantsDescriptor.DEAD;
import static io.zeroipc.format.ParticipantsDescriptor.FREE;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_PID;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_PID_NAMESPACE;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_START_TIME;
import static io.zeroipc.format.ParticipantsDescriptor.PARTICIPANT_STATE;
import static io.zeroipc.format.ParticipantsDescriptor.participant;
import static io.zeroipc.format.ParticipantsDescriptor.stateOf;

/** What the {@link RecoveryWatch} knows of one file, and when it will look at it again. For its thread. */
final class WatchedSegment {

    private final Recovery recovery;
    private final Participants participants;
    private final Path path;
    private final Pace pace;
    private int watch = FileEvents.NO_WATCH;
    private boolean changed;
    /** Nobody has told for a while of those who open it. */
    private boolean unheard;
    /** Whether somebody may be dead, or die, without our being told. */
    private boolean unsure;
    private Set<ProcessIdentity> others = Set.of();
    /** {@link Recovery#tryLook}. */
    private final Rhythm looks;
    /** Reading the rows: who opens the file writes his a moment later, and nothing tells when. */
    private final Rhythm scans;

    WatchedSegment(Recovery recovery, Participants participants, Path path, Pace pace) {
        this.recovery = recovery;
        this.participants = participants;
        this.path = path;
        this.pace = pace;
        this.looks = new Rhythm(pace.firstNanos());
        this.scans = new Rhythm(pace.firstNanos());
    }

    Recovery recovery() {
        return recovery;
    }

    Path path() {
        return path;
    }

    /** The processes of the other participants, as far as their numbers say something here. */
    Set<ProcessIdentity> others() {
        return others;
    }

    int watch() {
        return watch;
    }

    boolean isListening() {
        return watch != FileEvents.NO_WATCH;
    }

    /** What has happened before is not told, so all of it may have happened. */
    void listen(int number) {
        watch = number;
        if (isListening()) {
            if (unheard) {
                unheard = false;
                recovery.opened();
            }
            changed = true;
            scans.restart();
        }
    }

    void heard(FileEvents.Event event) {
        changed |= event.isChanged();
        if (event.isOpened()) {
            recovery.opened();
        }
        if (event.isOver()) {
            watch = FileEvents.NO_WATCH;
            unheard = true;
            changed = true;
            looks.restart();
        }
        if (event.isOpened() || event.isClosed()) {
            scans.restart();
        }
        if (event.isClosed() && unsure) {
            // Also by somebody who has died, and whose number says nothing here: his lock goes right behind this.
            looks.restart();
        }
    }

    void died(ProcessIdentity process) {
        if (others.contains(process)) {
            unsure = true;
            looks.restart();
        }
    }

    boolean isLookDue() {
        return looks.isDue(System.nanoTime());
    }

    long nanosToNext(long now) {
        return changed ? 0 : Math.min(looks.nanosToNext(now), scans.nanosToNext(now));
    }

    /**
     * Does what is due.
     *
     * @param isToldOfFile whether events of this file will come
     * @param isWatched whether the end of a process will be told
     * @return whether the others were read anew
     */
    boolean turn(boolean isToldOfFile, Predicate<ProcessIdentity> isWatched) {
        if (changed) {
            changed = false;
            recovery.fileChanged();
        }
        long now = System.nanoTime();
        boolean look = looks.isDue(now);
        boolean scan = look || scans.isDue(now);
        // Before anything can fail: it would be due for ever.
        if (look) {
            looks.passed(now, unsure || !isToldOfFile ? pace.unsureNanos() : pace.sureNanos());
        }
        if (scan) {
            scans.passed(now, pace.sureNanos());
        }
        if (look) {
            recovery.tryLook();
        }
        if (scan) {
            try {
                recovery.lookForSilent(isToldOfFile);
                boolean before = unsure;
                Set<ProcessIdentity> present = others;
                unsure = !scan(isWatched) || !isToldOfFile;
                if (unsure && !before) {
                    looks.restart();
                }
                if (!others.containsAll(present)) {
                    // Perhaps killed, and settled by another process, which has not all structures open that somebody waits at here.
                    recovery.rouse();
                }
            } catch (IllegalStateException e) {
                // The file was closed meanwhile, and is watched no longer.
            } catch (InternalError e) {
                // The file of participants has lost a page: no death will be seen there, and who waits is to know.
                recovery.fileChanged();
            }
        }
        return scan;
    }

    /** Reads who the others are; whether the end of each of them will be told. */
    private boolean scan(Predicate<ProcessIdentity> isWatched) {
        MemorySegment memory = participants.memory();
        Set<ProcessIdentity> found = new HashSet<>();
        boolean sure = true;
        for (int row = 0; row < ParticipantsDescriptor.participantsTop(memory); row++) {
            long offset = participant(row);
            // Acquired: behind it the row is what its owner wrote before he stored it (Participants.join).
            int state = stateOf(Atomics.getLongAcquire(memory, offset + PARTICIPANT_STATE));
            if (row == participants.index() || state == FREE) {
                continue;
            }
            long namespace = Atomics.getLong(memory, offset + PARTICIPANT_PID_NAMESPACE);
            if (state == DEAD || namespace == 0 || namespace != PidNamespace.current()) {
                sure = false;
                continue;
            }
            // If another one has taken the row meanwhile, this may be nobody; then his opening is told, or has been.
            ProcessIdentity process = new ProcessIdentity(Atomics.getLong(memory, offset + PARTICIPANT_PID),
                    Atomics.getLong(memory, offset + PARTICIPANT_START_TIME));
            found.add(process);
            sure &= isWatched.test(process);
        }
        others = found;
        return sure;
    }

    /** Often after something has happened, since its consequences come later, and then less and less. */
    static final class Rhythm {

        private final long firstNanos;
        private long delayNanos;
        private long dueAtNanos;

        Rhythm(long firstNanos) {
            this.firstNanos = firstNanos;
            restart();
        }

        void restart() {
            delayNanos = firstNanos;
            dueAtNanos = System.nanoTime();
        }

        /** A little before its time, too, as the thread is awake: so those of several files fall into step. */
        boolean isDue(long now) {
            return nanosToNext(now) <= delayNanos / 16;
        }

        long nanosToNext(long now) {
            return dueAtNanos - now;
        }

        void passed(long now, long longestNanos) {
            delayNanos = Math.min(delayNanos, longestNanos);
            dueAtNanos = now + delayNanos;
            delayNanos *= 2;
        }
    }
}

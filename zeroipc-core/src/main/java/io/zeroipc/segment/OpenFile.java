package io.zeroipc.segment;

import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.ReplacedFileException;

/**
 * The one descriptor and lock set that this JVM has of a file, shared by all segments that map it.
 *
 * <p>
 * Why one: without native access, locks are POSIX locks, and the kernel drops all of a process's POSIX locks on a file
 * when the process closes any descriptor of that file. So nobody here opens a second descriptor of an open file, and
 * this one is closed when its last user is gone. Mappings do not count as descriptors.
 *
 * <p>
 * The static map holds open files only and is empty when the last segment of this JVM is closed.
 */
final class OpenFile {

    private static final Map<FileIdentity, OpenFile> OPEN = new HashMap<>();

    private final FileIdentity identity;
    private final FileChannel channel;
    private final FileLocks locks;
    private final boolean writable;
    private final ReentrantLock tableLock = new ReentrantLock();
    /** Descriptors that turned out to be of this same file: kept until the end, since closing one drops the locks. */
    private final List<FileChannel> twins = new ArrayList<>(0);
    /** Under the lock of {@link #OPEN}. */
    private FileLocks.@Nullable Held use;
    /** This process among the participants, from the first segment on that takes part: under the same lock. */
    private @Nullable Membership membership;
    /** Whose file of participants was truncated: segments that have one of these are detached. */
    private final List<Membership> lost = new ArrayList<>(0);
    /** Whether a segment of this JVM takes no part: under the same lock. */
    private boolean declined;
    private final Map<SharedKey, Object> shared = new ConcurrentHashMap<>();
    private final List<Attachment> lingering = new CopyOnWriteArrayList<>();
    private int users = 1;

    private OpenFile(FileIdentity identity, FileChannel channel, FileLocks locks, boolean writable) {
        this.identity = identity;
        this.channel = channel;
        this.locks = locks;
        this.writable = writable;
        this.use = writable ? takeUseLock(locks) : null;
    }

    /**
     * Opens the file at {@code path}, or shares the descriptor this JVM has of it.
     *
     * @param expected the file that was examined; another one under the same path meanwhile is refused
     * @param writeNeeded fails without write permission; otherwise a read-only descriptor will do
     */
    static OpenFile open(Path path, FileFacts expected, boolean writeNeeded) throws IOException {
        synchronized (OPEN) {
            OpenFile shared = OPEN.get(expected.identity());
            if (shared != null) {
                if (writeNeeded && !shared.writable) {
                    throw new AccessDeniedException(path.toString(), null, "not writable");
                }
                shared.users++;
                return shared;
            }
            FileChannel channel;
            boolean writable = true;
            try {
                channel = FileChannel.open(path,
                        Set.<OpenOption>of(StandardOpenOption.READ, StandardOpenOption.WRITE,
                                LinkOption.NOFOLLOW_LINKS));
            } catch (FileSystemException e) {
                if (writeNeeded) {
                    throw e;
                }
                // Permissions, a read-only mount, an immutable file: only the first has a type of its own, and the text of
                // the others is in the language of the host. What stands in the way of reading too is told by this one.
                writable = false;
                channel = FileChannel.open(path,
                        Set.<OpenOption>of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
            }
            return adopt(path, expected, channel, writable);
        }
    }

    /** Creates a file that does not exist, readable and writable by us, with no permission for anybody else yet. */
    static OpenFile createNew(Path path) throws IOException {
        synchronized (OPEN) {
            FileChannel channel = FileChannel.open(path,
                    Set.<OpenOption>of(StandardOpenOption.READ, StandardOpenOption.WRITE,
                            StandardOpenOption.CREATE_NEW),
                    Permissions.ownerOnly(path));
            boolean kept = false;
            try {
                OpenFile file = adopt(path, FileFacts.of(path), channel, true);
                kept = true;
                return file;
            } finally {
                if (!kept) {
                    channel.close();
                    Files.deleteIfExists(path);
                }
            }
        }
    }

    private static OpenFile adopt(Path path, FileFacts expected, FileChannel channel, boolean writable)
            throws IOException {
        boolean adopted = false;
        try {
            FileFacts now = FileFacts.of(path);
            OpenFile twin = OPEN.get(now.identity());
            if (twin != null) {
                // Replaced between look and open, by a file this JVM has open already: closing our descriptor now would
                // drop the locks of the other one.
                twin.twins.add(channel);
                adopted = true;
                throw new ReplacedFileException(path, now.identity(), expected.identity());
            }
            if (!now.identity().equals(expected.identity())) {
                throw new ReplacedFileException(path, now.identity(), expected.identity());
            }
            FileLocks locks = FileLocks.of(channel, path, now.identity(), !writable);
            OpenFile file;
            try {
                file = new OpenFile(now.identity(), channel, locks, writable);
            } catch (UncheckedIOException e) {
                // A file system that knows no locks.
                locks.close();
                throw e.getCause();
            }
            OPEN.put(now.identity(), file);
            adopted = true;
            return file;
        } finally {
            if (!adopted) {
                channel.close();
            }
        }
    }

    FileChannel channel() {
        return channel;
    }

    /** A copy of the first {@code byteSize} bytes, a multiple of 8 that the file has. */
    MemorySegment copyOfStart(long byteSize) throws IOException {
        return undisturbed(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment copy = MemorySegment.ofArray(new long[Math.toIntExact(byteSize / Long.BYTES)]);
                return copy.copyFrom(channel.map(MapMode.READ_ONLY, 0, byteSize, arena));
            }
        });
    }

    /** Maps the first {@code byteSize} bytes until the arena, a shared one, is closed. */
    MemorySegment map(MapMode mode, long byteSize, Arena arena) throws IOException {
        try {
            return undisturbed(() -> channel.map(mode, 0, byteSize, arena));
        } catch (IOException e) {
            throw new UnmappableException(byteSize, e);
        }
    }

    /** The JDK says "Map failed" of a number that no process can map, and the system "File too large". */
    static final class UnmappableException extends IOException {

        @Serial
        private static final long serialVersionUID = 1;

        UnmappableException(long byteSize, IOException cause) {
            super("bytes=" + byteSize + ", reason=" + cause.getMessage() + " (expected: no more than the file system"
                    + " allows in a file, and than the address space of this process has left, see ulimit -v)", cause);
        }
    }

    FileLocks locks() {
        return locks;
    }

    /** Serialises additions of this JVM before the kernel's lock serialises those of all processes. */
    ReentrantLock tableLock() {
        return tableLock;
    }

    FileIdentity identity() {
        return identity;
    }

    /** The attachments of this file that are closed and still mapped, for all of them. */
    List<Attachment> lingering() {
        return lingering;
    }

    /** What all segments of this JVM that map this file know of one block, made when it is first asked for. */
    <T> T shared(Class<T> type, long offset, Supplier<T> initial) {
        return type.cast(shared.computeIfAbsent(new SharedKey(type, offset), _ -> initial.get()));
    }

    /** With the type: rows of a foreign table may give one block to structures of several kinds. */
    private record SharedKey(Class<?> type, long offset) {}

    /**
     * Whether nobody else uses the file: no other segment of this JVM, and no other process that could write it. Gives
     * up this JVM's own mark for good, so that of two last users that ask at once at least one is told yes.
     */
    boolean isLastUse() {
        synchronized (OPEN) {
            if (users > 1 || use == null) {
                return false;
            }
            Participants participants = membership == null ? null : membership.participants();
            if (participants == null) {
                use.close();
            } else {
                // Not given back: it says that this process lives, and a thread may still be inside.
                participants.beginLeaving();
                Atomics.fullFence();
            }
            // From the last one on: somebody who takes part from now on changes the last one for one that is looked at later.
            for (int i = LockPositions.USERS_MAX - 1; i >= 0; i--) {
                if (isUser(i, participants)) {
                    return false;
                }
            }
            // Where somebody stands who has come meanwhile: all of the above take as long as an opening.
            return !isUser(LockPositions.USERS_MAX - 1, participants);
        }
    }

    private boolean isUser(int index, @Nullable Participants participants) {
        return locks.isHeldElsewhere(LockPositions.user(index))
                && (participants == null || !participants.isLeaving(index));
    }

    /** The locks that other processes hold as users of the file. Takes a call of the kernel for each that there may be. */
    Set<Long> otherUsers() {
        Set<Long> found = new HashSet<>();
        for (int i = LockPositions.USERS_MAX - 1; i >= 0; i--) {
            if (locks.isHeldElsewhere(LockPositions.user(i))) {
                found.add(LockPositions.user(i));
            }
        }
        return found;
    }

    /**
     * Takes part in what the participants of the segment tell each other, and stays until the file is released. The first segment
     * of this JVM that asks decides under which name.
     */
    Membership join(SegmentOptions options) {
        synchronized (OPEN) {
            if (membership != null && membership.loss() != null) {
                lost.add(membership);
                membership = null;
            }
            if (membership == null) {
                membership = tryJoin(options);
                tellDeclined();
            }
            return membership;
        }
    }

    /** A segment of this JVM takes no part: it wakes nobody, and what it has in hand stands in no cell. */
    void decline() {
        synchronized (OPEN) {
            declined = true;
            Participants participants = membership == null ? null : membership.participants();
            if (participants != null) {
                participants.sayDeclined();
            }
            tellDeclined();
        }
    }

    private void tellDeclined() {
        Recovery recovery = membership == null ? null : membership.recovery();
        if (declined && recovery != null) {
            recovery.declinedHere();
        }
    }

    private Membership tryJoin(SegmentOptions options) {
        FileLocks.Held present = use;
        if (present == null) {
            return Membership.none("there are more than " + LockPositions.USERS_MAX + " users of the file");
        }
        LiveFile live;
        try {
            live = LiveFile.of(options, identity, locks);
        } catch (IOException | UncheckedIOException e) {
            return Membership.none(PrintableText.of(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        // With the file of participants that was lost, this process had a row of this number, and its segments are still there.
        boolean stays = !lost.isEmpty()
                && Participants.isFree(live.memory(), LockPositions.userIndex(present.position()));
        FileLocks.Held row = stays ? present : Participants.takeRow(live.memory(), locks);
        if (row == null) {
            live.arena().close();
            return Membership.none("there is no free row for another participant");
        }
        use = row;
        // With more than a thousand users it may be the last one all the same.
        if (row.position() != present.position()) {
            present.close();
        }
        return Membership.of(Participants.join(live, LockPositions.userIndex(row.position()), locks.mechanism(),
                options.participant(), declined), locks, identity, options.path());
    }

    void release() {
        synchronized (OPEN) {
            if (--users > 0) {
                return;
            }
            OPEN.remove(identity);
            @Nullable IOException failure = null;
            if (membership != null) {
                membership.end();
            }
            lost.forEach(Membership::end);
            locks.close();
            for (FileChannel each : twins) {
                failure = closeQuietly(each, failure);
            }
            failure = closeQuietly(channel, failure);
            if (failure != null) {
                throw new UncheckedIOException("cannot close segment file", failure);
            }
        }
    }

    /**
     * Marks the file as used; null when there are more users than marks, who then can never prove to be the last. The last mark that
     * is free, until this process has a row: the first one may be a dead one's, who would be taken for alive.
     */
    private static FileLocks.@Nullable Held takeUseLock(FileLocks locks) {
        for (int i = LockPositions.USERS_MAX - 1; i >= 0; i--) {
            FileLocks.Held held = locks.tryLock(LockPositions.user(i));
            if (held != null) {
                return held;
            }
        }
        return null;
    }

    /**
     * Works on the channel in a thread that nobody interrupts: an interrupt would close the channel, and with it drop
     * the locks of every segment of this file.
     */
    static MemorySegment undisturbed(Callable<MemorySegment> work) throws IOException {
        FutureTask<MemorySegment> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().name("zeroipc-map").start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    thread.join();
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof IOException cause) {
                        throw cause;
                    }
                    throw new IOException("cannot map: " + e.getCause(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable IOException closeQuietly(FileChannel channel, @Nullable IOException before) {
        try {
            channel.close();
            return before;
        } catch (IOException e) {
            return before == null ? e : before;
        }
    }
}

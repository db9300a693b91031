package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.format.ParticipantsDescriptor;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.FileIdentity;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.Preallocation;
import io.zeroipc.os.ProcessIdentity;

/**
 * The mapped file {@code NAME.zipc-live} beside a segment: {@code docs/format/participants.md}. Made by the first process that
 * opens the segment, and made anew when it belongs to an earlier file of that name. Nobody locks this file, so its descriptor is
 * closed as soon as it is mapped.
 *
 * @param path where it stood
 * @param identity of the file that is mapped
 * @param memory all of it
 * @param arena ends the mapping
 */
record LiveFile(Path path, FileIdentity identity, MemorySegment memory, Arena arena) {

    private static final String SUFFIX = ".zipc-live";
    /** How long to wait for somebody who makes the file, or recovers: microseconds, unless he is stopped. */
    private static final long PATIENCE_NANOS = 1_000_000_000;

    static Path pathOf(Path segment) {
        return segment.resolveSibling(segment.getFileName() + SUFFIX);
    }

    /** What is wrong with the place where it stood, for people; null when it is still there. */
    @Nullable
    String problem() {
        try {
            FileFacts now = FileFacts.of(path);
            return now.identity().equals(identity) ? lossOf(now) : "it was replaced: path=" + path;
        } catch (NoSuchFileException e) {
            return "it was removed: path=" + path;
        } catch (IOException e) {
            return "it cannot be examined: path=" + path + ", reason=" + e;
        }
    }

    /** Why its pages are gone, for people; null when they are there, as far as the file is still where it was. */
    @Nullable
    String loss() {
        try {
            FileFacts now = FileFacts.of(path);
            return now.identity().equals(identity) ? lossOf(now) : null;
        } catch (IOException e) {
            // Whoever removes or replaces it leaves the pages.
            return null;
        }
    }

    private @Nullable String lossOf(FileFacts now) {
        return now.size() < ParticipantsDescriptor.BYTE_SIZE
                ? "it was truncated: path=" + path + ", mapped bytes=" + ParticipantsDescriptor.BYTE_SIZE
                        + ", file size="
                        + now.size()
                : null;
    }

    /** Removes the file of whichever segment that is gone, or about to be replaced; another file of that name stays. */
    static void remove(Path segment) {
        remove(segment, null);
    }

    /** As {@link #remove(Path)}, of this segment alone: another one may have its name by now, and have made its own. */
    static void remove(Path segment, @Nullable FileIdentity identity) {
        Path path = pathOf(segment);
        try {
            LiveFile present = map(path, FileFacts.of(path), MapMode.READ_WRITE);
            boolean ours = ParticipantsDescriptor.check(present.memory) == null && (identity == null
                    || ParticipantsDescriptor.belongsTo(present.memory, identity.device(), identity.inode()));
            present.arena.close();
            if (ours) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            // There is none, or it is somebody else's. It names the file it belongs to, and is not used for another.
        }
    }

    /**
     * Maps the file of a segment, and makes it first if there is none.
     *
     * @param identity of the segment's file
     * @param locks of the segment's file
     * @throws IOException with a reason for people: who takes no part goes on without
     */
    static LiveFile of(SegmentOptions options, FileIdentity identity, FileLocks locks) throws IOException {
        if (!identity.other().isEmpty()) {
            throw new IOException("the file system has no numbers for files: " + identity);
        }
        Path path = pathOf(options.path());
        LiveFile present = find(path, options, identity, MapMode.READ_WRITE);
        if (present != null) {
            return present;
        }
        try (FileLocks.Held _ = lock(locks, path)) {
            present = find(path, options, identity, MapMode.READ_WRITE);
            if (present != null) {
                return present;
            }
            make(path, options, identity, locks.mechanism());
            present = find(path, options, identity, MapMode.READ_WRITE);
        }
        if (present == null) {
            throw new IOException("it was replaced at once by another one: path=" + path);
        }
        return present;
    }

    /**
     * Maps the file of a segment to look at it; null when there is none.
     *
     * @throws IOException with a reason for people, when there is something else in its place
     */
    static @Nullable LiveFile toLookAt(SegmentOptions options, FileIdentity identity) throws IOException {
        return identity.other().isEmpty()
                ? find(pathOf(options.path()), options, identity, MapMode.READ_ONLY)
                : null;
    }

    private static FileLocks.Held lock(FileLocks locks, Path path) throws IOException {
        long begun = System.nanoTime();
        while (true) {
            FileLocks.Held held = locks.tryLock(LockPositions.RECOVERY);
            if (held != null) {
                return held;
            }
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new IOException("another process keeps the recovery lock, and is stopped perhaps: path=" + path);
            }
            Thread.onSpinWait();
        }
    }

    /** Null when there is none, or one of another segment. */
    private static @Nullable LiveFile find(Path path, SegmentOptions options, FileIdentity identity, MapMode mode)
            throws IOException {
        FileFacts facts;
        try {
            facts = FileFacts.of(path);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (!facts.isRegularFile() || !options.owner().allows(facts.ownerUid())
                || facts.size() != ParticipantsDescriptor.BYTE_SIZE) {
            throw new IOException("not a file to be trusted: path=" + path + ", regular file=" + facts.isRegularFile()
                    + ", owner id=" + facts.ownerUid() + ", user id=" + ProcessIdentity.currentUid() + ", bytes="
                    + facts.size() + " (expected: " + ParticipantsDescriptor.BYTE_SIZE
                    + "; remove it when nobody uses the segment)");
        }
        LiveFile found = map(path, facts, mode);
        String problem = ParticipantsDescriptor.check(found.memory);
        if (problem != null) {
            found.arena.close();
            throw new IOException("not a file of participants: path=" + path + ", " + problem
                    + " (another file has its name, or another version made it; remove it when nobody uses the segment)");
        }
        if (!ParticipantsDescriptor.belongsTo(found.memory, identity.device(), identity.inode())) {
            found.arena.close();
            return null;
        }
        return found;
    }

    /** Under a temporary name, so that nobody sees it half made. The caller holds the recovery lock. */
    private static void make(Path path, SegmentOptions options, FileIdentity identity, FileLocks.Mechanism mechanism)
            throws IOException {
        Path temporary = TemporaryName.of(path);
        try {
            OpenFile.undisturbed(() -> {
                try (FileChannel channel = FileChannel.open(temporary,
                        Set.<OpenOption>of(StandardOpenOption.READ, StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE_NEW),
                        Permissions.ownerOnly(temporary)); Arena arena = Arena.ofShared()) {
                    Preallocation.reserve(channel, temporary, ParticipantsDescriptor.BYTE_SIZE, mechanism);
                    ParticipantsDescriptor.format(channel.map(MapMode.READ_WRITE, 0, ParticipantsDescriptor.BYTE_SIZE,
                            arena), identity.device(), identity.inode());
                    return MemorySegment.NULL;
                }
            });
            Permissions.set(temporary, Permissions.of(options.path()));
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static LiveFile map(Path path, FileFacts facts, MapMode mode) throws IOException {
        if (facts.size() != ParticipantsDescriptor.BYTE_SIZE) {
            throw new IOException("another size: path=" + path + ", bytes=" + facts.size());
        }
        Arena arena = Arena.ofShared();
        boolean kept = false;
        try {
            MemorySegment memory = OpenFile.undisturbed(() -> {
                Set<OpenOption> access = mode.equals(MapMode.READ_ONLY)
                        ? Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
                        : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
                try (FileChannel channel = FileChannel.open(path, access)) {
                    return channel.map(mode, 0, ParticipantsDescriptor.BYTE_SIZE, arena);
                }
            });
            kept = true;
            return new LiveFile(path, facts.identity(), memory, arena);
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }
}

package io.zeroipc.segment;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.SegmentAccessDeniedException;
import io.zeroipc.SegmentExistsException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.SegmentSizeMismatchException;
import io.zeroipc.SegmentSpaceException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.os.FileFacts;
import io.zeroipc.os.NoSpaceException;
import io.zeroipc.os.Preallocation;
import io.zeroipc.os.ProcessIdentity;
import io.zeroipc.os.ReplacedFileException;
import io.zeroipc.wait.Deadline;

/**
 * The life of a segment's file: built under a temporary name and linked into place, examined before it is trusted,
 * removed when asked. The steps and their reasons are in {@code docs/format/segment.md}.
 */
final class SegmentFiles {

    private SegmentFiles() {
    }

    static Segment create(SegmentOptions options) {
        return build(options, Publication.LINK);
    }

    static Segment recreate(SegmentOptions options) {
        FileFacts present = facts(options);
        if (present != null) {
            requireTrusted(options, present);
        }
        return build(options, Publication.REPLACE);
    }

    static Segment openOrCreate(SegmentOptions options) {
        while (true) {
            if (facts(options) != null || options.size() == 0) {
                try {
                    return open(options, false);
                } catch (SegmentNotFoundException e) {
                    if (options.size() == 0) {
                        throw e;
                    }
                    // Removed since we looked: create it.
                }
            }
            try {
                return build(options, Publication.LINK);
            } catch (SegmentExistsException e) {
                // Somebody was faster: open it.
            }
        }
    }

    static Segment open(SegmentOptions options, boolean readOnly) {
        requireLittleEndian();
        Deadline deadline = Deadline.after(options.openTimeout());
        int attempts = 0;
        while (true) {
            boolean last = deadline.expired() || Thread.currentThread().isInterrupted();
            try {
                Segment segment = tryOpen(options, readOnly, last);
                if (segment != null) {
                    return segment;
                }
            } catch (ReplacedFileException e) {
                // By one that can be opened, perhaps.
                if (last) {
                    throw failed("cannot open segment", options, e);
                }
            }
            attempts = options.waitStrategy().idle(attempts);
        }
    }

    /** Maps a file that has no table. */
    static MappedFile map(SegmentOptions options, boolean readOnly) {
        requireLittleEndian();
        OpenFile file;
        try {
            file = openTrusted(options, readOnly);
        } catch (ReplacedFileException e) {
            throw failed("cannot map file", options, e);
        }
        boolean kept = false;
        try {
            long size = sizeOf(options, file);
            if (size == 0) {
                throw new SegmentFormatException(
                        "file is empty: segment=" + options.name() + ", path=" + options.path(), options.path());
            }
            MappedFile mapped = map(options, file, size, readOnly, false,
                    (arena, pages, attachment) -> new MappedFile(file, arena, pages.memory(), attachment));
            kept = true;
            return mapped;
        } catch (IOException e) {
            throw failed("cannot map file", options, e);
        } finally {
            if (!kept) {
                file.release();
            }
        }
    }

    private static OpenFile openTrusted(SegmentOptions options, boolean readOnly) throws ReplacedFileException {
        Path path = options.path();
        FileFacts facts = facts(options);
        if (facts == null) {
            throw new SegmentNotFoundException("segment not found: segment=" + options.name() + ", path=" + path
                    + " (start the process that creates it, or open with a size to create it here)", path);
        }
        requireTrusted(options, facts);
        try {
            return OpenFile.open(path, facts, !readOnly);
        } catch (NoSuchFileException e) {
            throw removed(options, e);
        } catch (ReplacedFileException e) {
            throw e;
        } catch (IOException e) {
            throw isForbidden(e, path)
                    ? denied(options, facts, readOnly, e)
                    : failed("cannot open segment", options, e);
        }
    }

    /**
     * Whether a failure is this process's lack of rights at a place. The JDK has a type for permissions alone; a read-only
     * file system or an immutable file is told by asking the kernel again, and not by a text in the language of the host.
     */
    private static boolean isForbidden(IOException failure, Path place) {
        return failure instanceof AccessDeniedException
                || (failure instanceof FileSystemException && Files.exists(place, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isWritable(place));
    }

    /** What the system says of a failure, for messages; nothing when it only repeats that the file is meant. */
    private static String reason(IOException failure) {
        return failure instanceof FileSystemException e && e.getReason() != null ? ", reason=" + e.getReason() : "";
    }

    /**
     * Of the open file: to map more than it has would lengthen it.
     *
     * @throws SegmentNotFoundException when it was removed since it was opened
     */
    static long sizeOf(SegmentOptions options, OpenFile file) throws IOException {
        FileFacts facts;
        try {
            facts = FileFacts.of(options.path());
        } catch (NoSuchFileException e) {
            throw removed(options, e);
        }
        if (!facts.identity().equals(file.identity())) {
            throw new ReplacedFileException(options.path(), facts.identity(), file.identity());
        }
        return facts.size();
    }

    private static SegmentNotFoundException removed(SegmentOptions options, NoSuchFileException cause) {
        return new SegmentNotFoundException("segment not found: segment=" + options.name() + ", path="
                + options.path() + " (it was removed just now)", options.path(), cause);
    }

    /** Null when the creator has not finished and there is still time. */
    private static @Nullable Segment tryOpen(SegmentOptions options, boolean readOnly, boolean last)
            throws ReplacedFileException {
        Path path = options.path();
        OpenFile file = openTrusted(options, readOnly);
        boolean kept = false;
        try {
            long fileSize = sizeOf(options, file);
            MemorySegment header = fileSize < SegmentDescriptor.HEADER_SIZE
                    ? null
                    : file.copyOfStart(SegmentDescriptor.HEADER_SIZE);
            if (isUnfinished(header, fileSize) && !last) {
                return null;
            }
            if (header == null) {
                throw new SegmentFormatException("file is too short for a segment: segment=" + options.name()
                        + ", path=" + path + ", file size=" + fileSize + " (expected: at least "
                        + SegmentDescriptor.HEADER_SIZE + ")", path);
            }
            long memorySize = checkedSize(options, header, fileSize);
            Segment segment = map(options, file, memorySize, readOnly, true,
                    (arena, pages, attachment) -> new Segment(options, file, arena, pages, attachment, false,
                            readOnly));
            kept = true;
            return segment;
        } catch (ReplacedFileException e) {
            throw e;
        } catch (IOException e) {
            throw failed("cannot map segment", options, e);
        } finally {
            if (!kept) {
                file.release();
            }
        }
    }

    /** Between making a file and formatting it, other implementations leave it empty, or zero. */
    private static boolean isUnfinished(@Nullable MemorySegment header, long fileSize) {
        if (header == null) {
            return fileSize == 0;
        }
        return Atomics.getInt(header, SegmentDescriptor.MAGIC_OFFSET) == 0
                || Atomics.getInt(header, SegmentDescriptor.VERSION_OFFSET) == 0
                || Atomics.getLong(header, SegmentDescriptor.NEXT_OFFSET_OFFSET) == 0;
    }

    private interface Mapping<M> {

        M of(Arena arena, Pages pages, Attachment attachment);
    }

    private static <M> M map(SegmentOptions options, OpenFile file, long memorySize, boolean readOnly,
            boolean withTable, Mapping<M> mapping) throws IOException {
        Arena arena = Arena.ofShared();
        boolean kept = false;
        try {
            MemorySegment memory = file.map(readOnly ? MapMode.READ_ONLY : MapMode.READ_WRITE, memorySize, arena);
            Pages pages = Pages.prepare(options, memory, readOnly);
            Attachment attachment = new Attachment(options, file, memorySize, readOnly,
                    readOnly || !withTable ? null : join(options, file));
            M mapped = mapping.of(arena, pages, attachment);
            kept = true;
            return mapped;
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }

    /** The part that this process takes in a segment; null when it was declined. */
    private static @Nullable Membership join(SegmentOptions options, OpenFile file) {
        if (!options.recovery()) {
            file.decline();
            return null;
        }
        return file.join(options);
    }

    private static long checkedSize(SegmentOptions options, MemorySegment header, long fileSize) {
        Path path = options.path();
        String problem = SegmentDescriptor.check(header, fileSize);
        if (problem != null) {
            throw new SegmentFormatException("not a usable segment: segment=" + options.name() + ", path=" + path + ", "
                    + problem + " (check that the path is a ZeroIPC v2 segment; to replace it, recreate it)", path);
        }
        long memorySize = Atomics.getLong(header, SegmentDescriptor.MEMORY_SIZE_OFFSET);
        if (options.size() > 0 && options.strictSize() && options.size() != memorySize) {
            throw new SegmentSizeMismatchException("segment has another size: segment=" + options.name() + ", path="
                    + path + ", bytes=" + memorySize + " (expected: " + options.size()
                    + "; change the size, allow any with strictSize=false, or recreate the segment)", path,
                    options.size(), memorySize);
        }
        return memorySize;
    }

    // building

    private enum Publication {
        LINK, REPLACE
    }

    private static Segment build(SegmentOptions options, Publication publication) {
        requireLittleEndian();
        Path directory = requireBuildable(options);
        Path path = options.path();
        if (publication == Publication.LINK && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            throw exists(options, null);
        }
        TemporaryName.removeStale(path);
        Path temporary = TemporaryName.of(path);
        try {
            OpenFile file = OpenFile.createNew(temporary);
            Arena arena = Arena.ofShared();
            boolean kept = false;
            try {
                Pages pages = fill(options, temporary, file, arena);
                Segment segment = publish(options, publication, temporary, file, arena, pages);
                kept = true;
                return segment;
            } finally {
                if (!kept) {
                    arena.close();
                    file.release();
                }
                Files.deleteIfExists(temporary);
            }
        } catch (NoSpaceException e) {
            throw new SegmentSpaceException("file system has no room for the segment: segment=" + options.name()
                    + ", path=" + path + ", bytes needed=" + options.size() + ", bytes available=" + e.available()
                    + " (make room or a smaller segment; containers have a /dev/shm of 64 MiB unless told otherwise,"
                    + " see --shm-size)", path, options.size(), e.available(), e);
        } catch (FileAlreadyExistsException e) {
            throw exists(options, e);
        } catch (IOException e) {
            if (!isForbidden(e, directory) && !isForbidden(e, path)) {
                throw failed("cannot create segment", options, e);
            }
            throw new SegmentAccessDeniedException("cannot create segment: segment=" + options.name() + ", path=" + path
                    + ", user id=" + ProcessIdentity.currentUid() + reason(e)
                    + " (the directory, or the file to be replaced, may not be changed by this user, or the file system"
                    + " is read-only)", path, e);
        }
    }

    private static Path requireBuildable(SegmentOptions options) {
        long minimum = SegmentDescriptor.tableSize(options.tableCapacity());
        if (options.size() < minimum) {
            throw new IllegalArgumentException(
                    (options.size() == 0 ? "segment size is missing" : "segment is too small")
                            + ": segment=" + options.name() + ", path=" + options.path() + ", size=" + options.size()
                            + ", max entries=" + options.tableCapacity() + " (expected: at least " + minimum
                            + " bytes for the table, plus the structures)");
        }
        String file = String.valueOf(options.path().getFileName());
        if (!PrintableText.isName(file)) {
            throw new IllegalArgumentException("name of the segment's file holds control characters: path="
                    + PrintableText.of(options.path().toString()) + " (expected: none)");
        }
        Path directory = options.path().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new ZeroIpcException("directory of the segment does not exist: segment=" + options.name() + ", path="
                    + options.path() + " (create the directory, or choose another base directory)");
        }
        return directory;
    }

    private static Pages fill(SegmentOptions options, Path temporary, OpenFile file, Arena arena)
            throws IOException {
        if (options.preallocate()) {
            Preallocation.reserve(file.channel(), temporary, options.size(), file.locks().mechanism());
        }
        MemorySegment memory = file.map(MapMode.READ_WRITE, options.size(), arena);
        // Before the first page is there: the kernel decides then.
        Pages pages = Pages.prepare(options, memory, false);
        SegmentDescriptor.format(memory, options.tableCapacity(), options.size());
        Permissions.set(temporary, options.permissions());
        return pages;
    }

    private static Segment publish(SegmentOptions options, Publication publication, Path temporary, OpenFile file,
            Arena arena, Pages pages) throws IOException {
        Path path = options.path();
        // One that is left of an earlier segment of this name; while nobody can have added to ours.
        if (publication == Publication.REPLACE || !Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            TypeCatalogue.remove(path);
            LiveFile.remove(path);
        }
        if (publication == Publication.REPLACE) {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            link(path, temporary);
        }
        Attachment attachment = new Attachment(options, file, options.size(), false, join(options, file));
        return new Segment(options, file, arena, pages, attachment, true, false);
    }

    /** Gives the finished file its final name, failing when that is taken. */
    static void link(Path path, Path temporary) throws IOException {
        try {
            Files.createLink(path, temporary);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (UnsupportedOperationException | FileSystemException e) {
            // A file system or a sandbox without hard links: each of them has its own error, and the JDK tells none apart.
            // What has another reason fails the other way as well.
            linkless(path, temporary);
        }
    }

    /**
     * The same without a hard link: the name is reserved by an empty file, which openers take for one that is not finished,
     * and the complete file is renamed over it.
     */
    static void linkless(Path path, Path temporary) throws IOException {
        Files.createFile(path, Permissions.ownerOnly(path));
        boolean replaced = false;
        try {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            replaced = true;
        } finally {
            if (!replaced) {
                // Still ours: whoever creates fails on it, and whoever opens waits for it to be finished.
                Files.deleteIfExists(path);
            }
        }
    }

    // closing

    /** Treats the file as its options say for the end of a segment object's use of it. */
    static void removeIfAsked(SegmentOptions options, OpenFile file, boolean created) {
        boolean delete = switch (options.onClose()) {
            case KEEP -> false;
            case DELETE_IF_CREATED -> created;
            case DELETE_IF_LAST -> file.isLastUse();
            case DELETE -> true;
        };
        try {
            FileFacts present = delete ? facts(options) : null;
            if (present != null && present.identity().equals(file.identity())) {
                Files.deleteIfExists(options.path());
                TypeCatalogue.remove(options.path());
                LiveFile.remove(options.path(), file.identity());
            }
        } catch (IOException e) {
            throw failed("cannot delete segment", options, e);
        }
    }

    // trust

    private static @Nullable FileFacts facts(SegmentOptions options) {
        try {
            return FileFacts.of(options.path());
        } catch (NoSuchFileException e) {
            return null;
        } catch (AccessDeniedException e) {
            throw new SegmentAccessDeniedException("cannot examine segment: segment=" + options.name() + ", path="
                    + options.path() + ", user id=" + ProcessIdentity.currentUid()
                    + " (a directory on the way is not accessible for this user)", options.path(), e);
        } catch (IOException e) {
            throw failed("cannot examine segment", options, e);
        }
    }

    private static void requireTrusted(SegmentOptions options, FileFacts facts) {
        Path path = options.path();
        if (facts.isSymbolicLink()) {
            throw new SegmentAccessDeniedException("segment path is a symbolic link: segment=" + options.name()
                    + ", path=" + path + " (links are not followed; give the path of the file itself)", path);
        }
        if (!facts.isRegularFile()) {
            throw new SegmentFormatException("segment path is not a file: segment=" + options.name() + ", path=" + path,
                    path);
        }
        Integer owner = facts.ownerUid();
        if (options.owner() == OwnerRule.ANY || owner == null) {
            return;
        }
        int self = ProcessIdentity.currentUid();
        if (!options.owner().allows(owner)) {
            throw new SegmentAccessDeniedException("segment belongs to another user: segment=" + options.name()
                    + ", path=" + path + ", owner id=" + owner + ", user id=" + self + ", owner rule="
                    + options.owner() + " (run both as one user, or allow any owner)", path);
        }
        if (owner != self && facts.isWorldWritable()) {
            throw new SegmentAccessDeniedException("segment of another user is writable by everybody: segment="
                    + options.name() + ", path=" + path + ", owner id=" + owner + ", user id=" + self
                    + " (remove write permission for others, or allow any owner)", path);
        }
    }

    private static SegmentAccessDeniedException denied(SegmentOptions options, FileFacts facts, boolean readOnly,
            IOException cause) {
        return new SegmentAccessDeniedException("segment may not be opened: segment=" + options.name() + ", path="
                + options.path() + ", permissions=" + "0%o".formatted(facts.mode()) + ", owner id=" + facts.ownerUid()
                + ", user id=" + ProcessIdentity.currentUid() + ", access=" + (readOnly ? "read" : "read and write")
                + reason(cause) + " (change the permissions, or run both processes as one user"
                + (readOnly ? ")" : "; reading alone may be allowed: open it read-only)"), options.path(), cause);
    }

    private static SegmentExistsException exists(SegmentOptions options, @Nullable IOException cause) {
        return new SegmentExistsException("segment exists: segment=" + options.name() + ", path=" + options.path()
                + " (open it, or replace it with recreate; nothing was changed)", options.path(), cause);
    }

    private static ZeroIpcException failed(String what, SegmentOptions options, IOException cause) {
        return new ZeroIpcException(what + ": segment=" + options.name() + ", path=" + options.path() + ", "
                + (cause instanceof OpenFile.UnmappableException ? cause.getMessage() : "reason=" + cause), cause);
    }

    private static void requireLittleEndian() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("the format is little-endian, this machine is big-endian");
        }
    }
}

package io.zeroipc.os;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import static java.lang.foreign.ValueLayout.JAVA_INT;

/**
 * Who opens, closes and changes files, as the kernel tells: inotify(7). {@link Poll} finds it when there is something to
 * {@link #read}. For one thread.
 *
 * <p>
 * A file is watched by whatever name, and in whatever container somebody opens it, as long as the kernel is the same one. What
 * programs do with a mapping is not told, nor what happens on another machine.
 */
public final class FileEvents extends Descriptor {

    /** No number of a watch. In an {@link Event}: one of any file may be missing, as there were too many. */
    public static final int NO_WATCH = -1;

    private static final int OPENED = Libc.IN_OPEN;
    private static final int CLOSED = Libc.IN_CLOSE_WRITE | Libc.IN_CLOSE_NOWRITE;
    /** Truncating counts as modifying; removing and replacing change the number of names. */
    private static final int CHANGED = Libc.IN_MODIFY | Libc.IN_ATTRIB | Libc.IN_DELETE_SELF | Libc.IN_MOVE_SELF;

    private static final long WATCH = Libc.INOTIFY_EVENT.byteOffset(PathElement.groupElement("wd"));
    private static final long MASK = Libc.INOTIFY_EVENT.byteOffset(PathElement.groupElement("mask"));
    private static final long NAME_SIZE = Libc.INOTIFY_EVENT.byteOffset(PathElement.groupElement("len"));
    /** A thousand events in one call. */
    private static final long BUFFER_SIZE = 1024 * Libc.INOTIFY_EVENT.byteSize();

    private FileEvents(int fd) {
        super(fd);
    }

    /**
     * What has happened to one file since the last reading.
     *
     * @param watch its number
     * @param isOpened somebody has opened it
     * @param isClosed somebody has closed it, or has died who had it open
     * @param isChanged it was written to by other means than a mapping, truncated, moved, replaced or removed, or got other permissions
     * @param isOver nothing will be told of this watch any more, and the number is free
     */
    public record Event(int watch, boolean isOpened, boolean isClosed, boolean isChanged, boolean isOver) {}

    /** Null without native access, or when the kernel gives none: 128 for each user are usual. */
    public static @Nullable FileEvents open() {
        int fd = NativeAccess.isAvailable() ? Libc.fileEvents() : -1;
        return fd < 0 ? null : new FileEvents(fd);
    }

    /**
     * Watches what stands at a path now; a symbolic link is not followed.
     *
     * @return the number of the watch, the same one for the same file; {@link #NO_WATCH} when there is nothing, or the kernel
     *         does not give more, or the file system is not one of the kernel's
     */
    public int watch(Path path) {
        if (!path.getFileSystem().equals(FileSystems.getDefault())) {
            return NO_WATCH;
        }
        int watch = Libc.watch(fd(), path.toAbsolutePath().toString(),
                OPENED | CLOSED | CHANGED | Libc.IN_DONT_FOLLOW);
        return watch < 0 ? NO_WATCH : watch;
    }

    /** Ends a watch. Its last event, which says so, may still come. */
    public void forget(int watch) {
        Libc.unwatch(fd(), watch);
    }

    /**
     * What has happened, one event for each file; nothing when nothing has. Does not block. What did not fit, some thousand events,
     * is left for the next call.
     */
    public List<Event> read() {
        Map<Integer, Integer> masks = new HashMap<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_SIZE, Long.BYTES);
            long end = Libc.read(fd(), buffer);
            long at = 0;
            while (at < end) {
                masks.merge(buffer.get(JAVA_INT, at + WATCH), buffer.get(JAVA_INT, at + MASK), (a, b) -> a | b);
                at += Libc.INOTIFY_EVENT.byteSize() + buffer.get(JAVA_INT, at + NAME_SIZE);
            }
        }
        List<Event> events = new ArrayList<>(masks.size());
        masks.forEach((watch, mask) -> events.add((mask & Libc.IN_Q_OVERFLOW) != 0
                ? new Event(NO_WATCH, true, true, true, false)
                : new Event(watch, (mask & OPENED) != 0, (mask & CLOSED) != 0, (mask & CHANGED) != 0,
                        (mask & Libc.IN_IGNORED) != 0)));
        return events;
    }
}

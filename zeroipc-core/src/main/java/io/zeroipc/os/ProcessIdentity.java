package io.zeroipc.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * One process of this machine, told apart from a later one that got the same pid. Comparable between processes that
 * see the same pids, that is, in the same pid namespace and since the same boot.
 *
 * <p>
 * It is the second witness of life; the first is a lock the kernel holds for the process ({@link FileLocks}).
 *
 * @param pid process id as this JVM sees it
 * @param startTime on Linux the clock ticks from boot to the start of the process; elsewhere the milliseconds from 1970
 *        to it, or 0 when the system does not tell
 */
public record ProcessIdentity(long pid, long startTime) {
    private static final boolean HAS_PROC = Files.isReadable(Path.of("/proc/self/stat"));

    // Fields of /proc/<pid>/stat behind the command name, counted from 0; proc(5) counts from 1 and begins at the pid.
    private static final int STAT_STATE = 0;
    private static final int STAT_THREADS = 17;
    private static final int STAT_START_TIME = 19;

    /** This process. */
    public static ProcessIdentity current() {
        return Current.IDENTITY;
    }

    /** The process that has this pid now, if there is one that lives and that this user may see. */
    public static Optional<ProcessIdentity> of(long pid) {
        if (pid <= 0) {
            return Optional.empty();
        }
        if (!HAS_PROC) {
            return ProcessHandle.of(pid).map(ProcessIdentity::of);
        }
        try {
            Stat stat = Stat.read(pid);
            return stat == null || stat.isDead()
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(pid, stat.startTime()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether this very process still runs. A zombie does not. True in doubt: when the process exists but the system
     * hides the rest. Where {@code /proc} is mounted so that it hides foreign processes altogether, those are seen only
     * with native access, and are taken for dead without it.
     */
    public boolean isAlive() {
        if (pid <= 0) {
            return false;
        }
        if (!HAS_PROC) {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .map(ProcessIdentity::of)
                    .filter(found -> found.startTime == startTime || found.startTime == 0 || startTime == 0)
                    .isPresent();
        }
        try {
            Stat stat = Stat.read(pid);
            if (stat != null) {
                return !stat.isDead() && stat.startTime() == startTime;
            }
        } catch (IOException e) {
            return true; // it is there, and we may not look closer
        }
        return NativeAccess.isAvailable() && pid <= Integer.MAX_VALUE && Libc.probeProcess((int) pid) != -Libc.ESRCH
                && isHidden(pid);
    }

    /**
     * The numeric user this JVM runs as, or -1 where users have no numbers. Found once.
     */
    public static int currentUid() {
        return Current.UID;
    }

    /** True unless the process ended between the two looks and became visible as a corpse, or vanished. */
    private static boolean isHidden(long pid) {
        try {
            Stat stat = Stat.read(pid);
            return stat == null;
        } catch (IOException e) {
            return true;
        }
    }

    private static ProcessIdentity of(ProcessHandle process) {
        return new ProcessIdentity(process.pid(), process.info().startInstant().map(Instant::toEpochMilli).orElse(0L));
    }

    @Override
    public String toString() {
        return "pid=" + pid + ", startTime=" + startTime;
    }

    private static final class Current {
        static final ProcessIdentity IDENTITY = of(ProcessHandle.current().pid())
                .orElseGet(() -> of(ProcessHandle.current()));
        static final int UID = uid();

        private static int uid() {
            if (!Path.of("").getFileSystem().supportedFileAttributeViews().contains("unix")) {
                return -1;
            }
            try {
                // The directory of a process belongs to its effective user, even where its files do not.
                if (HAS_PROC) {
                    return uidOf(Path.of("/proc/self"));
                }
                Path file = Files.createTempFile("zeroipc", null);
                try {
                    return uidOf(file);
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                return -1;
            }
        }

        private static int uidOf(Path path) throws IOException {
            return Files.getAttribute(path, "unix:uid") instanceof Integer uid ? uid : -1;
        }
    }

    /**
     * The part of {@code /proc/<pid>/stat} that tells whether a process lives.
     *
     * @param state one letter, as ps(1) shows it
     * @param threads number of threads, the main one included even after it ended
     * @param startTime clock ticks since boot
     */
    record Stat(char state, long threads, long startTime) {

        /** Null when there is no such process, as far as this user can see. */
        static @Nullable Stat read(long pid) throws IOException {
            try {
                byte[] text = Files.readAllBytes(Path.of("/proc/" + pid + "/stat"));
                return parse(new String(text, StandardCharsets.ISO_8859_1));
            } catch (NoSuchFileException e) {
                return null;
            } catch (IOException e) {
                if (!Files.exists(Path.of("/proc/" + pid))) {
                    return null; // it ended between opening and reading: ESRCH
                }
                throw e;
            }
        }

        static Stat parse(String text) throws IOException {
            // The command name may itself contain spaces and parentheses: the last one closes it.
            String[] fields = text.substring(text.lastIndexOf(')') + 1).strip().split(" ", -1);
            try {
                return new Stat(fields[STAT_STATE].charAt(0), Long.parseLong(fields[STAT_THREADS]),
                        Long.parseLong(fields[STAT_START_TIME]));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("process status is not understood: text=" + text, e);
            }
        }

        /** A zombie whose other threads still run is only a main thread that ended. */
        boolean isDead() {
            return state == 'X' || state == 'x' || (state == 'Z' && threads <= 1);
        }
    }
}

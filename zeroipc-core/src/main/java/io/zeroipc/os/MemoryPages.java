package io.zeroipc.os;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.zeroipc.memory.Atomics;

/**
 * What the kernel is asked of the pages behind a mapping, which starts with its file, and what it says of them. Changes no byte.
 * Thread-safe.
 */
public final class MemoryPages {

    /** The result of {@link #bind} on kernels without nodes. */
    public static final String NOT_KNOWN = "ENOSYS";

    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage");
    private static final Path NODES = Path.of("/sys/devices/system/node/online");
    private static final Path PROCESS = Path.of("/proc/self");
    private static final List<String> HUGE = List.of("ShmemPmdMapped:", "FilePmdMapped:");
    /** The smallest that pages are; a larger one is touched more than once. */
    private static final int PAGE_BYTES = 4096;

    private MemoryPages() {
    }

    /** Says that huge pages are welcome. Whether they come is told by {@link #hugeBytes} alone. Needs native access. */
    public static void askForHuge(MemorySegment mapping) {
        // Refused by a kernel without huge pages; one that does not give them accepts it as well.
        Libc.advise(mapping, Libc.MADV_HUGEPAGE);
    }

    /** Makes huge pages of those that are there, where the kernel can (Linux 6.1) and may. Needs native access. */
    public static void makeHuge(MemorySegment mapping) {
        Libc.advise(mapping, Libc.MADV_COLLAPSE);
    }

    /**
     * Maps all pages, with native access for writing on Linux 5.14 and later, otherwise by reading. Whoever writes to them meanwhile
     * is not disturbed.
     *
     * @param writable whether the mapping is
     * @throws IOException when there is no page for a part of it
     */
    public static void touch(MemorySegment mapping, boolean writable) throws IOException {
        int result = -Libc.EINVAL;
        if (NativeAccess.isAvailable()) {
            int advice = writable ? Libc.MADV_POPULATE_WRITE : Libc.MADV_POPULATE_READ;
            do {
                result = Libc.advise(mapping, advice);
            } while (result == -Libc.EINTR);
        }
        if (result == -Libc.EINVAL) {
            read(mapping);
        } else if (result < 0) {
            throw new IOException("errno=" + name(-result));
        }
    }

    private static void read(MemorySegment mapping) throws IOException {
        try {
            for (long offset = 0; offset < mapping.byteSize(); offset += PAGE_BYTES) {
                // Has no partner: acquiring, a read whose result nobody wants is still made.
                Atomics.getByteAcquire(mapping, offset);
            }
        } catch (InternalError e) {
            throw new IOException("a page cannot be read", e);
        }
    }

    /**
     * Binds the pages to a node, and moves there those that no other process has mapped. Needs native access.
     *
     * @param node 0 to 1023
     * @return the name of the error, empty when there is none
     */
    public static String bind(MemorySegment mapping, int node) {
        int result = Libc.bind(mapping, node);
        return result < 0 ? name(-result) : "";
    }

    /** The nodes there are, as the kernel writes them. */
    public static String nodes() {
        return text(NODES);
    }

    /** Bytes of a huge page; 0 where there are none. */
    public static long hugePageBytes() {
        try {
            return Long.parseLong(text(HUGE_PAGES.resolve("hpage_pmd_size")));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Bytes of the mapping that are in huge pages now; 0 where the system does not tell. */
    public static long hugeBytes(MemorySegment mapping) {
        String start = Long.toHexString(mapping.address()) + "-";
        boolean within = false;
        long kilobytes = 0;
        for (String line : lines(PROCESS.resolve("smaps"))) {
            String[] words = line.split(" +", 3);
            if (!words[0].endsWith(":")) {
                within = line.startsWith(start);
            } else if (within && HUGE.contains(words[0])) {
                kilobytes += Long.parseLong(words[1]);
            }
        }
        return kilobytes << 10;
    }

    /** What decides whether a file in memory gets huge pages: what the kernel says in general, and the mount of the file. */
    public static String policy(Path file) {
        return "shmem_enabled=" + text(HUGE_PAGES.resolve("shmem_enabled")) + ", mount=" + mount(file);
    }

    /** The innermost mount that the file is in, the latest where there are several, with its options. */
    private static String mount(Path file) {
        String path = real(file);
        String found = "?";
        int longest = 0;
        for (String line : lines(PROCESS.resolve("mountinfo"))) {
            String[] words = line.split(" ");
            String point = words[4];
            if (path.startsWith(point.endsWith("/") ? point : point + "/") && point.length() >= longest) {
                longest = point.length();
                found = point + " " + words[words.length - 1];
            }
        }
        return found;
    }

    private static String real(Path file) {
        Path directory = file.getParent();
        try {
            return (directory == null ? file : directory.toRealPath().resolve(file.getFileName())).toString();
        } catch (IOException e) {
            return file.toString();
        }
    }

    private static String name(int errno) {
        return switch (errno) {
            case Libc.EPERM -> "EPERM";
            case Libc.ENOMEM -> "ENOMEM";
            case Libc.EFAULT -> "EFAULT";
            case Libc.EINVAL -> "EINVAL";
            case Libc.ENOSYS -> NOT_KNOWN;
            default -> String.valueOf(errno);
        };
    }

    private static String text(Path path) {
        return String.join(" ", lines(path)).strip();
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return List.of();
        }
    }
}

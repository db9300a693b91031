package io.zeroipc.segment;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.PrintableText;
import io.zeroipc.format.SegmentDescriptor;
import io.zeroipc.wait.WaitStrategy;

/**
 * Says which file, and how to create or open it; ends in {@link #create()}, {@link #open()}, {@link #openReadOnly()},
 * {@link #openOrCreate()} or {@link #recreate()}. Not thread-safe; may be used for several segments in turn.
 */
public final class SegmentBuilder {

    private static final int FILE_NAME_BYTES_MAX = 255;

    private final @Nullable String posixName;
    private final @Nullable Path explicitPath;
    private @Nullable Path baseDirectory;
    private @Nullable String label;
    private long size;
    private int maxEntries;
    private Set<PosixFilePermission> permissions = Permissions.OWNER_ONLY;
    private boolean preallocate = true;
    private boolean strictSize = true;
    private OnClose onClose = OnClose.KEEP;
    private OwnerRule owner = OwnerRule.SAME_OR_ROOT;
    private Duration openTimeout = Duration.ofSeconds(1);
    private WaitStrategy waitStrategy = WaitStrategy.block();
    private boolean catalogue = true;
    private boolean recovery = true;
    private String participant = Participants.defaultName();
    private PageOptions pages = PageOptions.NONE;

    SegmentBuilder(@Nullable String posixName, @Nullable Path explicitPath) {
        this.posixName = posixName;
        this.explicitPath = explicitPath;
    }

    /**
     * Directory of segments that are given by name; the default is {@code /dev/shm} where that exists. C++ peers reach
     * segments directly in {@code /dev/shm} only.
     */
    public SegmentBuilder baseDirectory(Path directory) {
        this.baseDirectory = directory;
        return this;
    }

    /** What messages and reports call the segment; the default is its file name. */
    public SegmentBuilder label(String name) {
        if (!PrintableText.isName(name)) {
            throw new IllegalArgumentException("label of the segment holds control characters: label="
                    + PrintableText.of(name) + " (expected: none)");
        }
        this.label = name;
        return this;
    }

    /** Size in bytes of a new segment, table included. With open: the size expected, see {@link #strictSize}. */
    public SegmentBuilder size(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("segment size is not positive: size=" + bytes);
        }
        this.size = bytes;
        return this;
    }

    /**
     * Table capacity of a new segment, 64 by default. C++ and Python peers that open with default arguments can use
     * segments of at most 64 entries only.
     *
     * @param entries 1 to 2^20
     */
    public SegmentBuilder maxEntries(int entries) {
        if (entries < 1 || entries > SegmentDescriptor.MAX_ENTRIES_LIMIT) {
            throw new IllegalArgumentException("table capacity out of range: maxEntries=" + entries
                    + " (expected: 1 to " + SegmentDescriptor.MAX_ENTRIES_LIMIT + ")");
        }
        this.maxEntries = entries;
        return this;
    }

    /** Permissions of a new segment, {@code rw-rw----} or {@code 0660}; 0600 by default. The umask does not apply. */
    public SegmentBuilder permissions(String text) {
        this.permissions = Permissions.parse(text);
        return this;
    }

    /**
     * Whether all bytes of a new segment are taken from the file system at once, the default, so that a full one is an
     * error here and not a crash later. Without it the file is sparse.
     */
    public SegmentBuilder preallocate(boolean reserve) {
        this.preallocate = reserve;
        return this;
    }

    /** Whether an existing segment of another size than {@link #size} is refused, the default. */
    public SegmentBuilder strictSize(boolean strict) {
        this.strictSize = strict;
        return this;
    }

    public SegmentBuilder onClose(OnClose policy) {
        this.onClose = policy;
        return this;
    }

    public SegmentBuilder owner(OwnerRule rule) {
        this.owner = rule;
        return this;
    }

    /**
     * How long an existing file or structure may stay unfinished by its creator before that is an error; one second by
     * default. For an interrupted thread, which stays interrupted, it is an error at once, as a file that does not exist is for
     * all.
     */
    public SegmentBuilder openTimeout(Duration timeout) {
        this.openTimeout = timeout;
        return this;
    }

    /** How threads wait in this segment's structures; backoff by default. */
    public SegmentBuilder waitStrategy(WaitStrategy strategy) {
        this.waitStrategy = strategy;
        return this;
    }

    /**
     * Whether the types of the structures that are created here are written to a file beside the segment,
     * {@code NAME.zipc}, the default: tools and programs in other languages then know what is in it. It goes with the
     * segment when that is deleted on close. Structures that are opened are compared with what it says, whoever wrote it;
     * without it, only their bytes are.
     */
    public SegmentBuilder catalogue(boolean use) {
        this.catalogue = use;
        return this;
    }

    /**
     * Whether this process says in a file beside the segment, {@code NAME.zipc-live}, what its threads are about to take and what
     * they hold, the default: if it dies, the others end what it has begun, and it does so for them. Without it this process is
     * like a program of another language: what it leaves in the middle of something stays there. Of several segments of one JVM
     * that map the same file, one that takes part is enough for the file to be watched; each announces its own claims only. A
     * segment that is opened read-only takes no part. See {@link Segment#participation()}.
     */
    public SegmentBuilder recovery(boolean use) {
        this.recovery = use;
        return this;
    }

    /**
     * What this process is called among the participants, for people; the default is the name of its main class. The first 24
     * bytes are kept.
     */
    public SegmentBuilder participant(String name) {
        if (name.isBlank() || !PrintableText.isName(name)) {
            throw new IllegalArgumentException(
                    "name of the participant is blank or holds control characters: participant="
                            + PrintableText.of(name) + " (expected: the name of the application)");
        }
        this.participant = name;
        return this;
    }

    /**
     * Whether this process asks the kernel for huge pages behind its mapping; {@link HugePages#NEVER} by default. Where they are to
     * be had, and what was granted, see {@link Segment#paging()}. {@link HugePages#REQUIRE} touches all pages, as {@link #preTouch}.
     */
    public SegmentBuilder hugePages(HugePages wish) {
        this.pages = new PageOptions(wish, pages.numaNode(), pages.preTouch());
        return this;
    }

    /**
     * The NUMA node that the segment's pages are to be of, in file systems in memory for all who map the file; the kernel's own choice
     * by default. Touches all pages, as {@link #preTouch}, and moves those that no other process has mapped. Without effect, which
     * {@link Segment#paging()} tells, without native access or on a kernel without NUMA.
     *
     * @param node 0 to 1023; one that there is not is refused when the segment is created or opened
     */
    public SegmentBuilder numaNode(int node) {
        if (node < 0 || node > PageOptions.NODE_MAX) {
            throw new IllegalArgumentException("NUMA node out of range: numaNode=" + node + " (expected: 0 to "
                    + PageOptions.NODE_MAX + ")");
        }
        this.pages = new PageOptions(pages.hugePages(), node, pages.preTouch());
        return this;
    }

    /**
     * Whether all pages are mapped before the segment is returned, so that no later access is the first one to its page; not by
     * default. Changes no byte. Takes a fraction of a second for each gigabyte.
     */
    public SegmentBuilder preTouch(boolean touch) {
        this.pages = new PageOptions(pages.hugePages(), pages.numaNode(), touch);
        return this;
    }

    /**
     * Creates the segment. Nobody ever sees it half-built.
     *
     * @throws io.zeroipc.SegmentExistsException when the path is taken; nothing is changed
     * @throws io.zeroipc.SegmentSpaceException when the file system has no room
     * @throws io.zeroipc.SegmentPagesException when pages are asked for that the kernel does not give
     */
    public Segment create() {
        return SegmentFiles.create(options());
    }

    /**
     * Opens an existing segment for reading and writing.
     *
     * @throws io.zeroipc.SegmentNotFoundException when there is no file
     * @throws io.zeroipc.SegmentFormatException when the file is not a segment of this format
     * @throws io.zeroipc.SegmentAccessDeniedException when permissions or the owner rule forbid it
     * @throws io.zeroipc.SegmentSizeMismatchException when a size was given and the file has another
     * @throws io.zeroipc.SegmentPagesException when pages are asked for that the kernel does not give
     */
    public Segment open() {
        return SegmentFiles.open(options(), false);
    }

    /**
     * As {@link #open()}, with a mapping that cannot be written: works without write permission, and on a file system that
     * is mounted read-only.
     */
    public Segment openReadOnly() {
        return SegmentFiles.open(options(), true);
    }

    /**
     * Maps a file as it is, whatever is in it; for a packed arena, which has no table.
     *
     * @throws io.zeroipc.SegmentNotFoundException when there is no file
     * @throws io.zeroipc.SegmentFormatException when it is empty
     * @throws io.zeroipc.SegmentAccessDeniedException when permissions or the owner rule forbid it
     */
    public MappedFile map(boolean readOnly) {
        return SegmentFiles.map(options(), readOnly);
    }

    /** Opens the segment when it exists and creates it otherwise; of several callers at once, one creates. */
    public Segment openOrCreate() {
        return SegmentFiles.openOrCreate(options());
    }

    /**
     * Creates the segment in place of an existing one, by renaming over it. Whoever has the old one mapped goes on
     * with the old bytes, detached, until it opens the new one.
     */
    public Segment recreate() {
        return SegmentFiles.recreate(options());
    }

    private SegmentOptions options() {
        Path path = resolve();
        String name = label != null ? label : String.valueOf(path.getFileName());
        return new SegmentOptions(name, path, size, maxEntries, permissions, preallocate, strictSize, onClose, owner,
                openTimeout, waitStrategy, catalogue, recovery, participant, pages);
    }

    private Path resolve() {
        if (explicitPath != null) {
            return explicitPath.toAbsolutePath().normalize();
        }
        String name = String.valueOf(posixName);
        String file = name.startsWith("/") ? name.substring(1) : name;
        if (file.isEmpty() || file.equals(".") || file.equals("..") || file.indexOf('/') >= 0
                || !PrintableText.isName(file) || file.getBytes(StandardCharsets.UTF_8).length > FILE_NAME_BYTES_MAX) {
            throw new IllegalArgumentException("segment name is not a POSIX shared memory name: name="
                    + PrintableText.of(name)
                    + " (expected: an optional leading '/', then 1 to 255 bytes without '/' and"
                    + " control characters; for another file give its path)");
        }
        Path directory = baseDirectory != null ? baseDirectory : Segment.defaultDirectory();
        return directory.toAbsolutePath().normalize().resolve(file);
    }
}

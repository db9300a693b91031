package io.zeroipc.segment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.InvalidStructureNameException;
import io.zeroipc.Occupancy;
import io.zeroipc.PrintableText;
import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureExistsException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.os.FileLocks;
import io.zeroipc.os.FileMappers;
import io.zeroipc.os.NativeAccess;
import io.zeroipc.wait.Deadline;

/**
 * A mapped region of memory that several processes share, with a table of named structures. Thread-safe.
 *
 * <p>
 * All structures of a segment end with it: after {@link #close()} their operations throw
 * {@link IllegalStateException}, and after the file was found replaced, removed or truncated behind the mapping
 * {@link SegmentDetachedException}, also when the segment has been closed since.
 */
public final class Segment implements AutoCloseable {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private final SegmentOptions options;
    private final OpenFile file;
    private final Arena arena;
    private final Pages pages;
    private final Table table;
    private final TypeCatalogue catalogue;
    private final Attachment attachment;
    private final boolean created;
    private final boolean readOnly;
    private final Map<String, Structure> opened = new ConcurrentHashMap<>();
    private final AtomicBoolean treated = new AtomicBoolean();

    Segment(SegmentOptions options, OpenFile file, Arena arena, Pages pages, Attachment attachment,
            boolean created, boolean readOnly) {
        this.options = options;
        this.file = file;
        this.arena = arena;
        this.pages = pages;
        this.attachment = attachment;
        this.created = created;
        this.readOnly = readOnly;
        // Untouched pages of a file we have just made are zero: no need to fault them in by clearing them again.
        this.table = new Table(options, pages.memory(), file, attachment, created && !options.preallocate());
        this.catalogue = new TypeCatalogue(options, file.identity());
    }

    /**
     * Begins with a POSIX shared memory name: {@code "/sensor_data"} is {@code /dev/shm/sensor_data}. The leading slash
     * may be left out.
     */
    public static SegmentBuilder named(String name) {
        return new SegmentBuilder(name, null);
    }

    /** Begins with the path of a file. */
    public static SegmentBuilder at(Path path) {
        return new SegmentBuilder(null, path);
    }

    /**
     * Does ahead of time what the first segment of a JVM has to wait for: links native functions, where native access is allowed,
     * which takes some 100 ms. For a thread that has nothing else to do while an application starts. Opens nothing.
     */
    public static void prepare() {
        NativeAccess.link();
    }

    /** Where named segments live by default: {@code /dev/shm}, or the directory for temporary files without it. */
    public static Path defaultDirectory() {
        return Files.isDirectory(SHARED_MEMORY) ? SHARED_MEMORY : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** Bytes that a segment needs for these structures, in this order: the least value for its size. */
    public static long requiredSize(int maxEntries, List<? extends Spec<?>> specs) {
        return Table.requiredSize(maxEntries, specs);
    }

    /** What messages call the segment. */
    public String name() {
        return options.name();
    }

    public Path path() {
        return options.path();
    }

    /** Total bytes, the table included. */
    public long byteSize() {
        return table.byteSize();
    }

    /** Bytes in use, from the start to the end of the last structure. */
    public Occupancy occupancy() {
        return attachment.reading(() -> new Occupancy(table.usedBytes(), table.byteSize(), "bytes"));
    }

    /** Table entries in use; a composite structure has several. */
    public Occupancy entryOccupancy() {
        return attachment.reading(() -> new Occupancy(table.entryCount(), table.maxEntries(), "entries"));
    }

    /** Whether this object created the file. */
    public boolean isCreated() {
        return created;
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    /** The table's entries as they are now, incomplete ones of a peer at work included. */
    public List<TableEntry> entries() {
        return attachment.reading(table::entries);
    }

    /** The structures opened or created through this object, by name. */
    public Map<String, Structure> opened() {
        return Map.copyOf(opened);
    }

    /**
     * Adds a structure. Names, entries and bytes are checked before the first byte is reserved.
     *
     * @throws StructureExistsException when one of its names is taken, or its name stands for another kind
     * @throws io.zeroipc.SegmentFullException when bytes or entries do not suffice; the message names the minimum
     * @throws InvalidStructureNameException when the name is too long for its kind, or holds control characters
     * @throws StructureBusyException when another process that is adding one does not finish for ten seconds: it is stopped; or
     *             when the thread is interrupted, and stays so, before it could begin. Nothing was added
     */
    public <S extends Structure> S create(String name, Spec<S> spec) {
        try (Lane _ = attachment.enterToWrite()) {
            spec.kind().requireNewName(name);
            String otherKind = otherKind(name, spec);
            if (otherKind != null) {
                throw new StructureExistsException(otherKind, name(), name);
            }
            AtomicReference<@Nullable S> created = new AtomicReference<>();
            table.add(name, spec, () -> {
                S structure = spec.bind(new Blocks(this, name));
                declare(structure);
                created.set(structure);
            });
            return remember(name, Objects.requireNonNull(created.get()));
        } catch (InternalError e) {
            throw attachment.translate(e);
        }
    }

    /**
     * Binds to a structure that exists. Waits up to the segment's open timeout for one that a peer is still formatting;
     * one that cannot become what was asked for is refused at once.
     *
     * @throws StructureNotFoundException when the name is not in the table
     * @throws StructureMismatchException when it is another kind, element size or capacity, or was not finished in time, or the
     *             catalogue says that its creator meant something else by its bytes
     * @throws StructureBusyException when the thread is interrupted, and stays so, while a peer is still formatting it
     */
    public <S extends Structure> S open(String name, Spec<S> spec) {
        try (Lane _ = attachment.enterToRead()) {
            spec.kind().requireName(name);
            requireKind(name, spec);
            if (!table.contains(name + spec.kind().decidingSuffix())) {
                throw new StructureNotFoundException(
                        "structure not found: segment=" + name() + ", name=" + name + ", kind="
                                + spec.kind() + " (present: " + table.describeNames() + ")",
                        name(), name);
            }
            return remember(name, requireAsDeclared(bindWhenReady(name, spec)));
        } catch (InternalError e) {
            throw attachment.translate(e);
        }
    }

    /**
     * Binds to the structure when it exists and creates it otherwise. Of several callers at once, in whatever process
     * that uses this library, one creates and all get the same structure.
     *
     * @throws StructureMismatchException as {@link #open}
     * @throws StructureBusyException as {@link #open} and {@link #create}
     */
    public <S extends Structure> S openOrCreate(String name, Spec<S> spec) {
        try (Lane _ = attachment.enterToRead()) {
            spec.kind().requireName(name);
            requireKind(name, spec);
            if (!table.contains(name + spec.kind().decidingSuffix())) {
                attachment.ensureWritable();
                try {
                    return create(name, spec);
                } catch (StructureExistsException e) {
                    if (!table.contains(name + spec.kind().decidingSuffix())) {
                        throw e;
                    }
                    // Somebody was faster.
                }
            }
            return remember(name, requireAsDeclared(bindWhenReady(name, spec)));
        } catch (InternalError e) {
            throw attachment.translate(e);
        }
    }

    /**
     * What the creators of the structures said of them, by name: of those that were created with this library, in a
     * segment with a {@link SegmentBuilder#catalogue}.
     */
    public Map<String, DeclaredType> declared() {
        attachment.ensureReadable();
        return catalogue.types();
    }

    /** Where the catalogue of types is, {@code none}, {@code off}, or why it cannot be read or written. */
    public String catalogueState() {
        return catalogue.state();
    }

    /**
     * Whether this process takes part in recovery: {@code on}, {@code off} when that was declined or the segment is open read-only,
     * or why it does not, also when others cannot see it any more because somebody has removed the file of participants. In the
     * last two cases what it leaves in the middle of something when it dies stays there.
     */
    public String participation() {
        Membership membership = attachment.membership();
        return membership == null ? "off" : membership.state();
    }

    /**
     * The processes that take part, this one included if it does, a moment ago. A process that takes no part, because the segment is
     * open read-only for example, looks into the file of the participants at each call; empty when it cannot.
     */
    public List<Participant> participants() {
        return attachment.reading(
                () -> attachment.recovery(Recovery::participants,
                        () -> look(view -> view.participants(LiveView.NO_ROW), List.of())));
    }

    /** The latest deaths of participants, the oldest first, at most 62; seen as {@link #participants} are. */
    public List<ParticipantDeath> deaths() {
        return attachment.reading(
                () -> attachment.recovery(Recovery::deaths, () -> look(LiveView::deaths, List.of())));
    }

    /**
     * The numbers of the processes that have the segment's file mapped, this one included, as {@code /proc} tells them to this user;
     * empty where it does not tell. Those that are not among the {@link #participants} are programs that take no part. Takes
     * milliseconds.
     */
    public Set<Long> mappers() {
        try {
            return Set.copyOf(FileMappers.of(file.identity(), Set.of()));
        } catch (IOException e) {
            return Set.of();
        }
    }

    /**
     * What was asked of the pages behind this mapping, and what the kernel has granted, a moment ago. Takes milliseconds when huge
     * pages were asked for.
     */
    public Paging paging() {
        return attachment.reading(pages::report);
    }

    private <T> T look(Function<LiveView, T> question, T none) {
        try {
            LiveFile live = LiveFile.toLookAt(options, file.identity());
            if (live == null) {
                return none;
            }
            try (Arena _ = live.arena()) {
                return question.apply(new LiveView(live.memory(), file.locks()));
            }
        } catch (IOException | UncheckedIOException | InternalError e) {
            // It is not to be trusted, or was truncated: it says nothing.
            return none;
        }
    }

    /**
     * What this process has mended of this segment's file since it opened it, by outcome; empty where it takes no part. One
     * death is mended by one process, so the sums of all count each thing once.
     */
    public Map<RecoveryOutcome, Long> recoveries() {
        return attachment.reading(() -> attachment.recovery(Recovery::outcomes, Map::of));
    }

    /**
     * Looks now whether a participant has died, and mends what can be mended. A thread of the JVM does so 20 times a second, and
     * whoever waits more often: this is for those who want to be sure. Without effect where this process takes no part.
     */
    public void recover() {
        attachment.reading(() -> attachment.recovery(recovery -> {
            recovery.look();
            return true;
        }, () -> false));
    }

    /**
     * The blocks under a name, for a {@link Probe}.
     *
     * @param name a structure's name, without suffix
     */
    public Blocks blocks(String name) {
        return new Blocks(this, name);
    }

    /**
     * Looks at the file and compares it with what is mapped.
     *
     * @throws SegmentDetachedException when it was replaced, removed or truncated
     */
    public void verify() {
        attachment.verify();
    }

    public Attachment attachment() {
        return attachment;
    }

    /** Forces the bytes to the device of a file-backed segment; without effect in memory-backed file systems. */
    public void force() {
        try (Lane _ = attachment.enterToWrite()) {
            table.memory().force();
        }
    }

    /**
     * Ends the use of this segment. From now on operations fail; those that are under way finish first, those that wait fail
     * like new ones, and roles are given back as soon as they are at rest. What is held can still be ended: a claim can be
     * published, aborted or released, a lock unlocked.
     *
     * <p>
     * The mapping ends before this returns, unless a thread is in code of others within an operation (a slot consumer, a
     * consumer of drained elements) or something is held: then the last one to finish ends it, and this returns at once. The
     * file is treated as {@link SegmentBuilder#onClose} said in both cases. Waits at most a second for threads in the engine's
     * own code. Idempotent.
     */
    @Override
    public void close() {
        try {
            attachment.close(this::free);
        } finally {
            // Whoever is still inside needs the mapping, not the name.
            removeIfAsked();
        }
    }

    /** Nobody is inside any more, in this process. */
    private void free() {
        try {
            arena.close();
            // Here as well, for systems on which a file has its name for as long as it is mapped.
            removeIfAsked();
        } finally {
            file.release();
        }
    }

    private void removeIfAsked() {
        if (!readOnly && attachment.isIntact() && treated.compareAndSet(false, true)) {
            SegmentFiles.removeIfAsked(options, file, created);
        }
    }

    @Override
    public String toString() {
        return "Segment[" + name() + ", path=" + path() + ", bytes=" + byteSize() + "]";
    }

    <T> T shared(Class<T> type, Block block, Supplier<T> initial) {
        return file.shared(type, block.offset(), initial);
    }

    @Nullable
    Block findBlock(String entryName) {
        // Also for an operation that is under way when close begins.
        try (Lane _ = readOnly ? attachment.enterToRead() : attachment.enterToEnd()) {
            return table.find(entryName);
        }
    }

    MemorySegment padded(Block block) {
        return table.padded(block);
    }

    Role claimRole(String structure, Block block, int index, String label) {
        Role role = tryClaimRole(block, index, false);
        if (role == null) {
            String holder = holderOf(LockPositions.role(block.offset(), index));
            throw new RoleTakenException("role is taken: segment=" + name() + ", name=" + structure + ", role=" + label
                    + ", holder=" + holder + " (there is one at a time in all processes; close the other " + label
                    + ", or end the process that holds it)", name(), structure, label, holder, null);
        }
        return role;
    }

    /** The kernel does not say who has a lock; it is one of those who have the file open. */
    private String holderOf(long lock) {
        FileLocks locks = file.locks();
        if (!locks.isHeldElsewhere(lock)) {
            return locks.isHeld(lock) ? "this process" : "nobody any more";
        }
        Set<Long> users = file.otherUsers();
        List<String> others = new ArrayList<>();
        for (Participant each : participants()) {
            // Not one that has died since: its lock went with it.
            if (!each.self() && users.remove(LockPositions.user(each.index()))) {
                others.add("process " + each.pid() + " (" + each.name() + ")");
            }
        }
        if (others.isEmpty() || !users.isEmpty()) {
            others.add("a process that takes no part");
        }
        return String.join(" or ", others);
    }

    @Nullable
    Role tryClaimRole(Block block, int index, boolean lasting) {
        try (Lane _ = attachment.enterToWrite()) {
            FileLocks.Held held = file.locks().tryLock(LockPositions.role(block.offset(), index));
            if (held == null) {
                return null;
            }
            return new Role(held, attachment, lasting);
        }
    }

    boolean isRoleHeld(Block block, int index) {
        try (Lane _ = attachment.enterToRead()) {
            return file.locks().isHeld(LockPositions.role(block.offset(), index));
        }
    }

    FileLocks.@Nullable Held tryTakePlace(Block block, int index) {
        return file.locks().tryLock(LockPositions.place(block.offset(), index));
    }

    boolean isPlaceTaken(Block block, int index) {
        return file.locks().isHeld(LockPositions.place(block.offset(), index));
    }

    private <S extends Structure> S bindWhenReady(String name, Spec<S> spec) {
        Deadline deadline = Deadline.after(options.openTimeout());
        int attempts = 0;
        while (true) {
            try {
                return spec.bind(new Blocks(this, name));
            } catch (BlockNotReadyException e) {
                requireSizes(name, spec, e);
                if (deadline.expired()) {
                    throw new StructureMismatchException(e.getMessage() + " (it was not finished within "
                            + options.openTimeout().toMillis()
                            + " ms: its creator died, or it is another kind than " + spec.kind() + ")", name(), name,
                            e);
                }
                try {
                    attempts = attachment.pause(attempts);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new StructureBusyException(e.getMessage()
                            + " (this thread was interrupted while its creator was given time to finish it)", name(),
                            name, e);
                }
            }
        }
    }

    /** What is wrong when a name was declared to be another kind, and its block is still there; otherwise null. */
    private @Nullable String otherKind(String name, Spec<?> spec) {
        DeclaredType declared = catalogue.types().get(name);
        if (declared == null || declared.kind().equals(spec.kind().label())
                || table.entries()
                        .stream()
                        .noneMatch(entry -> entry.offset() == declared.offset() && entry.name().startsWith(name))) {
            return null;
        }
        return "structure is another kind: segment=" + name() + ", name=" + name + ", kind="
                + PrintableText.of(declared.kind()) + ", declared in=" + catalogue.state() + " (expected: "
                + spec.kind() + "; a structure stays what it is"
                + " for as long as its segment exists: use another name, or remove " + path() + ")";
    }

    private void requireKind(String name, Spec<?> spec) {
        String otherKind = otherKind(name, spec);
        if (otherKind != null) {
            throw new StructureMismatchException(otherKind, name(), name, catalogue.path());
        }
    }

    /**
     * Refuses blocks that have another size than the spec would give them. The table has the final size from the start,
     * so nothing that a creator may still do makes them fit.
     */
    private void requireSizes(String name, Spec<?> spec, BlockNotReadyException cause) {
        List<Part> parts;
        try {
            parts = spec.parts();
        } catch (IllegalArgumentException e) {
            // Whatever size there is.
            return;
        }
        for (Part part : parts) {
            Block block;
            try {
                block = findBlock(name + part.suffix());
            } catch (BlockNotReadyException e) {
                // A peer counts its row before it fills it.
                return;
            }
            // Some peers record what they map, and not what they asked for.
            if (block != null && block.byteSize() != part.byteSize() && block.byteSize() != part.reservedBytes()) {
                throw new StructureMismatchException(
                        "structure is not what was asked for: segment=" + name() + ", name="
                                + name + ", entry=" + name + part.suffix() + ", bytes=" + block.byteSize()
                                + " (expected: " + part.byteSize() + " bytes, as kind=" + spec.kind()
                                + "; it is another kind, or has another capacity or element type)",
                        name(), name, cause);
            }
        }
    }

    /** What the bytes cannot tell: whether who created it meant the same by them. Without a catalogue nobody knows. */
    private <S extends Structure> S requireAsDeclared(S structure) {
        DeclaredType declared = catalogue.types().get(structure.name());
        Block block = findBlock(structure.name() + structure.kind().decidingSuffix());
        if (declared != null && block != null && block.offset() == declared.offset()) {
            String difference = declared.difference(structure);
            if (difference != null) {
                throw new StructureMismatchException("structure was created as something else: segment=" + name()
                        + ", name=" + structure.name() + ", " + PrintableText.of(difference)
                        + " (expected: what it was created as, in "
                        + catalogue.path() + "; if that is wrong, delete it, or open the segment without catalogue)",
                        name(), structure.name(), catalogue.path());
            }
        }
        return structure;
    }

    private void declare(Structure structure) {
        Block block = findBlock(structure.name() + structure.kind().decidingSuffix());
        if (block != null) {
            catalogue.add(new DeclaredType(structure.name(), structure.kind().label(), block.offset(),
                    structure.elementSchema(), structure.keySchema(), structure.options()));
        }
    }

    private <S extends Structure> S remember(String name, S structure) {
        opened.put(name, structure);
        return structure;
    }
}

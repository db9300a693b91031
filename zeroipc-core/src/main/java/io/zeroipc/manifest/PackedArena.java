package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.zeroipc.ElementSchema;
import io.zeroipc.PrintableText;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.Shape;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.json.Json;
import io.zeroipc.os.FileFacts;
import io.zeroipc.segment.MappedFile;
import io.zeroipc.segment.Segment;

/**
 * Arrays in a file that has no table of its own: a manifest beside it says where they lie, {@code docs/format/manifest.md}.
 * Whichever program made the file, every program that reads the manifest shares the arrays without a copy.
 *
 * <p>
 * The manifest is read again when it changes: by {@link #refresh()}, and by each {@link #array}. Arrays handed out before
 * keep the place they had; {@link PackedArray#isCurrent()} tells whether that is still what the manifest says. Where the
 * new manifest names another file, or the file was replaced or has grown for it, the arena maps that one, and arrays of
 * the old one fail. A manifest that cannot be used leaves everything as it is.
 *
 * <p>
 * Thread-safe. Element access is plain: what is said of {@code SharedArray} holds here.
 */
public final class PackedArena implements AutoCloseable {

    /** Far beyond any real one. */
    private static final long BYTES_MAX = 16L << 20;

    private final Path manifest;
    private final @Nullable Path given;
    private final boolean readOnly;
    private final Object lock = new Object();
    private @Nullable FileFacts readFacts;
    private @Nullable MappedFile mapped;
    private volatile @Nullable Path file;
    private volatile @Nullable ArenaLayout layout;
    private boolean closed;

    private PackedArena(Path manifest, @Nullable Path given, boolean readOnly) {
        this.manifest = manifest.toAbsolutePath().normalize();
        this.given = given == null ? null : given.toAbsolutePath().normalize();
        this.readOnly = readOnly;
    }

    /**
     * Opens for reading and writing. The file is the one that the manifest names or, when it names none, the one beside it
     * with its own name: {@code grid} or {@code grid.bin} for {@code grid.json}.
     *
     * @throws SegmentNotFoundException when there is no manifest, or not the file it names
     * @throws SegmentFormatException when the manifest cannot be understood, speaks of bytes that the file does not
     *             have, or leaves open which file it is for; the message names the member
     * @throws io.zeroipc.SegmentAccessDeniedException when permissions forbid it, or the file is somebody else's
     */
    public static PackedArena open(Path manifest) {
        return opened(new PackedArena(manifest, null, false));
    }

    /** As {@link #open(Path)}, of this file, whatever the manifest names. */
    public static PackedArena open(Path manifest, Path file) {
        return opened(new PackedArena(manifest, file, false));
    }

    /** As {@link #open(Path)}, with a mapping that cannot be written. */
    public static PackedArena openReadOnly(Path manifest) {
        return opened(new PackedArena(manifest, null, true));
    }

    /** As {@link #open(Path, Path)}, with a mapping that cannot be written. */
    public static PackedArena openReadOnly(Path manifest, Path file) {
        return opened(new PackedArena(manifest, file, true));
    }

    /** Begins with what is known of an arena, to open it or to make it. */
    public static PackedArenaBuilder at(Path manifest) {
        return new PackedArenaBuilder(manifest);
    }

    /**
     * Where a manifest says that its arrays lie, by name, without a look at the file.
     *
     * @throws SegmentNotFoundException when there is no manifest
     * @throws SegmentFormatException when it cannot be understood; the message names the member
     */
    public static Map<String, ArrayPlace> read(Path manifest) {
        Path path = manifest.toAbsolutePath().normalize();
        return Collections.unmodifiableMap(reading(path, () -> load(path, FileFacts.of(path))).entries());
    }

    private static PackedArena opened(PackedArena arena) {
        boolean kept = false;
        try {
            arena.refresh();
            kept = true;
            return arena;
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }

    /** The manifest, as an absolute path. */
    public Path manifest() {
        return manifest;
    }

    /** The file that is mapped, as an absolute path. */
    public Path file() {
        return Objects.requireNonNull(file);
    }

    public boolean isReadOnly() {
        return readOnly;
    }

    /** The names of the arrays, in the order of the manifest. */
    public Set<String> names() {
        return places().keySet();
    }

    /** Where the arrays lie, by name, as the manifest that was read last says. */
    public Map<String, ArrayPlace> places() {
        return Collections.unmodifiableMap(current().entries());
    }

    /**
     * The array of this name, in the place that the manifest gives it now.
     *
     * @throws StructureNotFoundException when the manifest has none of this name
     * @throws StructureMismatchException when its elements have another size than those of {@code codec}, or are numbers of
     *             another kind; bytes are taken for anything of their size
     */
    public <T> PackedArray<T> array(String name, Codec<T> codec) {
        return underLock(() -> {
            reload();
            return bind(name, codec);
        });
    }

    /**
     * The array of this name, with elements as the manifest describes them: numbers, texts, bytes, or maps of fields.
     *
     * @throws StructureNotFoundException when the manifest has none of this name
     * @throws SegmentFormatException when it describes elements that there are none of
     */
    public PackedArray<?> array(String name) {
        return underLock(() -> {
            reload();
            return bind(name, codecOf(name, place(name).element()));
        });
    }

    private Codec<?> codecOf(String name, ElementSchema element) {
        try {
            return Codecs.schema(element);
        } catch (IllegalArgumentException e) {
            throw new SegmentFormatException("elements cannot be read as the manifest describes them: manifest="
                    + manifest + ", name=" + name + ", " + e.getMessage() + " (give the codec to read them with)",
                    manifest, e);
        }
    }

    /** Refuses an array that is not there, or is of another shape or other elements. */
    void require(String name, Codec<?> codec, @Nullable Shape shape) {
        ArrayPlace place = array(name, codec).place();
        if (shape != null && !place.shape().equals(shape)) {
            throw new StructureMismatchException("shape differs: manifest=" + manifest + ", name=" + name + ", shape="
                    + place.shape() + " (expected: " + shape + ")", manifest.toString(), name);
        }
    }

    private <T> PackedArray<T> bind(String name, Codec<T> codec) {
        ArrayPlace place = place(name);
        if (place.element().byteSize() != codec.byteSize()) {
            throw new StructureMismatchException("element size differs: manifest=" + manifest + ", name=" + name
                    + ", element size=" + place.element().byteSize() + ", type=" + place.element().typeName()
                    + " (expected: " + codec.byteSize() + " bytes, for " + codec.typeName() + ")",
                    manifest.toString(), name);
        }
        Object stored = NumpyTypes.of(place.element());
        Object asked = NumpyTypes.of(codec.schema());
        if (!NumpyTypes.agree(stored, asked)) {
            throw new StructureMismatchException("element type differs: manifest=" + manifest + ", name=" + name
                    + ", type=" + place.element().typeName() + ", dtype=" + Json.write(stored) + " (expected: "
                    + Json.write(asked) + ", for " + codec.typeName() + ")", manifest.toString(), name);
        }
        return new PackedArray<>(this, name, place, codec, mapped());
    }

    /**
     * Reads the manifest again if it changed, and maps the file again if that was replaced.
     *
     * @return whether something changed
     */
    public boolean refresh() {
        return underLock(this::reload);
    }

    /**
     * Whether the manifest or the file is another than the one in use, or gone, so that {@link #refresh} would find something. What is in
     * use stays usable.
     */
    public boolean isBehind() {
        return underLock(() -> {
            MappedFile present = mapped;
            try {
                return !closed && (!FileFacts.of(manifest).equals(readFacts)
                        || (present != null && present.attachment().isBehind()));
            } catch (IOException e) {
                return true;
            }
        });
    }

    /** A mapping that is left is closed outside of the lock, since that waits for those who are inside of it. */
    private <R> R underLock(Supplier<R> action) {
        MappedFile left = null;
        try {
            synchronized (lock) {
                MappedFile before = mapped;
                try {
                    return action.get();
                } finally {
                    left = before == mapped ? null : before;
                }
            }
        } finally {
            if (left != null) {
                left.close();
            }
        }
    }

    private boolean reload() {
        if (closed) {
            throw new IllegalStateException("arena is closed: manifest=" + manifest);
        }
        return reading(manifest, () -> {
            FileFacts facts = FileFacts.of(manifest);
            boolean replaced = isReplaced();
            if (facts.equals(readFacts) && !replaced) {
                return false;
            }
            ArenaLayout read = load(manifest, facts);
            Path found = ArenaFiles.find(manifest, given, read.file());
            MappedFile old = mapped;
            if (old == null || replaced || !found.equals(file) || outside(read, found, old) != null) {
                mapped = map(read, found);
                file = found;
            }
            layout = read;
            readFacts = facts;
            return true;
        });
    }

    private static ArenaLayout load(Path manifest, FileFacts facts) throws IOException {
        if (facts.size() > BYTES_MAX) {
            throw new IllegalArgumentException(
                    "file is too long: bytes=" + facts.size() + " (expected: at most " + BYTES_MAX + ")");
        }
        return ArenaLayout.parse(Files.readString(manifest, StandardCharsets.UTF_8));
    }

    private interface Reading<R> {
        R read() throws IOException;
    }

    private static <R> R reading(Path manifest, Reading<R> reading) {
        try {
            return reading.read();
        } catch (NoSuchFileException e) {
            throw new SegmentNotFoundException("manifest not found: path=" + manifest
                    + " (start the program that writes it, or give the path of another)", manifest, e);
        } catch (IOException e) {
            throw new SegmentFormatException("manifest cannot be read: path=" + manifest + ", reason=" + e,
                    manifest);
        } catch (IllegalArgumentException e) {
            throw new SegmentFormatException("not a usable manifest: path=" + manifest + ", "
                    + PrintableText.of(String.valueOf(e.getMessage())),
                    manifest);
        }
    }

    private boolean isReplaced() {
        MappedFile present = mapped;
        if (present == null) {
            return false;
        }
        try {
            present.attachment().verify();
            return false;
        } catch (SegmentDetachedException e) {
            return true;
        }
    }

    /** The file as it is now: it may be another one, or have grown. */
    private MappedFile map(ArenaLayout read, Path found) {
        MappedFile fresh = Segment.at(found).map(readOnly);
        String outside = outside(read, found, fresh);
        if (outside != null) {
            fresh.close();
            throw new IllegalArgumentException(outside);
        }
        return fresh;
    }

    /** What the manifest speaks of and the file does not have, or null. */
    private static @Nullable String outside(ArenaLayout read, Path found, MappedFile fresh) {
        long bytes = fresh.memory().byteSize();
        for (Map.Entry<String, ArrayPlace> each : read.entries().entrySet()) {
            ArrayPlace place = each.getValue();
            if (place.end() > bytes) {
                return "array lies outside of the file: name=" + each.getKey() + ", offset=" + place.offset()
                        + ", bytes=" + place.byteSize() + ", file=" + found + ", file bytes=" + bytes;
            }
        }
        return null;
    }

    boolean isCurrent(String name, ArrayPlace place, MappedFile file) {
        ArenaLayout present = layout;
        synchronized (lock) {
            return !closed && file == mapped && present != null && place.equals(present.entries().get(name));
        }
    }

    private ArenaLayout current() {
        ArenaLayout present = layout;
        if (present == null) {
            throw new IllegalStateException("arena is not open: manifest=" + manifest);
        }
        return present;
    }

    private MappedFile mapped() {
        MappedFile present = mapped;
        if (present == null) {
            throw new IllegalStateException("arena is not open: manifest=" + manifest);
        }
        return present;
    }

    private ArrayPlace place(String name) {
        ArrayPlace place = current().entries().get(name);
        if (place == null) {
            throw new StructureNotFoundException("array not found: manifest=" + manifest + ", name=" + name
                    + " (present: " + PrintableText.of(String.join(", ", current().entries().keySet())) + ")",
                    manifest.toString(), name);
        }
        return place;
    }

    /**
     * Ends the mapping; its arrays fail from then on. What is inside of an access finishes first, as with
     * {@link Segment#close()}. Idempotent.
     */
    @Override
    public void close() {
        underLock(() -> {
            closed = true;
            mapped = null;
            return true;
        });
    }
}

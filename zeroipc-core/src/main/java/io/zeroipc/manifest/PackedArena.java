package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.SegmentFormatException;
import io.zeroipc.SegmentNotFoundException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
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
 * new manifest names another file, or the file was replaced, the arena maps that one, and arrays of the old one fail.
 *
 * <p>
 * Thread-safe. Element access is plain: what is said of {@code SharedArray} holds here.
 */
public final class PackedArena implements AutoCloseable {

    private final Path manifest;
    private final boolean readOnly;
    private final Object lock = new Object();
    private @Nullable FileFacts readFacts;
    private @Nullable MappedFile mapped;
    private volatile @Nullable ArenaLayout layout;
    private boolean closed;

    private PackedArena(Path manifest, boolean readOnly) {
        this.manifest = manifest;
        this.readOnly = readOnly;
    }

    /**
     * Opens for reading and writing.
     *
     * @throws SegmentNotFoundException when there is no manifest, or not the file it names
     * @throws SegmentFormatException when the manifest cannot be understood, or speaks of bytes that the file does not
     *             have; the message names the member
     * @throws io.zeroipc.SegmentAccessDeniedException when permissions forbid it, or the file is somebody else's
     */
    public static PackedArena open(Path manifest) {
        return opened(new PackedArena(manifest.toAbsolutePath().normalize(), false));
    }

    /** As {@link #open}, with a mapping that cannot be written. */
    public static PackedArena openReadOnly(Path manifest) {
        return opened(new PackedArena(manifest.toAbsolutePath().normalize(), true));
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

    /** The names of the arrays, in the order of the manifest. */
    public Set<String> names() {
        return Collections.unmodifiableSet(current().entries().keySet());
    }

    /**
     * The array of this name, in the place that the manifest gives it now.
     *
     * @throws StructureNotFoundException when the manifest has none of this name
     * @throws StructureMismatchException when its elements have another size than those of {@code codec}
     */
    public <T> PackedArray<T> array(String name, Codec<T> codec) {
        synchronized (lock) {
            refresh();
            ArenaLayout.Entry entry = entry(name);
            if (entry.element().byteSize() != codec.byteSize()) {
                throw new StructureMismatchException("element size differs: manifest=" + manifest + ", name=" + name
                        + ", element size=" + entry.element().byteSize() + ", type=" + entry.element().typeName()
                        + " (expected: " + codec.byteSize() + " bytes, for " + codec.typeName() + ")",
                        manifest.toString(), name);
            }
            return new PackedArray<>(this, name, entry, codec, file());
        }
    }

    /**
     * The array of this name, with elements as the manifest describes them: numbers, texts, bytes, or maps of fields.
     *
     * @throws StructureNotFoundException when the manifest has none of this name
     */
    public PackedArray<?> array(String name) {
        synchronized (lock) {
            refresh();
            return array(name, Codecs.schema(entry(name).element()));
        }
    }

    /**
     * Reads the manifest again if it changed, and maps the file again if that was replaced.
     *
     * @return whether something changed
     */
    public boolean refresh() {
        synchronized (lock) {
            if (closed) {
                throw new IllegalStateException("arena is closed: manifest=" + manifest);
            }
            try {
                FileFacts facts = FileFacts.of(manifest);
                boolean replaced = isReplaced();
                if (facts.equals(readFacts) && !replaced) {
                    return false;
                }
                ArenaLayout read = ArenaLayout.parse(Files.readString(manifest, StandardCharsets.UTF_8), manifest);
                ArenaLayout before = layout;
                if (before == null || replaced || !before.file().equals(read.file())) {
                    MappedFile old = mapped;
                    MappedFile fresh = Segment.at(read.file()).map(readOnly);
                    mapped = fresh;
                    if (old != null) {
                        old.close();
                    }
                }
                requireInside(read, file());
                layout = read;
                readFacts = facts;
                return true;
            } catch (NoSuchFileException e) {
                throw new SegmentNotFoundException("manifest not found: path=" + manifest
                        + " (start the program that writes it, or give the path of another)", manifest, e);
            } catch (IOException e) {
                throw new SegmentFormatException("manifest cannot be read: path=" + manifest + ", reason=" + e,
                        manifest);
            } catch (IllegalArgumentException e) {
                throw new SegmentFormatException("not a usable manifest: path=" + manifest + ", " + e.getMessage(),
                        manifest);
            }
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

    private void requireInside(ArenaLayout read, MappedFile file) {
        read.entries().forEach((name, entry) -> {
            long end = Math.addExact(entry.offset(), entry.byteSize());
            if (end > file.memory().byteSize()) {
                throw new IllegalArgumentException("array lies outside of the file: name=" + name + ", offset="
                        + entry.offset() + ", bytes=" + entry.byteSize() + ", file=" + read.file() + ", file bytes="
                        + file.memory().byteSize());
            }
        });
    }

    boolean isCurrent(String name, ArenaLayout.Entry entry, MappedFile file) {
        ArenaLayout present = layout;
        synchronized (lock) {
            return !closed && file == mapped && present != null && entry.equals(present.entries().get(name));
        }
    }

    Path manifest() {
        return manifest;
    }

    private ArenaLayout current() {
        ArenaLayout present = layout;
        if (present == null) {
            throw new IllegalStateException("arena is not open: manifest=" + manifest);
        }
        return present;
    }

    private MappedFile file() {
        MappedFile present = mapped;
        if (present == null) {
            throw new IllegalStateException("arena is not open: manifest=" + manifest);
        }
        return present;
    }

    private ArenaLayout.Entry entry(String name) {
        ArenaLayout.Entry entry = current().entries().get(name);
        if (entry == null) {
            throw new StructureNotFoundException("array not found: manifest=" + manifest + ", name=" + name
                    + " (present: " + String.join(", ", current().entries().keySet()) + ")", manifest.toString(), name);
        }
        return entry;
    }

    /** Ends the mapping; its arrays fail from then on. Idempotent. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            MappedFile present = mapped;
            mapped = null;
            if (present != null) {
                present.close();
            }
        }
    }
}

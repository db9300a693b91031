package io.zeroipc.manifest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.zeroipc.SegmentExistsException;
import io.zeroipc.Shape;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.StructureNotFoundException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codec;
import io.zeroipc.json.Json;
import io.zeroipc.json.SchemaJson;

/**
 * Opens a packed arena of which something is known, or makes one, file and manifest both. There each array begins at a multiple of 64 bytes and is zero. The file is there,
 * in its full length, before the manifest is, and each of them appears in one step: whoever finds the manifest can use
 * all of it. Not thread-safe.
 */
public final class PackedArenaBuilder {

    private static final long ALIGNMENT = 64;

    /** How long whoever has made the file may take to make the manifest. */
    private static final long OTHERS_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

    /** @param shape null for whatever it has */
    private record Wanted(Codec<?> codec, @Nullable Shape shape) {}

    private final Path manifest;
    private final Map<String, Wanted> arrays = new LinkedHashMap<>();
    private @Nullable Path file;
    private Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rw-------");

    PackedArenaBuilder(Path manifest) {
        this.manifest = manifest.toAbsolutePath().normalize();
    }

    /** The file of the arrays; {@code grid.bin} for the manifest {@code grid.json} by default. */
    public PackedArenaBuilder file(Path path) {
        this.file = path.toAbsolutePath().normalize();
        return this;
    }

    /** Who may do what with both files, such as {@code rw-rw----}; the owner alone by default. */
    public PackedArenaBuilder permissions(String text) {
        this.permissions = PosixFilePermissions.fromString(text);
        return this;
    }

    /**
     * Adds an array behind those that were added before.
     *
     * @throws IllegalArgumentException when there is one of this name, or its bytes cannot be counted
     */
    public PackedArenaBuilder array(String name, Codec<?> codec, Shape shape) {
        var _ = shape.byteSize(codec.byteSize());
        return add(name, new Wanted(codec, shape));
    }

    /** Adds an array that is there, of whatever shape. */
    public PackedArenaBuilder array(String name, Codec<?> codec) {
        return add(name, new Wanted(codec, null));
    }

    private PackedArenaBuilder add(String name, Wanted wanted) {
        if (arrays.putIfAbsent(name, wanted) != null) {
            throw new IllegalArgumentException("array was added already: name=" + name);
        }
        return this;
    }

    /**
     * Opens the arena for reading and writing, as {@link PackedArena#open(Path)} does.
     *
     * @throws StructureMismatchException when an array that was added has another shape or other elements
     * @throws StructureNotFoundException when the manifest has not an array that was added
     */
    public PackedArena open() {
        return checked(file == null ? PackedArena.open(manifest) : PackedArena.open(manifest, file));
    }

    /** As {@link #open()}, with a mapping that cannot be written. */
    public PackedArena openReadOnly() {
        return checked(file == null ? PackedArena.openReadOnly(manifest) : PackedArena.openReadOnly(manifest, file));
    }

    private PackedArena checked(PackedArena arena) {
        boolean kept = false;
        try {
            arrays.forEach((name, wanted) -> arena.require(name, wanted.codec(), wanted.shape()));
            kept = true;
            return arena;
        } finally {
            if (!kept) {
                arena.close();
            }
        }
    }

    /**
     * Makes both files.
     *
     * @throws SegmentExistsException when one of them is there
     * @throws ZeroIpcException when they cannot be made; nothing is left behind then
     */
    public PackedArena create() {
        make();
        return open();
    }

    /**
     * Opens the arena when its manifest is there, and makes it otherwise; of several callers at once, one makes it.
     *
     * @throws StructureMismatchException when it is there, and an array has another shape or other elements
     * @throws StructureNotFoundException when it is there, and has not an array that is wanted
     */
    public PackedArena openOrCreate() {
        if (!Files.exists(manifest)) {
            try {
                make();
            } catch (SegmentExistsException e) {
                // Somebody was faster, unless only the file is there.
                awaitManifest(e);
            }
        }
        return open();
    }

    private void awaitManifest(SegmentExistsException otherwise) {
        long begun = System.nanoTime();
        while (!Files.exists(manifest)) {
            if (System.nanoTime() - begun > OTHERS_NANOS) {
                throw otherwise;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void make() {
        if (arrays.isEmpty()) {
            throw new IllegalArgumentException(
                    "arena has no arrays: manifest=" + manifest + " (expected: at least one)");
        }
        Path data = file != null ? file : ArenaFiles.beside(manifest);
        if (Files.exists(manifest)) {
            throw new SegmentExistsException("arena exists: manifest=" + manifest + " (open it, or remove it)",
                    manifest);
        }
        try {
            Map<String, ArrayPlace> places = places();
            publish(data, channel -> {
                long end = places.values().stream().mapToLong(ArrayPlace::end).max().orElse(0);
                channel.position(end - 1).write(ByteBuffer.allocate(1));
            });
            boolean done = false;
            try {
                byte[] text = text(places, data).getBytes(StandardCharsets.UTF_8);
                publish(manifest, channel -> channel.write(ByteBuffer.wrap(text)));
                done = true;
            } finally {
                if (!done) {
                    Files.deleteIfExists(data);
                }
            }
        } catch (FileAlreadyExistsException e) {
            throw new SegmentExistsException("file of the arena exists: manifest=" + manifest + ", path=" + e.getFile()
                    + " (remove it, or give another)", manifest, e);
        } catch (IOException e) {
            throw new ZeroIpcException("arena cannot be created: manifest=" + manifest + ", path=" + data + ", reason="
                    + e + " (expected: a directory that exists and is writable, and room for the file)", e);
        }
    }

    private Map<String, ArrayPlace> places() {
        Map<String, ArrayPlace> places = new LinkedHashMap<>();
        long end = 0;
        for (Map.Entry<String, Wanted> each : arrays.entrySet()) {
            Shape shape = each.getValue().shape();
            if (shape == null) {
                throw new IllegalArgumentException(
                        "array has no shape: manifest=" + manifest + ", name=" + each.getKey()
                                + " (expected: elements in each dimension)");
            }
            // Where that cannot be counted, no further array has room, and no file has so many bytes.
            long offset = end > Long.MAX_VALUE - ALIGNMENT ? end : Math.ceilDiv(end, ALIGNMENT) * ALIGNMENT;
            ArrayPlace place = new ArrayPlace(each.getValue().codec().schema(), offset, shape);
            places.put(each.getKey(), place);
            end = place.end();
        }
        return places;
    }

    private String text(Map<String, ArrayPlace> places, Path data) {
        Path name = data.getFileName();
        boolean beside = manifest.resolveSibling(String.valueOf(name)).equals(data);
        Map<String, @Nullable Object> text = new LinkedHashMap<>();
        text.put("format", Manifest.FORMAT);
        text.put("version", Manifest.VERSION);
        text.put("file", beside ? String.valueOf(name) : data.toString());
        text.put("byteOrder", "little");
        Map<String, @Nullable Object> structures = new LinkedHashMap<>();
        places.forEach((array, place) -> {
            Map<String, @Nullable Object> described = new LinkedHashMap<>();
            described.put("kind", "array");
            described.put("offset", place.offset());
            described.put("shape", place.shape().lengths());
            described.put("strides", Manifest.strides(place.shape().lengths(), place.element().byteSize()));
            described.put("dtype", NumpyTypes.of(place.element()));
            described.put("element", SchemaJson.withFingerprint(place.element()));
            structures.put(array, described);
        });
        text.put("structures", structures);
        return Json.writeIndented(text) + '\n';
    }

    private interface Filling {
        void fill(FileChannel channel) throws IOException;
    }

    /** A complete file, in one step, and never over another one. */
    private void publish(Path target, Filling filling) throws IOException {
        Path temporary = Files.createTempFile(target.toAbsolutePath().getParent(), "." + target.getFileName() + ".",
                ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                filling.fill(channel);
            }
            if (temporary.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(temporary, permissions);
            }
            link(target, temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void link(Path target, Path temporary) throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (UnsupportedOperationException e) {
            // Not here: then whoever looks in between finds nothing, or all of it.
            Files.move(temporary, target);
        }
    }
}

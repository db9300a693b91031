package io.zeroipc.fuzz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.zeroipc.os.FileIdentity;

/**
 * One file that is every segment in turn, and our own view of its bytes, which nobody checks. For one thread.
 *
 * <p>
 * Always the same file, since making and removing one costs more than a case.
 */
final class Bench implements AutoCloseable {

    private static final String IDENTITY_FIELD = "\"segment\":\"";

    private final Path path;
    private final Path catalogue;
    private final Path live;
    private final Path manifest;
    private final FileChannel channel;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final String identity;
    private long size;

    /** @param sizeMax of any image */
    Bench(Path path, long sizeMax) throws IOException {
        this.path = path;
        this.catalogue = path.resolveSibling(path.getFileName() + ".zipc");
        this.live = path.resolveSibling(path.getFileName() + ".zipc-live");
        this.manifest = path.resolveSibling(path.getFileName() + ".json");
        this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        this.memory = channel.map(MapMode.READ_WRITE, 0, sizeMax, arena);
        this.identity = FileIdentity.of(path).toString();
    }

    Path path() {
        return path;
    }

    /** What messages call the segment. */
    String label() {
        return String.valueOf(path.getFileName());
    }

    /** The file, and nothing beyond its end: touching that would kill us. */
    MemorySegment memory() {
        return memory.asSlice(0, size);
    }

    /** Makes the file that image. */
    void load(Image image) throws IOException {
        channel.truncate(0);
        ByteBuffer bytes = image.bytes().asByteBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes, bytes.position());
        }
        if (image.size() > image.bytes().byteSize()) {
            channel.write(ByteBuffer.allocate(1), image.size() - 1);
        }
        size = image.size();
        Files.deleteIfExists(catalogue);
        // What consumers of former images have left stands there for queues that are not there any more.
        Files.deleteIfExists(live);
    }

    /** As {@link #load}, for a file that others have mapped: it keeps its length. */
    void overwrite(Image image) throws IOException {
        size = memory.byteSize();
        memory.asSlice(0, image.size()).fill((byte) 0).copyFrom(image.bytes());
        Files.deleteIfExists(catalogue);
    }

    /** Cuts the file; nobody has it mapped. */
    void truncate(long length) throws IOException {
        if (length < size) {
            channel.truncate(length);
            size = length;
        }
    }

    /** Puts a catalogue beside the file, as if it were this one's. */
    void describe(String text) throws IOException {
        int from = text.indexOf(IDENTITY_FIELD) + IDENTITY_FIELD.length();
        int to = text.indexOf('"', from);
        Files.writeString(catalogue, to < 0 ? text : text.substring(0, from) + identity + text.substring(to));
    }

    /** Makes the file beside it that manifest. */
    Path manifest(String text) throws IOException {
        return Files.writeString(manifest, text);
    }

    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
        Files.deleteIfExists(path);
        Files.deleteIfExists(catalogue);
        Files.deleteIfExists(live);
        Files.deleteIfExists(manifest);
    }
}

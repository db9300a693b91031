package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that the active side creates and removes, mapped by both. */
final class MappedScratch implements AutoCloseable {

    private final Path file;
    private final boolean creator;
    private final MappedByteBuffer buffer;

    MappedScratch(Place place, String suffix, long bytes) {
        file = place.file(suffix);
        creator = place.isActive();
        try (FileChannel channel = creator
                ? FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                        StandardOpenOption.WRITE)
                : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            buffer = channel.map(MapMode.READ_WRITE, 0, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MappedByteBuffer buffer() {
        return buffer;
    }

    @Override
    public void close() throws IOException {
        if (creator) {
            Files.deleteIfExists(file);
        }
    }
}

package io.zeroipc.os;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A new empty file with a channel, in shared memory where there is some; both are gone when it is closed. */
final class ScratchFile implements AutoCloseable {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    final Path path;
    final FileChannel channel;

    ScratchFile() throws IOException {
        Path directory = Files.isWritable(SHARED_MEMORY)
                ? SHARED_MEMORY
                : Path.of(System.getProperty("java.io.tmpdir"));
        path = directory.resolve("zeroipc-os-" + UUID.randomUUID());
        channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    FileLocks locks() throws IOException {
        return FileLocks.of(channel, path, false);
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            Files.deleteIfExists(path);
        }
    }
}

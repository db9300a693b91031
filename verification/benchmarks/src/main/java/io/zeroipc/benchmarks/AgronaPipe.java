package io.zeroipc.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/** A ring buffer of Agrona over a mapped file: its records have a header and are aligned to eight bytes. */
final class AgronaPipe implements Pipe {

    private static final int MESSAGE_TYPE = 1;
    private static final int RECORD_BYTES = 16;

    private final Path file;
    private final RingBuffer ring;
    private final MessageHandler one = this::receiveOne;
    private final MessageHandler many = this::receive;
    private long received;
    private Sum target = new Sum();

    AgronaPipe(int capacity, Function<AtomicBuffer, RingBuffer> factory) {
        file = Scratch.file("agrona");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 0,
                    (long) capacity * RECORD_BYTES + RingBufferDescriptor.TRAILER_LENGTH);
            ring = factory.apply(new UnsafeBuffer(mapped));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean offer(long element) {
        int index = ring.tryClaim(MESSAGE_TYPE, Long.BYTES);
        if (index < 0) {
            return false;
        }
        ring.buffer().putLong(index, element);
        ring.commit(index);
        return true;
    }

    @Override
    public long poll() {
        return ring.read(one, 1) == 0 ? NOTHING : received;
    }

    /** Agrona has no bulk write: one claim per message, as its users write it. */
    @Override
    public int offerBatch(long first, int count) {
        int sent = 0;
        while (sent < count && offer(first + sent)) {
            sent++;
        }
        return sent;
    }

    @Override
    public int drain(Sum sink, int max) {
        target = sink;
        return ring.read(many, max);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void receiveOne(int type, MutableDirectBuffer buffer, int index, int length) {
        received = buffer.getLong(index);
    }

    private void receive(int type, MutableDirectBuffer buffer, int index, int length) {
        target.add(buffer.getLong(index));
    }
}

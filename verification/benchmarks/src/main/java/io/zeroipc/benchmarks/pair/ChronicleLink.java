package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.wire.DocumentContext;
import org.jspecify.annotations.Nullable;

/**
 * Chronicle Queue, written and read in place. It keeps everything, so each slice has a queue of its own, and ends when so many bytes
 * are in it.
 */
final class ChronicleLink extends OneThreadLink {

    private static final long MOST_BYTES = 512 << 20;

    private final Place place;
    private final ChronicleQueue out;
    private final ChronicleQueue in;
    private @Nullable ExcerptAppender appender;
    private @Nullable ExcerptTailer tailer;
    private @Nullable DocumentContext writing;

    ChronicleLink(Place place) {
        this.place = place;
        out = ChronicleQueue.single(file(place.outgoing()).toString());
        in = ChronicleQueue.single(file(place.incoming()).toString());
    }

    private Path file(String direction) {
        return place.file("." + direction);
    }

    @Override
    public long budget() {
        return MOST_BYTES / Math.max(64, place.size());
    }

    /** An appender is for the thread that made it. */
    @Override
    public Sender sender() {
        if (appender == null) {
            appender = out.createAppender();
        }
        return this;
    }

    @Override
    public Receiver receiver() {
        if (tailer == null) {
            tailer = in.createTailer();
        }
        return this;
    }

    @Override
    @SuppressWarnings("NullAway") // sender() comes first
    public long tryClaim() {
        writing = appender.writingDocument();
        Bytes<?> bytes = writing.wire().bytes();
        long position = bytes.writePosition();
        // Makes room, and maps the next piece of the file where this one ends.
        bytes.writeSkip(place.size());
        return bytes.addressForWrite(position);
    }

    @Override
    public MemorySegment memory() {
        return MEMORY;
    }

    @Override
    @SuppressWarnings("NullAway") // tryClaim() comes first
    public void commit() {
        writing.close();
    }

    @Override
    @SuppressWarnings("NullAway") // receiver() comes first
    public int poll(Handler handler, int limit) {
        int count = 0;
        while (count < limit) {
            try (DocumentContext reading = tailer.readingDocument()) {
                if (!reading.isPresent()) {
                    break;
                }
                Bytes<?> bytes = reading.wire().bytes();
                handler.onMessage(MEMORY, bytes.addressForRead(bytes.readPosition()));
            }
            count++;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        out.close();
        in.close();
        if (place.isActive()) {
            for (Path directory : List.of(file(place.outgoing()), file(place.incoming()))) {
                try (Stream<Path> files = Files.walk(directory)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }
}

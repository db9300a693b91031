package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

import io.zeroipc.benchmarks.pair.Place.Side;

/**
 * Aeron IPC with one publication in each direction: claimed in place as long as a message fits into a fragment, offered from a buffer
 * when it is longer. Received ones are read in place, and put together before if they came in fragments.
 */
final class AeronLink extends OneThreadLink implements FragmentHandler {

    /** Clients of this JVM by the directory of their driver, and embedded drivers: both live as long as the JVM. */
    private static final Map<String, Aeron> CLIENTS = new ConcurrentHashMap<>();
    private static final Map<String, MediaDriver> DRIVERS = new ConcurrentHashMap<>();
    private static final int SMALL_TERM = 1 << 20;
    private static final int LARGE_TERM = 16 << 20;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final Publication publication;
    private final Subscription subscription;
    private final FragmentHandler fragments;
    private final BufferClaim claim = new BufferClaim();
    private final UnsafeBuffer copy;
    private final boolean fits;
    private final int size;
    private boolean pending;
    private Handler handler = (_, _) -> {};

    /** @param embedded whether the active side runs the driver; otherwise {@link #drive} has to, in a process of its own */
    AeronLink(Place place, boolean exclusive, boolean embedded) {
        String directory = driverDirectory(place, embedded);
        if (embedded && place.isActive()) {
            DRIVERS.computeIfAbsent(directory, AeronLink::drive);
        }
        Aeron aeron = CLIENTS.computeIfAbsent(directory,
                _ -> Aeron.connect(new Aeron.Context().aeronDirectoryName(directory)));
        size = place.size();
        String channel = "aeron:ipc?term-length=" + (size > SMALL_TERM / 16 ? LARGE_TERM : SMALL_TERM);
        subscription = aeron.addSubscription(channel, stream(place, place.incoming()));
        publication = exclusive
                ? aeron.addExclusivePublication(channel, stream(place, place.outgoing()))
                : aeron.addPublication(channel, stream(place, place.outgoing()));
        fits = size <= publication.maxPayloadLength();
        copy = new UnsafeBuffer(ByteBuffer.allocateDirect(size));
        fragments = fits ? this : new FragmentAssembler(this, size, true);
    }

    private static int stream(Place place, String direction) {
        return (place.name() + direction).hashCode();
    }

    private static String driverDirectory(Place place, boolean embedded) {
        return place.directory().resolve(embedded ? "aeron-embedded" : "aeron-separate").toString();
    }

    /** A driver of one thread, with what Aeron has by default but for that. */
    static MediaDriver drive(String directory) {
        return MediaDriver.launch(new MediaDriver.Context().aeronDirectoryName(directory)
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnStart(true)
                .dirDeleteOnShutdown(true));
    }

    /** The driver that is a process of its own. */
    static final class Driver {

        private Driver() {
        }

        public static void main(String[] arguments) throws IOException {
            String directory = driverDirectory(
                    new Place(Path.of(arguments[0]), "", Side.ACTIVE, Long.BYTES), false);
            try (MediaDriver driver = drive(directory)) {
                System.out.println(Worker.ANSWER + driver.aeronDirectoryName());
                while (System.in.read() >= 0) {
                    // until the end of the input
                }
            }
        }
    }

    /** Ends what this JVM has of Aeron. */
    static void closeAll() {
        CLIENTS.values().forEach(Aeron::close);
        CLIENTS.clear();
        DRIVERS.values().forEach(MediaDriver::close);
        DRIVERS.clear();
    }

    @Override
    public void connect() {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!publication.isConnected() || !subscription.isConnected()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Aeron does not connect: publication=" + publication.isConnected()
                        + ", subscription=" + subscription.isConnected());
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public long tryClaim() {
        if (fits) {
            return isSent(publication.tryClaim(size, claim)) ? claim.buffer().addressOffset() + claim.offset() : FULL;
        }
        return flush() ? copy.addressOffset() : FULL;
    }

    @Override
    public MemorySegment memory() {
        return MEMORY;
    }

    @Override
    public void commit() {
        if (fits) {
            claim.commit();
        } else {
            pending = !isSent(publication.offer(copy, 0, size));
        }
    }

    @Override
    public boolean flush() {
        if (pending) {
            commit();
        }
        return !pending;
    }

    private static boolean isSent(long position) {
        if (position == Publication.CLOSED || position == Publication.MAX_POSITION_EXCEEDED) {
            throw new IllegalStateException("publication is at its end: " + Publication.errorString(position));
        }
        return position > 0;
    }

    @Override
    public int poll(Handler to, int limit) {
        handler = to;
        return subscription.poll(fragments, limit);
    }

    @Override
    public void onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        handler.onMessage(MEMORY, buffer.addressOffset() + offset);
    }

    @Override
    public void close() {
        publication.close();
        subscription.close();
    }
}

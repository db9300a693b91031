package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;

import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** What is measured: ours and the peers, in the order of the tables. */
enum Transport {
    RAW("raw cache lines", Family.RAW, RawLink::new),
    RING("SharedRing", Family.RING, RingLink::new),
    RING_LONGS("SharedRing, asLongs()", Family.RING_LONGS, LongRingLink::new) {
        @Override
        @Nullable
        String refusal(Task task, int size) {
            return size == Long.BYTES ? super.refusal(task, size) : "its elements have eight bytes";
        }
    },
    QUEUE("SharedQueue", Family.QUEUE, QueueLink::new),
    CHANNEL("SharedChannel", Family.CHANNEL, ChannelLink::new),
    TOPIC("SharedTopic", Family.TOPIC, TopicLink::new),
    AGRONA_ONE_TO_ONE("Agrona OneToOneRingBuffer", Family.AGRONA,
            place -> new AgronaLink(place, OneToOneRingBuffer::new)),
    AGRONA_MANY_TO_ONE("Agrona ManyToOneRingBuffer", Family.AGRONA,
            place -> new AgronaLink(place, ManyToOneRingBuffer::new)),
    AERON_EXCLUSIVE("Aeron IPC, exclusive, embedded driver", Family.AERON, place -> new AeronLink(place, true, true)),
    AERON_CONCURRENT("Aeron IPC, concurrent, embedded driver", Family.AERON,
            place -> new AeronLink(place, false, true)),
    AERON_EXCLUSIVE_SEPARATE("Aeron IPC, exclusive, separate driver", Family.AERON,
            place -> new AeronLink(place, true, false)),
    AERON_CONCURRENT_SEPARATE("Aeron IPC, concurrent, separate driver", Family.AERON,
            place -> new AeronLink(place, false, false)),
    CHRONICLE("Chronicle Queue", Family.CHRONICLE, ChronicleLink::new) {
        @Override
        boolean isOpenedForEachSlice() {
            return true;
        }
    },
    UNIX_SOCKET("Unix domain socket", Family.SOCKET, place -> new SocketLink(place, true)),
    TCP("TCP, loopback", Family.SOCKET, place -> new SocketLink(place, false)),
    JCTOOLS_SPSC("in one JVM: JCTools SpscArrayQueue", Family.JCTOOLS_SPSC,
            place -> new HeapLink(place, SpscArrayQueue::new)),
    JCTOOLS_MPMC("in one JVM: JCTools MpmcArrayQueue", Family.JCTOOLS_MPMC,
            place -> new HeapLink(place, MpmcArrayQueue::new)),
    ARRAY_BLOCKING_QUEUE("in one JVM: ArrayBlockingQueue", Family.ARRAY_BLOCKING_QUEUE,
            place -> new HeapLink(place, ArrayBlockingQueue::new));

    private final String title;
    private final Family family;
    @SuppressWarnings("ImmutableEnumChecker") // it has no state
    private final Opener opener;

    Transport(String title, Family family, Opener opener) {
        this.title = title;
        this.family = family;
        this.opener = opener;
    }

    @FunctionalInterface
    private interface Opener {

        Link open(Place place) throws IOException;
    }

    /** Transports with the same classes of connections, which share a copy of the loops. */
    enum Family {
        RAW,
        RING,
        RING_LONGS,
        QUEUE,
        CHANNEL,
        TOPIC,
        AGRONA,
        AERON,
        CHRONICLE,
        SOCKET,
        JCTOOLS_SPSC,
        JCTOOLS_MPMC,
        ARRAY_BLOCKING_QUEUE
    }

    /** Opens a side of a connection; the active one is opened first. */
    Link open(Place place) throws IOException {
        return opener.open(place);
    }

    /** Why this transport is not measured so; null if it is. */
    @Nullable
    String refusal(Task task, int size) {
        if (task.workload().threads() == 1 || family == Family.QUEUE || family == Family.CHANNEL) {
            return null;
        }
        return isInOneJvm()
                ? "the harness uses its buffers again, which needs one consumer"
                : "it has no consumers that share its messages";
    }

    /** How the tables call it. */
    String title() {
        return title;
    }

    /** How options and files call it: {@code agrona-one-to-one}. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Transport ofLabel(String label) {
        for (Transport transport : values()) {
            if (transport.label().equals(label)) {
                return transport;
            }
        }
        throw new IllegalArgumentException("transport is unknown: name=" + label + " (expected: one of "
                + Arrays.stream(values()).map(Transport::label).toList() + ")");
    }

    Family family() {
        return family;
    }

    /** Between two threads, for comparison, instead of two processes. */
    boolean isInOneJvm() {
        return family == Family.JCTOOLS_SPSC || family == Family.JCTOOLS_MPMC || family == Family.ARRAY_BLOCKING_QUEUE;
    }

    /** Whether a driver has to run in a process of its own. */
    boolean needsDriver() {
        return this == AERON_EXCLUSIVE_SEPARATE || this == AERON_CONCURRENT_SEPARATE;
    }

    /** Whether each slice needs a connection of its own, since what was sent stays. */
    boolean isOpenedForEachSlice() {
        return false;
    }
}

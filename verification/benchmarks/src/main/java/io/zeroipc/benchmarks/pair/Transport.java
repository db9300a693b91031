package io.zeroipc.benchmarks.pair;

import java.io.IOException;
import java.util.Locale;

import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** What is measured: ours and the peers, in the order of the tables. */
enum Transport {
    RAW("raw cache lines", Family.RAW) {
        @Override
        Link open(Place place) {
            return new RawLink(place);
        }
    },
    RING("SharedRing", Family.RING) {
        @Override
        Link open(Place place) {
            return new RingLink(place);
        }
    },
    RING_LONGS("SharedRing, asLongs()", Family.RING_LONGS) {
        @Override
        Link open(Place place) {
            return new LongRingLink(place);
        }

        @Override
        @Nullable
        String refusal(Task task, int size) {
            return size == Long.BYTES ? super.refusal(task, size) : "its elements have eight bytes";
        }
    },
    QUEUE("SharedQueue", Family.QUEUE) {
        @Override
        Link open(Place place) {
            return new QueueLink(place);
        }
    },
    CHANNEL("SharedChannel", Family.CHANNEL) {
        @Override
        Link open(Place place) {
            return new ChannelLink(place);
        }
    },
    AGRONA_ONE_TO_ONE("Agrona OneToOneRingBuffer", Family.AGRONA) {
        @Override
        Link open(Place place) {
            return new AgronaLink(place, OneToOneRingBuffer::new);
        }
    },
    AGRONA_MANY_TO_ONE("Agrona ManyToOneRingBuffer", Family.AGRONA) {
        @Override
        Link open(Place place) {
            return new AgronaLink(place, ManyToOneRingBuffer::new);
        }
    },
    AERON_EXCLUSIVE("Aeron IPC, exclusive, embedded driver", Family.AERON) {
        @Override
        Link open(Place place) {
            return new AeronLink(place, true, true);
        }
    },
    AERON_CONCURRENT("Aeron IPC, concurrent, embedded driver", Family.AERON) {
        @Override
        Link open(Place place) {
            return new AeronLink(place, false, true);
        }
    },
    AERON_EXCLUSIVE_SEPARATE("Aeron IPC, exclusive, separate driver", Family.AERON) {
        @Override
        Link open(Place place) {
            return new AeronLink(place, true, false);
        }
    },
    AERON_CONCURRENT_SEPARATE("Aeron IPC, concurrent, separate driver", Family.AERON) {
        @Override
        Link open(Place place) {
            return new AeronLink(place, false, false);
        }
    },
    CHRONICLE("Chronicle Queue", Family.CHRONICLE) {
        @Override
        Link open(Place place) {
            return new ChronicleLink(place);
        }

        @Override
        boolean isOpenedForEachSlice() {
            return true;
        }
    },
    UNIX_SOCKET("Unix domain socket", Family.SOCKET) {
        @Override
        Link open(Place place) throws IOException {
            return new SocketLink(place, true);
        }
    },
    TCP("TCP, loopback", Family.SOCKET) {
        @Override
        Link open(Place place) throws IOException {
            return new SocketLink(place, false);
        }
    },
    JCTOOLS_SPSC("in one JVM: JCTools SpscArrayQueue", Family.JCTOOLS_SPSC) {
        @Override
        Link open(Place place) {
            return new HeapLink(place, SpscArrayQueue::new);
        }
    },
    JCTOOLS_MPMC("in one JVM: JCTools MpmcArrayQueue", Family.JCTOOLS_MPMC) {
        @Override
        Link open(Place place) {
            return new HeapLink(place, MpmcArrayQueue::new);
        }
    },
    ARRAY_BLOCKING_QUEUE("in one JVM: ArrayBlockingQueue", Family.ARRAY_BLOCKING_QUEUE) {
        @Override
        Link open(Place place) {
            return new HeapLink(place, java.util.concurrent.ArrayBlockingQueue::new);
        }
    };

    private final String title;
    private final Family family;

    Transport(String title, Family family) {
        this.title = title;
        this.family = family;
    }

    /** Transports with the same classes of connections, which share a copy of the loops. */
    enum Family {
        RAW,
        RING,
        RING_LONGS,
        QUEUE,
        CHANNEL,
        AGRONA,
        AERON,
        CHRONICLE,
        SOCKET,
        JCTOOLS_SPSC,
        JCTOOLS_MPMC,
        ARRAY_BLOCKING_QUEUE
    }

    /** Opens a side of a connection; the active one is opened first. */
    abstract Link open(Place place) throws Exception;

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
                + java.util.Arrays.stream(values()).map(Transport::label).toList() + ")");
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

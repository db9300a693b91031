package io.zeroipc.benchmarks;

import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.jctools.queues.MpmcArrayQueue;
import org.jctools.queues.SpscArrayQueue;

/** What is measured: ours and the peers, by the name in the results. */
public enum Transport {
    /** {@code SharedQueue}: many producers, many consumers, the bytes of the C++ queue. */
    ZEROIPC_QUEUE {
        @Override
        Pipe open(int capacity) {
            return new QueuePipe(capacity);
        }
    },
    /** {@code SharedRing}: one producer, one consumer, the bytes of the C++ ring. */
    ZEROIPC_RING {
        @Override
        Pipe open(int capacity) {
            return new RingPipe(capacity, false);
        }
    },
    /** The same with a reader that publishes its position every quarter of the capacity, and when it finds nothing. */
    ZEROIPC_RING_LAZY {
        @Override
        Pipe open(int capacity) {
            return new RingPipe(capacity, true);
        }
    },
    AGRONA_ONE_TO_ONE {
        @Override
        Pipe open(int capacity) {
            return new AgronaPipe(capacity, OneToOneRingBuffer::new);
        }
    },
    AGRONA_MANY_TO_ONE {
        @Override
        Pipe open(int capacity) {
            return new AgronaPipe(capacity, ManyToOneRingBuffer::new);
        }
    },
    JCTOOLS_SPSC {
        @Override
        Pipe open(int capacity) {
            return new JcToolsPipe(new SpscArrayQueue<>(capacity));
        }
    },
    JCTOOLS_MPMC {
        @Override
        Pipe open(int capacity) {
            return new JcToolsPipe(new MpmcArrayQueue<>(capacity));
        }
    };

    abstract Pipe open(int capacity);
}

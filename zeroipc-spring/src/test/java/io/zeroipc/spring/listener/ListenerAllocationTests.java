package io.zeroipc.spring.listener;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.core.BoundChannelOperations;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.DefaultSegmentRegistry;
import io.zeroipc.spring.core.StructureDefinition;
import io.zeroipc.spring.core.ZeroIpcTemplate;
import io.zeroipc.spring.listener.adapter.FunctionElementListener;

import static org.assertj.core.api.Assertions.assertThat;

/** What an element costs the collector on its way from a template to a listener: the element, and nothing else. */
class ListenerAllocationTests {

    private static final int ELEMENTS = 8_192;
    private static final int ROUNDS = 1_000;
    /** Of a {@code Long}; with room for what the JVM and an occasional look at the file need. */
    private static final double BYTES_MAX = 24 + 2;

    private static final int MESSAGES = 512;
    /** Of a view; a batch is short, so what an occasional look at the file needs counts for more. */
    private static final double VIEW_MAX = 40 + 16;
    /** Of a loan and its view. */
    private static final double LOAN_MAX = 32 + 40 + 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path directory;

    /** The best of many rounds: only compiled code keeps the promise. */
    @Test
    void elementsCostNothingButThemselves() throws Exception {
        DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(Fixtures.queue("numbers", Codecs.int64(), ELEMENTS))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        try (segments; ZeroIpcTemplate template = new ZeroIpcTemplate(segments)) {
            Receiver receiver = new Receiver(ELEMENTS);
            ChannelListenerContainer container = new ChannelListenerContainer("numbers",
                    List.of(new ChannelName("host", "numbers")),
                    FunctionElementListener.of(Long.class, receiver::received), settings(), segments);
            BoundChannelOperations<Long> numbers = template.channel("host/numbers", Long.class);
            List<Long> elements = LongStream.range(1_000_000, 1_000_000 + ELEMENTS).boxed().toList();
            double sent = Double.MAX_VALUE;
            container.start();
            try {
                for (int round = 0; round < ROUNDS && !(sent < 2 && receiver.best < BYTES_MAX); round++) {
                    receiver.done = new CountDownLatch(1);
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < ELEMENTS; i++) {
                        numbers.send(elements.get(i));
                    }
                    sent = Math.min(sent, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) ELEMENTS);
                    receiver.done.await();
                }
            } finally {
                container.stop();
            }
            assertThat(sent).as("bytes for a sent element").isLessThan(2);
            assertThat(receiver.best).as("bytes for a received element").isLessThan(BYTES_MAX);
            assertThat(SharedQueue.class.cast(segments.structure(new ChannelName("host", "numbers"))).poll()).isNull();
        }
    }

    /** A view of a message, and nothing else; sending costs the loan, with its view of the chunk. */
    @Test
    void messagesOfATopicCostNothingButTheirViews() throws Exception {
        DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
        segments.define(Fixtures.host(StructureDefinition.of("frames", SharedTopic.spec(2 * MESSAGES, 64), null))
                .openedBy(Fixtures.file(directory)::openOrCreate));
        try (segments; ZeroIpcTemplate template = new ZeroIpcTemplate(segments)) {
            Receiver receiver = new Receiver(MESSAGES);
            ChannelListenerContainer container = new ChannelListenerContainer("frames",
                    List.of(new ChannelName("host", "frames")),
                    FunctionElementListener.of(MemorySegment.class, receiver::received), settings(), segments);
            BoundChannelOperations<byte[]> frames = template.channel("host/frames", byte[].class);
            double sent = Double.MAX_VALUE;
            container.start();
            try {
                for (int round = 0; round < 4 * ROUNDS && !(sent < LOAN_MAX && receiver.best < VIEW_MAX); round++) {
                    receiver.done = new CountDownLatch(1);
                    long before = THREADS.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < MESSAGES; i++) {
                        try (Loan loan = frames.loan(64)) {
                            loan.send();
                        }
                    }
                    sent = Math.min(sent, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) MESSAGES);
                    receiver.done.await();
                }
            } finally {
                container.stop();
            }
            assertThat(sent).as("bytes for a sent message").isLessThan(LOAN_MAX);
            assertThat(receiver.best).as("bytes for a received message").isLessThan(VIEW_MAX);
        }
    }

    private static ListenerSettings settings() {
        ListenerSettings settings = new ListenerSettings();
        settings.inheritDefaults(new ListenerSettings());
        return settings;
    }

    private static final class Receiver {

        private final int size;
        private volatile CountDownLatch done = new CountDownLatch(1);
        private volatile double best = Double.MAX_VALUE;
        private int count;
        private long before;

        Receiver(int size) {
            this.size = size;
        }

        void received(Object element) {
            if (count == 0) {
                before = THREADS.getCurrentThreadAllocatedBytes();
            }
            count++;
            if (count == size) {
                count = 0;
                best = Math.min(best, (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) size);
                done.countDown();
            }
        }
    }
}

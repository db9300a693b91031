package io.zeroipc.spring.listener;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.messaging.MessageHeaders;

import io.zeroipc.Occupancy;
import io.zeroipc.StructureKind;
import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Blocks;
import io.zeroipc.segment.CommittingIntake;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Part;
import io.zeroipc.segment.Sink;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Spec;
import io.zeroipc.spring.Fixtures;
import io.zeroipc.spring.TestContexts;
import io.zeroipc.spring.TestContexts.TestContext;
import io.zeroipc.spring.annotation.ChannelListener;
import io.zeroipc.spring.core.ChannelName;
import io.zeroipc.spring.core.SegmentDefinition;
import io.zeroipc.spring.core.StructureDefinition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A kind of structure that the framework has never heard of: listeners work with it, one by one, in batches, with a
 * pause, and with acknowledgments, because it is a {@link Source}.
 */
class HomeMadeSourceTests {

    private static final List<Object> RECEIVED = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    @Test
    void listenersWhenKindIsUnknownWorkByItsInterfaces() {
        SegmentDefinition segment = Fixtures
                .host(StructureDefinition.of("single", new MailboxSpec(), Codecs.int32()),
                        StructureDefinition.of("batch", new MailboxSpec(), Codecs.int32()),
                        StructureDefinition.of("manual", new MailboxSpec(), Codecs.int32()))
                .openedBy(Fixtures.file(directory)::openOrCreate);
        RECEIVED.clear();
        try (TestContext context = TestContexts.open(segment, Listening.class)) {
            context.template().send("single", 1);
            await().untilAsserted(() -> assertThat(RECEIVED).containsExactly("single 1 at 0"));

            ChannelListenerContainer batch = context.container("batch");
            batch.pause();
            await().until(batch::isPaused);
            List.of(2, 3).forEach(value -> context.template().send("batch", value));
            assertThat(depth(context, "batch")).isEqualTo(2);
            batch.resume();
            await().untilAsserted(() -> assertThat(RECEIVED).contains("batch [2, 3]"));

            context.template().send("manual", 4);
            await().until(() -> RECEIVED.getLast() instanceof Acknowledgment);
            assertThat(depth(context, "manual")).isEqualTo(1);
            ((Acknowledgment) RECEIVED.getLast()).acknowledge();
            assertThat(depth(context, "manual")).isZero();
        }
    }

    private static long depth(TestContext context, String structure) {
        return context.segments().structure(new ChannelName("host", structure)).occupancy().used();
    }

    static class Listening {

        @ChannelListener("single")
        void on(int number, MessageHeaders headers) {
            RECEIVED.add("single " + number + " at " + headers.get("zeroipc_sequence"));
        }

        @ChannelListener(id = "batch", channels = "batch")
        void onBatch(List<Integer> numbers) {
            RECEIVED.add("batch " + numbers);
        }

        @ChannelListener(channels = "manual", ackMode = "manual")
        void onManual(int number, Acknowledgment acknowledgment) {
            RECEIVED.add(acknowledgment);
        }
    }

    /** Numbers behind one another; kept until they are committed. Its bytes are of no interest here. */
    private static final class Mailbox implements Source<Integer>, Sink<Integer> {

        private static final StructureKind KIND = StructureKind.of("mailbox");

        private final Blocks blocks;
        private final ConcurrentLinkedDeque<Integer> waiting = new ConcurrentLinkedDeque<>();
        private final ConcurrentLinkedQueue<Long> taken = new ConcurrentLinkedQueue<>();
        private final AtomicLong next = new AtomicLong();

        Mailbox(Blocks blocks) {
            this.blocks = blocks;
        }

        @Override
        public boolean isSingleConsumer() {
            return true;
        }

        @Override
        public boolean canCommit() {
            return true;
        }

        @Override
        public Intake<Integer> intake(Start start) {
            return committingIntake();
        }

        @Override
        public CommittingIntake<Integer> committingIntake() {
            return new Opening();
        }

        @Override
        public Outlet<Integer> outlet() {
            return new Outlet<>() {
                @Override
                public boolean offer(Integer element) {
                    return waiting.add(element);
                }

                @Override
                public boolean isClosed() {
                    return false;
                }
            };
        }

        @Override
        public Binding binding() {
            return blocks.binding(KIND);
        }

        @Override
        public Occupancy occupancy() {
            return new Occupancy(waiting.size() + taken.size(), 100, "elements");
        }

        @Override
        public int elementSize() {
            return Integer.BYTES;
        }

        @Override
        public String elementType() {
            return "int32";
        }

        private final class Opening implements CommittingIntake<Integer> {

            private long position = -1;

            @Override
            public @Nullable Integer poll() {
                Integer element = waiting.poll();
                if (element != null) {
                    position = next.getAndIncrement();
                    taken.add(position);
                }
                return element;
            }

            @Override
            public int drainTo(Consumer<? super Integer> consumer, int max) {
                int count = 0;
                for (Integer element = null; count < max && (element = poll()) != null; count++) {
                    consumer.accept(element);
                }
                return count;
            }

            @Override
            public boolean pollSlot(SlotConsumer consumer) {
                throw new UnsupportedOperationException("nobody asks for slots here");
            }

            @Override
            public void commit(long upTo) {
                taken.removeIf(each -> each <= upTo);
            }

            @Override
            public EventCount arrivals() {
                return blocks.attachment().unannounced();
            }

            @Override
            public long position() {
                return position;
            }

            @Override
            public long lost() {
                return 0;
            }

            @Override
            public boolean isExhausted() {
                return false;
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        }
    }

    private record MailboxSpec(Codec<Integer> codec) implements Spec<Mailbox> {

        MailboxSpec() {
            this(Codecs.int32());
        }

        @Override
        public StructureKind kind() {
            return Mailbox.KIND;
        }

        @Override
        public List<Part> parts() {
            return List.of(new Part("", 16, block -> Atomics.setLongRelease(block.memory(), 0, 1)));
        }

        @Override
        public Mailbox bind(Blocks blocks) {
            return new Mailbox(blocks);
        }
    }
}

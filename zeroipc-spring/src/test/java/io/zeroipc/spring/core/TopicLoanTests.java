package io.zeroipc.spring.core;

import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.Loan;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicHolder;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.spring.Fixtures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/** What a template lends of a topic, and what it does when nothing is left to lend. */
class TopicLoanTests {

    private static final int CHUNKS = 2;

    @TempDir
    Path directory;

    private final DefaultSegmentRegistry segments = new DefaultSegmentRegistry();
    private final ZeroIpcTemplate template = new ZeroIpcTemplate(segments);
    private SharedTopic topic;
    private TopicSubscriber subscriber;

    @BeforeEach
    void open() {
        segments.define(Fixtures.host(StructureDefinition.of("frames", SharedTopic.spec(CHUNKS, 4096), null),
                Fixtures.queue("numbers", Codecs.int32())).openedBy(Fixtures.file(directory)::openOrCreate));
        topic = (SharedTopic) segments.structure(new ChannelName("host", "frames"));
        subscriber = topic.subscribe();
    }

    @AfterEach
    void close() {
        template.close();
        segments.close();
    }

    @Test
    void loanWhenItIsSentIsReadWhereItWasWritten() {
        BoundChannelOperations<byte[]> frames = template.channel("host/frames", byte[].class);
        try (Loan loan = frames.loan(4096)) {
            loan.memory().set(ValueLayout.JAVA_LONG, 4088, 17);
            assertThat(loan.send()).isEqualTo(1);
        }
        assertThat(subscriber.pollSlot(
                (memory, _) -> assertThat(memory.get(ValueLayout.JAVA_LONG, 4088)).isEqualTo(17))).isTrue();
        try (Loan loan = template.loan("frames", 1)) {
            assertThat(loan.byteSize()).isEqualTo(1);
        }
        assertThat(topic.occupancy().used()).as("given back, as it was not sent").isZero();
    }

    @Test
    void sendWhenThereIsAConverterWritesIntoALoan() {
        template.send("frames", "hello");
        template.channel("frames", String.class).send("world");
        assertThat(subscriber.poll()).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(subscriber.poll()).isEqualTo("world".getBytes(StandardCharsets.UTF_8));
        assertThat(segments.operations(new ChannelName("host", "frames")).sent()).isEqualTo(2);
    }

    @Test
    void loanWhenTheSlabIsFullFailsAndNamesTheHolders() {
        fill();
        template.setSendTimeout(Duration.ofMillis(1));
        assertThatExceptionOfType(ChannelFullException.class).isThrownBy(() -> template.loan("frames", 1))
                .withMessageContaining("channel is full: channel=host/frames, capacity=2, holders=[subscriber pid="
                        + ProcessHandle.current().pid())
                .withMessageContaining("held=0 unread=2")
                .matches(e -> !e.getMessage().contains("waited=0 ms"));
        assertThatExceptionOfType(ChannelFullException.class).isThrownBy(() -> template.send("frames", "x"))
                .withMessageContaining("unread=2");
        assertThat(segments.operations(new ChannelName("host", "frames")).full()).isEqualTo(2);
    }

    @Test
    void loanWhenTheSlabIsFullAndTheActionIsToDropIsOfMemoryThatNobodyReads() {
        fill();
        template.setFullAction(FullAction.DROP);
        try (Loan loan = template.loan("frames", 4096)) {
            loan.memory().fill((byte) 1);
            assertThat(loan.send()).isZero();
        }
        assertThat(topic.sent()).isEqualTo(CHUNKS);
        assertThat(segments.operations(new ChannelName("host", "frames")).full()).isEqualTo(1);
    }

    @Test
    void loanWhenTheSlabIsFullAndTheActionIsToBlockWaitsForAChunkAndTells() throws Exception {
        fill();
        template.setFullAction(FullAction.BLOCK);
        List<List<? extends TopicHolder>> told = new CopyOnWriteArrayList<>();
        topic.publisher().whenFull(told::add);
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> sent = threads.submit(() -> {
                try (Loan loan = template.loan("frames", 1)) {
                    return loan.send();
                }
            });
            await().until(() -> !told.isEmpty());
            assertThat(sent.isDone()).isFalse();
            assertThat(subscriber.poll()).isNotNull();
            assertThat(sent.get()).isEqualTo(1);
        }
        assertThat(told).singleElement()
                .satisfies(holders -> assertThat(holders).singleElement()
                        .satisfies(holder -> assertThat(holder.unread()).isEqualTo(CHUNKS)));
    }

    @Test
    void tryLoanWhenTheSlabIsFullIsNull() throws Exception {
        fill();
        assertThat(template.tryLoan("frames", 1)).isNull();
        assertThat(template.tryLoan("frames", 1, Duration.ofMillis(1))).isNull();
        BoundChannelOperations<String> frames = template.channel("frames", String.class);
        assertThat(frames.tryLoan(1)).isNull();
        assertThat(frames.tryLoan(1, Duration.ofMillis(1))).isNull();
        assertThat(subscriber.poll()).isNotNull();
        try (Loan loan = Objects.requireNonNull(frames.tryLoan(1))) {
            assertThat(loan.byteSize()).isEqualTo(1);
        }
    }

    @Test
    void loanWhenItCannotBeIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> template.loan("frames", 4097))
                .withMessage("message does not fit into a chunk: segment=host, name=frames, bytes=4097"
                        + " (expected: 0 to 4096)");
        assertThatIllegalArgumentException().isThrownBy(() -> template.send("frames", new byte[4097]));
        assertThatExceptionOfType(UnsupportedChannelTypeException.class).isThrownBy(() -> template.loan("numbers", 1))
                .withMessageContaining("type=queue, wanted: a loan (expected: a topic;");
        assertThatExceptionOfType(UnsupportedChannelTypeException.class)
                .isThrownBy(() -> template.receive("frames", byte[].class))
                .withMessageContaining("a @ChannelListener, or a subscriber of your own");
        assertThat(topic.subscribers()).isEqualTo(1);
    }

    private void fill() {
        for (int i = 0; i < CHUNKS; i++) {
            template.send("frames", new byte[1]);
        }
    }
}

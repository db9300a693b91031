package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.format.TopicDescriptor.Layout;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

class SharedTopicTest {

    private static final String NAME = "frames";
    private static final int CHUNKS = 3;

    @RegisterExtension
    private final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedTopic topic;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 20);
        topic = SharedTopic.create(segment, NAME, CHUNKS, 8192);
    }

    @Test
    void shouldDeliverEachMessageToEachSubscriberWhenItIsSent() {
        try (TopicSubscriber one = topic.subscribe(); TopicSubscriber other = there().subscribe()) {
            send(topic, "first");
            send(topic, "the second");

            assertThat(receive(one)).isEqualTo("first");
            assertThat(receive(one)).isEqualTo("the second");
            assertThat(one.tryReceive()).isNull();
            assertThat(other.unread()).isEqualTo(2);
            assertThat(receive(other)).isEqualTo("first");
            assertThat(receive(other)).isEqualTo("the second");
            assertThat(other.unread()).isZero();
        }
    }

    @Test
    void shouldReadWhereItWasWrittenWhenMappedTwice() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            MemorySegment written;
            try (Loan loan = loan(topic, 8192)) {
                written = loan.memory();
                written.set(ValueLayout.JAVA_LONG, 8184, 17);
                assertThat(loan.send()).isEqualTo(1);
            }
            try (Sample sample = sample(subscriber)) {
                assertThat(sample.memory().address()).isEqualTo(written.address());
                assertThat(sample.memory().address() % 4096).isZero();
                assertThat(sample.memory().get(ValueLayout.JAVA_LONG, 8184)).isEqualTo(17);
                assertThat(sample.memory().isReadOnly()).isTrue();
                assertThat(sample.byteSize()).isEqualTo(8192);
                assertThat(sample.position()).isZero();
            }
        }
    }

    @Test
    void shouldBeginWithTheNextMessageWhenSubscribedLater() {
        send(topic, "before");
        try (TopicSubscriber subscriber = topic.subscribe()) {
            assertThat(subscriber.tryReceive()).isNull();
            send(topic, "after");
            assertThat(receive(subscriber)).isEqualTo("after");
        }
    }

    @Test
    void shouldFreeTheChunkAtOnceWhenNobodySubscribes() {
        for (int i = 0; i < 10 * CHUNKS; i++) {
            try (Loan loan = loan(topic, 1)) {
                assertThat(loan.send()).isZero();
            }
        }
        assertThat(topic.occupancy().used()).isZero();
        assertThat(topic.sent()).isEqualTo(10 * CHUNKS);
    }

    @Test
    void shouldTakeNoChunkWhenEachIsToBeReadOrRead() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < CHUNKS; i++) {
                send(topic, "message " + i);
            }
            assertThat(topic.publisher().tryLoan(1)).isNull();
            assertThat(topic.occupancy().used()).isEqualTo(CHUNKS);
            Sample first = sample(subscriber);
            assertThat(topic.publisher().tryLoan(1)).isNull();
            first.close();
            first.close();
            send(topic, "one more");
            assertThat(topic.publisher().tryLoan(1)).isNull();
            assertThat(receive(subscriber)).isEqualTo("message 1");
        }
        assertThat(topic.occupancy().used()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void shouldKeepWhatOneHasYetToReadWhenTheOthersHaveReadIt(int slow) {
        List<TopicSubscriber> subscribers = List.of(topic.subscribe(), topic.subscribe(), topic.subscribe());
        for (int i = 0; i < CHUNKS; i++) {
            send(topic, "message " + i);
        }
        for (TopicSubscriber subscriber : subscribers) {
            for (int i = 0; i < CHUNKS && subscriber != subscribers.get(slow); i++) {
                assertThat(receive(subscriber)).isEqualTo("message " + i);
            }
        }
        assertThat(topic.publisher().tryLoan(1)).isNull();
        assertThat(receive(subscribers.get(slow))).isEqualTo("message 0");
        send(topic, "more");
        assertThat(topic.publisher().tryLoan(1)).isNull();
        subscribers.forEach(TopicSubscriber::close);
    }

    @Test
    void shouldKeepAMessageThatIsReadWhenOthersAreSentMeanwhile() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            send(topic, "kept");
            try (Sample kept = sample(subscriber)) {
                for (int i = 0; i < 100; i++) {
                    send(topic, "message " + i);
                    assertThat(receive(subscriber)).isEqualTo("message " + i);
                }
                assertThat(text(kept.memory())).isEqualTo("kept");
            }
        }
    }

    @Test
    void shouldGiveTheChunkBackWhenALoanIsClosedWithoutBeingSent() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            List<Loan> loans = new ArrayList<>();
            for (int i = 0; i < CHUNKS; i++) {
                loans.add(loan(topic, 10));
            }
            assertThat(topic.publisher().tryLoan(10)).isNull();
            loans.forEach(Loan::close);
            loans.forEach(Loan::close);
            assertThat(subscriber.tryReceive()).isNull();
            assertThat(topic.occupancy().used()).isZero();
        }
    }

    @Test
    void shouldRefuseMemoryWhenALoanIsSentOrASampleIsClosed() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            Loan loan = loan(topic, 10);
            loan.send(4);
            assertThatIllegalStateException().isThrownBy(loan::memory).withMessageContaining(NAME);
            assertThatIllegalStateException().isThrownBy(loan::send);
            loan.close();
            Sample sample = sample(subscriber);
            assertThat(sample.byteSize()).isEqualTo(4);
            sample.close();
            assertThatIllegalStateException().isThrownBy(sample::memory).withMessageContaining(NAME);
        }
    }

    @Test
    void shouldRefuseSizesThatDoNotFit() {
        assertThatIllegalArgumentException().isThrownBy(() -> topic.publisher().tryLoan(8193))
                .withMessageContaining("8192");
        assertThatIllegalArgumentException().isThrownBy(() -> topic.publisher().tryLoan(-1));
        try (Loan loan = loan(topic, 10)) {
            assertThatIllegalArgumentException().isThrownBy(() -> loan.send(11));
            loan.send(0);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> SharedTopic.spec(-1, 64));
        assertThatIllegalArgumentException().isThrownBy(() -> SharedTopic.spec(1, 1L << 41));
        assertThatIllegalArgumentException().isThrownBy(() -> segment.create("other", SharedTopic.spec(0, 64)));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open(NAME, SharedTopic.spec(4, 0)));
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open(NAME, SharedTopic.spec(0, 64)));
    }

    @Test
    void shouldSayWhoHoldsTheChunksWhenItIsFull() {
        try (TopicSubscriber subscriber = topic.subscribe(); Loan _ = loan(topic, 1)) {
            send(topic, "one");
            send(topic, "two");
            try (Sample _ = sample(subscriber)) {
                long pid = ProcessHandle.current().pid();
                assertThat(topic.holders()).extracting(TopicHolder::role, TopicHolder::held, TopicHolder::unread)
                        .containsExactly(
                                tuple(TopicHolder.Role.PUBLISHER, 1, 0),
                                tuple(TopicHolder.Role.SUBSCRIBER, 1, 1));
                assertThat(topic.holders()).allMatch(holder -> holder.pid() == pid && holder.participant()
                        && !holder.name().isEmpty());
                assertThatExceptionOfType(StructureBusyException.class)
                        .isThrownBy(() -> topic.publisher().requireLoan(1))
                        .withMessageContaining("subscriber pid=" + pid);
            }
        }
        assertThat(topic.holders()).isEmpty();
        try (Loan loan = topic.publisher().requireLoan(3)) {
            assertThat(loan.byteSize()).isEqualTo(3);
        }
    }

    @Test
    void shouldTellTheListenerOnceWhenALoanHasToWait() throws Exception {
        List<List<TopicHolder>> told = new ArrayList<>();
        topic.publisher().whenFull(told::add);
        try (TopicSubscriber _ = topic.subscribe()) {
            for (int i = 0; i < CHUNKS; i++) {
                send(topic, "message");
            }
            assertThat(topic.publisher().tryLoan(1, Duration.ofMillis(5))).isNull();
        }
        assertThat(told).hasSize(1);
        assertThat(told.getFirst()).hasSize(1);
    }

    @Test
    void shouldWaitForAMessageUntilItComes() throws Exception {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            try (Waiter<String> waiter = Waiter.of(() -> {
                try (Sample sample = subscriber.receive()) {
                    return text(sample.memory());
                }
            })) {
                await().until(waiter::isSleeping);
                send(there(), "at last");
                assertThat(waiter.get()).isEqualTo("at last");
            }
        }
    }

    @Test
    void shouldWaitForAChunkUntilOneIsFree() throws Exception {
        try (TopicSubscriber subscriber = there().subscribe()) {
            for (int i = 0; i < CHUNKS; i++) {
                send(topic, "message");
            }
            try (Waiter<Long> waiter = Waiter.of(() -> {
                try (Loan loan = topic.publisher().loan(7)) {
                    return loan.byteSize();
                }
            })) {
                await().until(waiter::isSleeping);
                receive(subscriber);
                assertThat(waiter.get()).isEqualTo(7L);
            }
        }
    }

    @Test
    void shouldLetPublishersGoOnWhenASubscriberLeaves() throws Exception {
        TopicSubscriber subscriber = topic.subscribe();
        for (int i = 0; i < CHUNKS; i++) {
            send(topic, "message");
        }
        Sample held = sample(subscriber);
        subscriber.close();
        subscriber.close();
        assertThatIllegalStateException().isThrownBy(subscriber::tryReceive).withMessageContaining(NAME);
        assertThat(topic.subscribers()).isZero();
        assertThat(topic.occupancy().used()).isEqualTo(1);
        assertThat(text(held.memory())).isEqualTo("message");
        held.close();
        assertThat(topic.occupancy().used()).isZero();
    }

    @Test
    void shouldHaveRoomForAnotherSubscriberWhenOneHasLeft() {
        List<TopicSubscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < SharedTopic.SUBSCRIBERS_MAX; i++) {
            subscribers.add(topic.subscribe());
        }
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(topic::subscribe)
                .withMessageContaining("subscribers=32, holders=[subscriber pid=" + ProcessHandle.current().pid())
                .withMessageEndingWith("held=0 unread=0, 32 times]");
        assertThat(topic.subscriptions()).hasSize(32)
                .allSatisfy(each -> assertThat(each.held() + each.unread()).isZero());
        try (Loan loan = loan(topic, 1)) {
            assertThat(loan.send()).isEqualTo(32);
        }
        subscribers.get(31).close();
        subscribers.add(topic.subscribe());
        send(topic, "x");
        assertThat(subscribers.get(32).unread()).isEqualTo(1);
        assertThat(subscribers.get(30).unread()).isEqualTo(2);
        subscribers.forEach(TopicSubscriber::close);
        assertThat(topic.subscribers()).isZero();
    }

    @Test
    void shouldCopyMessagesWhenUsedAsASourceAndASinkOfBytes() {
        Outlet<byte[]> outlet = topic.outlet();
        try (TopicSubscriber subscriber = topic.intake(Source.Start.EARLIEST)) {
            assertThat(subscriber.position()).isEqualTo(-1);
            assertThat(outlet.offerAll(List.of(bytes("one"), bytes(""), bytes("three"), bytes("four")))).isEqualTo(3);
            assertThat(subscriber.lag()).isEqualTo(3);
            assertThat(subscriber.poll()).isEqualTo(bytes("one"));
            List<Long> positions = new ArrayList<>();
            assertThat(subscriber.drainTo(message -> positions.add(subscriber.position()), 1)).isEqualTo(1);
            assertThat(subscriber.pollSlot((memory, offset) -> {
                positions.add(subscriber.position());
                assertThat(offset).isZero();
                assertThat(memory.isReadOnly()).isTrue();
                assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes("three"));
                assertThat(topic.occupancy().used()).as("held during the call").isEqualTo(1);
            })).isTrue();
            assertThat(positions).containsExactly(1L, 2L);
            assertThat(topic.occupancy().used()).isZero();
            assertThat(subscriber.poll()).isNull();
            assertThat(subscriber.isExhausted()).isFalse();
        }
        assertThat(topic.elementType()).isEqualTo("message(8192)");
        assertThatIllegalArgumentException().isThrownBy(() -> outlet.offer(new byte[8193]));
    }

    @Test
    void shouldGiveBackTheMessageWhenTheConsumerOfItsSlotFails() {
        try (TopicSubscriber subscriber = topic.subscribe()) {
            send(topic, "x");
            assertThatIllegalStateException().isThrownBy(() -> subscriber.pollSlot((_, _) -> {
                throw new IllegalStateException("of the consumer");
            })).withMessage("of the consumer");
            assertThat(topic.occupancy().used()).isZero();
            assertThat(subscriber.poll()).isNull();
        }
    }

    @Test
    void shouldForgetWhatIsWrittenWhenTheLoanIsDiscarded() {
        try (TopicSubscriber subscriber = topic.subscribe(); Loan loan = topic.publisher().discardedLoan(8192)) {
            loan.memory().set(ValueLayout.JAVA_LONG, 8184, 17);
            assertThat(loan.send()).isZero();
            assertThatIllegalStateException().isThrownBy(loan::memory);
            assertThat(subscriber.tryReceive()).isNull();
        }
        assertThat(topic.occupancy().used()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> topic.publisher().discardedLoan(8193));
    }

    @Test
    void shouldTakeOneEntryOfPublishersForEachOpenedSegmentOnly() {
        for (int i = 0; i < 300; i++) {
            try (Segment opened = segments.open(segment)) {
                send(SharedTopic.open(opened, NAME), "message");
            }
        }
        assertThat(topic.sent()).isEqualTo(300);
    }

    @Test
    void shouldGoOnWhenPositionsAreGreat() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        long start = (1L << 40) + 1;
        for (long position = start - layout.slots(); position < start; position++) {
            Atomics.putLong(block, layout.slot(position), layout.descriptor(position, 0));
        }
        Atomics.putLong(block, layout.tail(), start);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (int i = 0; i < 100; i++) {
                send(topic, "message " + i);
                assertThat(receive(subscriber)).isEqualTo("message " + i);
            }
            assertThat(subscriber.lost()).isZero();
        }
    }

    @Test
    void shouldSayThatItIsDamagedWhenSlotsContradictTheTail() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Atomics.putLong(block, TopicDescriptor.layout(block).tail(), 1L << 40);
        try (Loan loan = loan(topic, 1)) {
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(loan::send).withMessageContaining("damaged");
        }
        assertThat(topic.occupancy().used()).isZero();
    }

    @Test
    void shouldSkipAndCountWhenSomebodyHasOverwrittenWhatWasToBeRead() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            send(topic, "one");
            send(topic, "two");
            Atomics.putLong(block, layout.chunk(0) + TopicDescriptor.POSITION, 5);
            assertThat(receive(subscriber)).isEqualTo("two");
            assertThat(subscriber.lost()).isEqualTo(1);
            send(topic, "three");
            int chunk = TopicDescriptor.chunkOf(Atomics.getLong(block, layout.slot(2)));
            Atomics.putLong(block, layout.chunk(chunk) + TopicDescriptor.SIZE, 8193);
            assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(subscriber::tryReceive)
                    .withMessageContaining("size");
            send(topic, "four");
            assertThat(receive(subscriber)).isEqualTo("four");
        }
    }

    /** Its chunk is none of the topic, is free, or has a message of another position or of no size: never its memory. */
    @ParameterizedTest
    @CsvSource({"descriptor,1000,1", "word,0,1", "position,-1,1", "size,-1,0"})
    void shouldHandOutNothingWhenWhatIsSaidOfAMessageIsImpossible(String field, long wrong, int lost) {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            send(topic, "one");
            send(topic, "two");
            Atomics.putLong(block, switch (field) {
                case "descriptor" -> layout.slot(0);
                case "word" -> layout.chunk(0);
                case "position" -> layout.chunk(0) + TopicDescriptor.POSITION;
                default -> layout.chunk(0) + TopicDescriptor.SIZE;
            }, field.equals("descriptor") ? layout.descriptor(0, (int) wrong) : wrong);
            if (lost == 0) {
                assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(subscriber::tryReceive);
            }
            assertThat(receive(subscriber)).isEqualTo("two");
            assertThat(subscriber.lost()).isEqualTo(lost);
        }
        assertThat(topic.occupancy().used()).isZero();
    }

    @Test
    void shouldGoOnWithWhatIsThereWhenAProgramHasSkippedFarAhead() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        long start = 1L << 40;
        try (TopicSubscriber subscriber = topic.subscribe()) {
            for (long position = start - layout.slots(); position < start; position++) {
                Atomics.putLong(block, layout.slot(position), layout.descriptor(position, 0));
            }
            Atomics.putLong(block, layout.tail(), start);
            assertThat(receive(subscriber)).isNull();
            assertThat(subscriber.lost()).isEqualTo(start);
            send(topic, "next");
            assertThat(receive(subscriber)).isEqualTo("next");
        }
    }

    /** As a program leaves it that was killed while it left, and takes no part. */
    @Test
    void shouldHoldNothingWhenItSubscribesWhereABitWasLeft() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        send(topic, "one");
        long word = layout.chunk(0);
        Atomics.putLong(block, word, Atomics.getLong(block, word) | TopicDescriptor.bit(0));
        assertThat(topic.occupancy().used()).isEqualTo(1);
        try (TopicSubscriber _ = topic.subscribe()) {
            assertThat(topic.occupancy().used()).isZero();
        }
    }

    @Test
    void shouldDeliverWhatWasPublishedByOneWhoHasNotMovedTheTail() {
        MemorySegment block = segment.blocks(NAME).require("").memory();
        Layout layout = TopicDescriptor.layout(block);
        try (TopicSubscriber subscriber = topic.subscribe()) {
            send(topic, "one");
            Atomics.putLong(block, layout.tail(), 0);
            assertThat(receive(subscriber)).isEqualTo("one");
            send(topic, "two");
            assertThat(receive(subscriber)).isEqualTo("two");
            assertThat(topic.sent()).isEqualTo(2);
        }
    }

    private SharedTopic there() {
        return SharedTopic.open(segments.open(segment), NAME);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void send(SharedTopic topic, String text) {
        MemorySegment from = MemorySegment.ofArray(bytes(text));
        try (Loan loan = loan(topic, from.byteSize())) {
            loan.memory().copyFrom(from);
            loan.send();
        }
    }

    static Loan loan(SharedTopic topic, long bytes) {
        return Objects.requireNonNull(topic.publisher().tryLoan(bytes), "no chunk is free");
    }

    static Sample sample(TopicSubscriber subscriber) {
        return Objects.requireNonNull(subscriber.tryReceive(), "no message is there");
    }

    static @Nullable String receive(TopicSubscriber subscriber) {
        try (Sample sample = subscriber.tryReceive()) {
            return sample == null ? null : text(sample.memory());
        }
    }

    private static String text(MemorySegment memory) {
        return new String(memory.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}

package io.zeroipc.flow;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.Occupancy;
import io.zeroipc.RoleTakenException;
import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SourceSelector.Outcome;
import io.zeroipc.segment.Binding;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.PollingIntake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.SlotConsumer;
import io.zeroipc.segment.Source;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SourceSelectorTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private final List<Object> seen = new ArrayList<>();
    private SharedChannel<Integer> numbers;
    private SharedChannel<String> words;

    @BeforeEach
    void create() {
        numbers = SharedChannel.create(segments.create(1 << 14), "numbers", Codecs.int32(), 16);
        words = SharedChannel.create(segments.create(1 << 14), "words", Codecs.string(8), 16);
    }

    @Test
    void shouldLookAtAllOfThemEachTime() {
        try (SourceSelector selector = selector()) {
            assertThat(words.trySend("a")).isTrue();
            assertThat(selector.selectNow()).isEqualTo(Outcome.SELECTED);
            assertThat(numbers.trySend(1)).isTrue();
            assertThat(selector.selectNow()).isEqualTo(Outcome.SELECTED);
            assertThat(numbers.trySend(2)).isTrue();
            assertThat(selector.selectNow()).isEqualTo(Outcome.SELECTED);
        }
        assertThat(seen).containsExactly("a", 1, 2);
    }

    @Test
    void shouldTakeTurnsWhenBothHaveElements() throws Exception {
        for (int i = 1; i <= 3; i++) {
            assertThat(numbers.trySend(i)).isTrue();
        }
        assertThat(words.trySend("a") && words.trySend("b")).isTrue();
        try (SourceSelector selector = selector()) {
            for (int i = 0; i < 5; i++) {
                assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            }
            assertThat(selector.selectNow()).isEqualTo(Outcome.NOTHING);
            assertThat(selector.select(Duration.ofMillis(1))).isEqualTo(Outcome.NOTHING);
        }
        assertThat(seen).containsExactly(1, "a", 2, "b", 3);
    }

    @Test
    void shouldWaitForWhicheverComesFirstWhenNothingIsThere() throws Exception {
        try (SourceSelector selector = selector(); Waiter<Outcome> waiter = Waiter.of(selector::select)) {
            assertThat(words.trySend("late")).isTrue();
            assertThat(waiter.get()).isEqualTo(Outcome.SELECTED);
        }
        assertThat(seen).containsExactly("late");
    }

    @Test
    void shouldEndWhenAllAreClosedAndEmpty() throws Exception {
        assertThat(words.trySend("left")).isTrue();
        words.close();
        try (SourceSelector selector = selector()) {
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            assertThat(selector.selectNow()).isEqualTo(Outcome.NOTHING);
            assertThat(numbers.trySend(1)).isTrue();
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            numbers.close();
            assertThat(selector.select()).isEqualTo(Outcome.ENDED);
            assertThat(selector.select(Duration.ofMinutes(1))).isEqualTo(Outcome.ENDED);
        }
        assertThat(seen).containsExactly("left", 1);
    }

    @Test
    void shouldServeTheOthersWhenAConsumerThrows() throws Exception {
        assertThat(numbers.trySend(1) && numbers.trySend(2) && words.trySend("a")).isTrue();
        try (SourceSelector selector = new SourceSelector().on(numbers, number -> {
            throw new IllegalStateException("number " + number);
        }).on(words, seen::add)) {
            assertThatIllegalStateException().isThrownBy(selector::select).withMessage("number 1");
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            assertThatIllegalStateException().isThrownBy(selector::select).withMessage("number 2");
        }
        assertThat(seen).containsExactly("a");
    }

    @Test
    void shouldMeetASenderWhenAChannelIsUnbuffered() throws Exception {
        Segment segment = segments.create(1 << 14);
        SharedChannel<Integer> meeting = segment.create("meeting", SharedChannel.unbuffered(Codecs.int32()));
        SharedChannel<Integer> there = SharedChannel.open(segments.open(segment), "meeting", Codecs.int32());
        try (SourceSelector selector = selector().on(meeting, seen::add);
                Waiter<Boolean> sender = Waiter.running(() -> there.send(7))) {
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            assertThat(sender.get()).isTrue();
            assertThatExceptionOfType(RoleTakenException.class).isThrownBy(there::tryReceive);
        }
        assertThat(seen).containsExactly(7);
        assertThat(there.tryReceive()).isNull();
    }

    @Test
    void shouldSelectFromStreamsAndSignalsWhenTheyAreAmongTheSources() throws Exception {
        Segment segment = segments.create(1 << 14);
        SharedSignal<Integer> signal = SharedSignal.create(segment, "signal", Codecs.int32(), 5);
        SharedStream<Integer> stream = SharedStream.create(segment, "stream", Codecs.int32(), 4,
                SharedStream.Mode.BROADCAST);
        try (SourceSelector selector = new SourceSelector().on(stream, seen::add).on(signal, seen::add)) {
            assertThat(stream.emit(1)).isTrue();
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
            assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
        }
        assertThat(seen).containsExactly(1, 5);
        assertThat(stream.subscribers()).isZero();
    }

    @Test
    void shouldStopWaitingWhenInterrupted() throws Exception {
        try (SourceSelector selector = selector(); Waiter<Outcome> waiter = Waiter.of(selector::select)) {
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void shouldFailWhenAnyOfTheSegmentsIsReplacedWhileItWaits() throws Exception {
        try (SourceSelector selector = selector(); Waiter<Outcome> waiter = Waiter.of(selector::select)) {
            Files.delete(words.segment().path());
            assertThat(waiter.failure()).isInstanceOf(SegmentDetachedException.class)
                    .hasMessageContaining(words.segment().name());
        }
    }

    @Test
    void shouldLeaveTheOthersWhenOneOfThemCannotBeLeft() {
        SharedChannel<Integer> meeting = segments.create(1 << 14)
                .create("meeting",
                        SharedChannel.unbuffered(Codecs.int32()));
        SourceSelector selector = new SourceSelector().on(new Stubborn(numbers, "first"), seen::add)
                .on(new Stubborn(numbers, "second"), seen::add)
                .on(meeting, seen::add);
        assertThatIllegalStateException().isThrownBy(selector::close)
                .withMessage("first")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("second")));
        // The last one's role is free.
        meeting.intake(Source.Start.EARLIEST).close();
        selector.close();
        assertThat(selector.selectNow()).isEqualTo(Outcome.ENDED);
        assertThatIllegalStateException().isThrownBy(() -> selector.on(words, seen::add))
                .withMessageStartingWith("selector is closed: segment=");
    }

    /** A source whose consumers do not go without a word. */
    private record Stubborn(SharedChannel<Integer> channel, String word) implements Source<Integer> {

        @Override
        public Intake<Integer> intake(Start start) {
            return new PollingIntake<>(channel, channel.intake(start).arrivals(), new PollingIntake.Polled<Integer>() {
                @Override
                public Integer poll() {
                    return channel.tryReceive();
                }

                @Override
                public boolean pollSlot(SlotConsumer consumer) {
                    return channel.tryReceive(consumer);
                }

                @Override
                public int drainTo(Consumer<? super Integer> consumer, int max) {
                    return channel.drainTo(consumer, max);
                }

                @Override
                public void close() {
                    throw new IllegalStateException(word);
                }
            });
        }

        @Override
        public boolean isSingleConsumer() {
            return false;
        }

        @Override
        public Binding binding() {
            return channel.binding();
        }

        @Override
        public Occupancy occupancy() {
            return channel.occupancy();
        }
    }

    @Test
    void shouldEndWhenAConsumerClosesIt() throws Exception {
        assertThat(numbers.trySend(1) && numbers.trySend(2) && words.trySend("a")).isTrue();
        SourceSelector selector = new SourceSelector();
        selector.on(numbers, number -> {
            seen.add(number);
            selector.close();
        }).on(words, seen::add);
        assertThat(selector.select()).isEqualTo(Outcome.SELECTED);
        assertThat(selector.select()).isEqualTo(Outcome.ENDED);
        assertThat(seen).containsExactly(1);
    }

    @Test
    @SuppressWarnings("try") // closed before its time, and then again
    void shouldFailWhenOneOfTheSegmentsIsClosedWhileItWaits() throws Exception {
        try (SourceSelector selector = selector(); Waiter<Outcome> waiter = Waiter.of(selector::select)) {
            words.segment().close();
            assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessage("segment is closed: segment=" + words.segment().name());
            selector.close();
        }
        assertThat(numbers.trySend(1)).isTrue();
        assertThat(numbers.tryReceive()).isEqualTo(1);
    }

    private SourceSelector selector() {
        return new SourceSelector().on(numbers, seen::add).on(words, seen::add);
    }
}

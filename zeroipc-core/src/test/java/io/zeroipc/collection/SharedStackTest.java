package io.zeroipc.collection;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.StructureBusyException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.StackDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.TemporarySegments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

class SharedStackTest {

    private static final int CAPACITY = 3;

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedStack<Long> stack;
    private MemorySegment block;

    @BeforeEach
    void createStack() {
        segment = segments.create(1 << 14);
        stack = SharedStack.create(segment, "stack", Codecs.int64(), CAPACITY);
        block = segment.blocks("stack").require("").memory();
    }

    @Test
    void shouldReturnTheNewestFirstWhenPopped() {
        push(1, 2, 3);

        assertThat(stack.peek()).isEqualTo(3);
        assertThat(stack.size()).isEqualTo(3);
        assertThat(List.of(stack.pop(), stack.pop(), stack.pop())).containsExactly(3L, 2L, 1L);
        assertThat(stack.isEmpty()).isTrue();
    }

    @Test
    void shouldSayNothingWhenEmpty() throws InterruptedException {
        assertThat(stack.pop()).isNull();
        assertThat(stack.peek()).isNull();
        assertThat(stack.pop(Duration.ofMillis(1))).isNull();
        assertThat(stack.pop((memory, offset) -> {
            throw new AssertionError("nothing to hand over");
        })).isFalse();
        assertThat(stack.size()).isZero();
        assertThat(top()).isEqualTo(-1);
    }

    @Test
    void shouldRefuseWhenFull() throws InterruptedException {
        push(1, 2, 3);

        assertThat(stack.push(4L)).isFalse();
        assertThat(stack.push(4L, Duration.ofMillis(1))).isFalse();
        assertThat(stack.pop()).isEqualTo(3);
        assertThat(stack.push(5L, Duration.ofMillis(1))).isTrue();
        assertThat(stack.pop(Duration.ZERO)).isEqualTo(5);
    }

    @Test
    void shouldHoldOneElementWhenTheCapacityIsOne() {
        SharedStack<Integer> small = SharedStack.create(segment, "small", Codecs.int32(), 1);
        for (int i = 0; i < 5; i++) {
            assertThat(small.push(i)).isTrue();
            assertThat(small.push(-1)).isFalse();
            assertThat(small.peek()).isEqualTo(i);
            assertThat(small.pop()).isEqualTo(i);
            assertThat(small.pop()).isNull();
        }
    }

    @Test
    void shouldChangeNothingWhenTheCodecRefuses() {
        SharedStack<String> texts = SharedStack.create(segment, "texts", Codecs.string(2), 4);
        assertThat(texts.push("ab")).isTrue();

        assertThatIllegalArgumentException().isThrownBy(() -> texts.push("abc"));
        assertThatNullPointerException().isThrownBy(() -> texts.push(nullText()));
        assertThat(texts.size()).isEqualTo(1);
        assertThat(texts.pop()).isEqualTo("ab");
    }

    @Test
    void shouldConsumeAnElementOnceWhenItsConsumerThrows() {
        push(1, 2);
        IllegalStateException failure = new IllegalStateException("consumer");

        assertThatIllegalStateException().isThrownBy(() -> stack.pop((memory, offset) -> {
            assertThat(Atomics.getLong(memory, offset)).isEqualTo(2);
            throw failure;
        })).isSameAs(failure);
        assertThatIllegalStateException().isThrownBy(() -> stack.drainTo(element -> {
            throw failure;
        }, 5)).isSameAs(failure);
        assertThat(stack.pop()).isNull();
        assertThat(stack.push(3L)).isTrue();
    }

    @Test
    void shouldDrainFromTheTopWhenAskedForSeveral() {
        push(1, 2, 3);
        List<Long> drained = new ArrayList<>();

        assertThat(stack.drainTo(drained::add, 2)).isEqualTo(2);
        assertThat(stack.drainTo(drained::add, 2)).isEqualTo(1);
        assertThat(drained).containsExactly(3L, 2L, 1L);
    }

    @Test
    void shouldServeListenersAndSendersWhenUsedAsSourceAndSink() {
        assertThat(stack.outlet().offer(7L)).isTrue();
        assertThat(stack.outlet().isClosed()).isFalse();
        Intake<Long> intake = stack.intake(Start.EARLIEST);

        assertThat(stack.isSingleConsumer()).isFalse();
        assertThat(intake.poll()).isEqualTo(7);
        assertThat(intake.poll()).isNull();
        push(8, 9);
        assertThat(intake.pollSlot((memory, offset) -> assertThat(Atomics.getLong(memory, offset)).isEqualTo(9)))
                .isTrue();
        assertThat(intake.drainTo(element -> assertThat(element).isEqualTo(8), 5)).isEqualTo(1);
        assertThat(intake.position()).isEqualTo(-1);
        assertThat(intake.lost()).isZero();
        assertThat(intake.isExhausted()).isFalse();
        intake.close();
        assertThatIllegalStateException().isThrownBy(intake::poll).withMessageContaining("stack");
    }

    // what stopped and killed threads leave behind

    @ParameterizedTest
    @ValueSource(ints = {StackDescriptor.WRITING, StackDescriptor.READING, StackDescriptor.EMPTY})
    void shouldSayThatItCannotTellWhenTheSlotOfTheTopStaysWithSomebodyElse(int state) {
        push(1, 2);
        state(1, state);

        for (ThrowingCallable each : List.<ThrowingCallable>of(stack::pop, stack::peek)) {
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(each)
                    .withMessageContaining("segment=" + segment.name() + ", name=stack, top=1, state="
                            + StackDescriptor.stateName(state));
        }
        assertThat(top()).isEqualTo(1);
        assertThat(state(1)).isEqualTo(state);
        // Above it, life goes on.
        assertThat(stack.push(3L)).isTrue();
        assertThat(stack.pop()).isEqualTo(3);
        // The owner was only slow.
        state(1, StackDescriptor.READY);
        assertThat(List.of(stack.pop(), stack.pop())).containsExactly(2L, 1L);
    }

    @ParameterizedTest
    @ValueSource(ints = {StackDescriptor.WRITING, StackDescriptor.READING, StackDescriptor.READY})
    void shouldSayFullAndLeaveNoHoleWhenTheNextSlotStaysWithSomebodyElse(int state) {
        push(1);
        state(1, state);

        assertThat(stack.push(2L)).isFalse();
        assertThat(top()).isZero();
        assertThat(state(1)).isEqualTo(state);
        assertThat(stack.pop()).isEqualTo(1);
        assertThat(stack.push(4L)).isTrue();
        state(1, StackDescriptor.EMPTY);
        assertThat(stack.push(5L)).isTrue();
        assertThat(List.of(stack.pop(), stack.pop())).containsExactly(5L, 4L);
    }

    @Test
    void shouldMeetAPeerThatMovedTheTopFirst() throws Exception {
        push(1);
        // A C++ push that has moved the top and not yet owned its slot.
        Atomics.putInt(block, StackDescriptor.TOP_OFFSET, 1);
        Thread peer = Thread.ofPlatform().start(() -> {
            while (!Atomics.compareAndSetInt(block, stateOffset(1), StackDescriptor.EMPTY, StackDescriptor.WRITING)) {
                Thread.onSpinWait();
            }
            Atomics.putLong(block, StackDescriptor.SLOTS_OFFSET + 8, 22);
            Atomics.setIntRelease(block, stateOffset(1), StackDescriptor.READY);
        });
        Long popped = stack.pop(Duration.ofMinutes(1));
        peer.join();
        assertThat(popped).isEqualTo(22);
        assertThat(stack.pop()).isEqualTo(1);
        assertThat(StackDescriptor.isAtRest(block)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, CAPACITY, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void shouldTouchNoForeignByteWhenTheTopIsNonsense(int top) {
        Atomics.putInt(block, StackDescriptor.TOP_OFFSET, top);

        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(() -> stack.push(1L))
                .withMessageContaining("stack is damaged")
                .withMessageContaining("top=" + top);
        assertThatExceptionOfType(ZeroIpcException.class).isThrownBy(stack::pop);
        assertThat(stack.size()).isBetween(0, CAPACITY);
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedStack.open(segments.open(segment), "stack", Codecs.int64()))
                .withMessageContaining("top=" + top);
    }

    // opening

    @Test
    void shouldBeRefusedWhenTheCapacityDiffers() {
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("stack", SharedStack.spec(Codecs.int64(), 4)))
                .withMessageContaining("stored=3")
                .withMessageContaining("asked for=4");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedStack.create(segment, "other", Codecs.int64(), 0))
                .withMessageContaining("capacity=0");
        assertThatIllegalArgumentException().isThrownBy(() -> SharedStack.spec(Codecs.int64(), -1))
                .withMessageContaining("capacity=-1");
        assertThat(SharedStack.openOrCreate(segment, "stack", Codecs.int64(), 3).capacity()).isEqualTo(3);
    }

    @Test
    void shouldBeUnsettledWhenAProbeSeesItInMotion() {
        // Not 1 and 2: with such small numbers these bytes could be those of a set.
        push(100, 200);
        assertThat(SharedStack.PROBE.match(segment.blocks("stack"))).isEqualTo(Match.CERTAIN);

        state(1, StackDescriptor.READING);
        assertThat(SharedStack.PROBE.match(segment.blocks("stack"))).isEqualTo(Match.UNSETTLED);
        assertThat(SharedStack.PROBE.describe(segment.blocks("stack")).details()).containsEntry("top", 1)
                .containsEntry("topState", "reading");
    }

    private void push(long... elements) {
        for (long element : elements) {
            assertThat(stack.push(element)).isTrue();
        }
    }

    private int top() {
        return Atomics.getInt(block, StackDescriptor.TOP_OFFSET);
    }

    private static long stateOffset(int index) {
        return StackDescriptor.statesOffset(CAPACITY, Long.BYTES) + StackDescriptor.STATE_SIZE * index;
    }

    private int state(int index) {
        return Atomics.getInt(block, stateOffset(index));
    }

    private void state(int index, int state) {
        Atomics.putInt(block, stateOffset(index), state);
    }

    @SuppressWarnings("NullAway") // What a caller without null checks does.
    private static String nullText() {
        return null;
    }
}

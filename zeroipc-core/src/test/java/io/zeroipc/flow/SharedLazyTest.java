package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.format.ErrorText;
import io.zeroipc.format.LazyDescriptor;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.Trust;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Spec;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SharedLazyTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private int names;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 16);
    }

    @Test
    void shouldBeThereFromTheBeginningWhenItIsConstant() throws Exception {
        SharedLazy<String> lazy = segment.create("lazy", SharedLazy.constant(Codecs.string(5), "hello"));

        assertThat(lazy.isComputed()).isTrue();
        assertThat(lazy.get()).isEqualTo("hello");
        assertThat(lazy.getIfComputed()).isEqualTo("hello");
        assertThat(lazy.computations()).isZero();
        assertThat(lazy.reset()).isFalse();
    }

    @Test
    void shouldComputeAsCppWhenTheFormatHasTheOperation() throws Exception {
        assertComputes(SharedLazy.sum(Codecs.int32(), Integer.MAX_VALUE, 1), Integer.MIN_VALUE);
        assertComputes(SharedLazy.product(Codecs.int64(), 1L << 62, 6L), 1L << 63);
        assertComputes(SharedLazy.negation(Codecs.int8(), Byte.MIN_VALUE), Byte.MIN_VALUE);
        assertComputes(SharedLazy.sum(Codecs.uint8(), 250, 10), 4);
        assertComputes(SharedLazy.product(Codecs.int16(), (short) -300, (short) 200), (short) -60_000);
        assertComputes(SharedLazy.negation(Codecs.uint32(), 1L), 0xFFFF_FFFFL);
        assertComputes(SharedLazy.sum(Codecs.float32(), 1.5f, 2.25f), 3.75f);
        assertComputes(SharedLazy.product(Codecs.float64(), 1.5, -2.0), -3.0);
        assertComputes(SharedLazy.negation(Codecs.float64(), 0.0), -0.0);
    }

    @Test
    void shouldComputeTruthWhenTheOperandsAreTruthValues() throws Exception {
        for (boolean a : List.of(false, true)) {
            for (boolean b : List.of(false, true)) {
                assertComputes(SharedLazy.and(a, b), a && b);
                assertComputes(SharedLazy.or(a, b), a || b);
                assertComputes(SharedLazy.xor(a, b), a ^ b);
            }
            assertComputes(SharedLazy.not(a), !a);
            assertComputes(SharedLazy.constant(Codecs.bool(), a), a);
        }
    }

    private <T> void assertComputes(Spec<SharedLazy<T>> spec, T expected) throws InterruptedException {
        String name = "lazy" + ++names;
        SharedLazy<T> lazy = segment.create(name, spec);
        assertThat(lazy.get()).as("%s", lazy).isEqualTo(expected);
        assertThat(lazy.get(() -> {
            throw new AssertionError("must not be called");
        })).isEqualTo(expected);
        assertThat(SharedLazy.PROBE.match(segment.blocks(name))).isEqualTo(Match.POSSIBLE);
    }

    @Test
    void shouldRefuseAnOperationWhenTheCodecIsNoNumber() {
        Codec<Integer> words = new NamedCodec("words");

        assertThatIllegalArgumentException().isThrownBy(() -> SharedLazy.sum(words, 1, 2))
                .withMessageContaining("operation=add")
                .withMessageContaining("element=words");
    }

    @Test
    void shouldRunOneFunctionWhenManyWantTheValue() throws Exception {
        SharedLazy<Integer> here = SharedLazy.create(segment, "lazy", Codecs.int32());
        SharedLazy<Integer> there = SharedLazy.open(segments.open(segment), "lazy", Codecs.int32());
        AtomicInteger calls = new AtomicInteger();
        List<Waiter<Integer>> waiters = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            SharedLazy<Integer> mine = i % 2 == 0 ? here : there;
            waiters.add(Waiter.of(() -> mine.get(() -> 100 + calls.incrementAndGet())));
        }
        for (Waiter<Integer> waiter : waiters) {
            try (waiter) {
                assertThat(waiter.get()).isEqualTo(101);
            }
        }
        assertThat(calls).hasValue(1);
        assertThat(here.computations()).isEqualTo(1);
    }

    @Test
    void shouldComputeNothingWhenTheFunctionThrows() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        assertThatIllegalStateException().isThrownBy(() -> lazy.get(() -> {
            throw new IllegalStateException("no network");
        })).withMessage("no network");

        assertThat(lazy.isComputed()).isFalse();
        assertThat(lazy.failure()).contains("no network");
        // What a peer of C++ sees.
        assertThat(LazyDescriptor.state(memory())).isEqualTo(LazyDescriptor.ERROR);
        assertThatIllegalStateException().isThrownBy(lazy::get).withMessageContaining("no network");
        assertThat(lazy.get(() -> 5)).isEqualTo(5);
        assertThat(lazy.failure()).isNull();
        assertThat(lazy.computations()).isEqualTo(1);
    }

    @Test
    void shouldComputeNothingWhenTheFunctionOfATruthValueThrows() throws Exception {
        SharedLazy<Boolean> lazy = SharedLazy.create(segment, "lazy", Codecs.bool());
        assertThatIllegalStateException().isThrownBy(() -> lazy.get(() -> {
            throw new IllegalStateException("no network");
        }));

        assertThat(LazyDescriptor.state(memory())).isEqualTo(LazyDescriptor.NOT_COMPUTED);
        assertThat(lazy.get(() -> true)).isTrue();
    }

    @Test
    void shouldComputeNothingWhenTheCodecRefusesTheValue() throws Exception {
        SharedLazy<String> lazy = SharedLazy.create(segment, "lazy", Codecs.string(3));

        assertThatIllegalArgumentException().isThrownBy(() -> lazy.get(() -> "too long"));
        assertThat(lazy.get(() -> "ok")).isEqualTo("ok");
    }

    @Test
    void shouldRefuseToWaitForItselfWhenTheFunctionWantsTheValue() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());

        assertThatIllegalStateException().isThrownBy(() -> lazy.get(() -> {
            try {
                return lazy.get(() -> 1);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        })).withMessageContaining("wait for itself");
        assertThat(lazy.get(() -> 2)).isEqualTo(2);
    }

    @Test
    void shouldNotWaitForeverWhenSomebodyElseIsSlow() throws Exception {
        SharedLazy<Integer> here = SharedLazy.create(segment, "lazy", Codecs.int32());
        SharedLazy<Integer> there = SharedLazy.open(segments.open(segment), "lazy", Codecs.int32());
        int value = here.get(() -> {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> there.get(() -> 1, Duration.ofMillis(30)));
            assertThat(there.getIfComputed()).isNull();
            return 7;
        });

        assertThat(value).isEqualTo(7);
        assertThat(there.get(() -> 1, Duration.ZERO)).isEqualTo(7);
    }

    @Test
    void shouldWaitForSomebodyWhenItHasNoFunctionOfItsOwn() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        assertThat(lazy.await(Duration.ZERO)).isFalse();
        try (Waiter<Boolean> waiter = Waiter.of(() -> lazy.await(Duration.ofMinutes(1)))) {
            lazy.get(() -> 3);
            assertThat(waiter.get()).isTrue();
        }
    }

    @Test
    void shouldComputeAgainWhenItWasReset() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        assertThat(lazy.reset()).isFalse();
        assertThat(lazy.get(() -> 1)).isEqualTo(1);
        assertThat(lazy.reset()).isTrue();

        assertThat(lazy.getIfComputed()).isNull();
        assertThat(lazy.get(() -> 2)).isEqualTo(2);
        assertThat(lazy.computations()).isEqualTo(2);
    }

    @Test
    void shouldComputeWhenCppMadeAnErrorOfIt() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        Atomics.setIntRelease(memory(), LazyDescriptor.STATE_OFFSET, LazyDescriptor.ERROR);

        assertThat(lazy.get(() -> 4)).isEqualTo(4);
    }

    /** The text of a failure stays where it is. */
    @Test
    void shouldBeRecognisedWhenItWasComputedAfterAFailure() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        assertThatIllegalArgumentException().isThrownBy(() -> lazy.get(() -> {
            throw new IllegalArgumentException("not today,\nnor tomorrow");
        }));
        assertThat(SharedLazy.PROBE.match(segment.blocks("lazy"))).isEqualTo(Match.POSSIBLE);
        assertThat(lazy.get(() -> {
            assertThat(SharedLazy.PROBE.match(segment.blocks("lazy"))).isEqualTo(Match.POSSIBLE);
            return 4;
        })).isEqualTo(4);
        assertThat(Inspector.report(segment, "lazy").orElseThrow().trust()).isEqualTo(Trust.DECLARED);
        assertThat(lazy.reset()).isTrue();
        assertThat(SharedLazy.PROBE.match(segment.blocks("lazy"))).isEqualTo(Match.POSSIBLE);

        // Numbers are no text.
        Atomics.putByte(memory(), LazyDescriptor.of(Integer.BYTES, Integer.BYTES).errorOffset(), (byte) 1);
        assertThat(SharedLazy.PROBE.match(segment.blocks("lazy"))).isEqualTo(Match.NO);
    }

    @Test
    void shouldBeComputedWhenTheSegmentIsClosedMeanwhile() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        Segment other = segments.open(segment);
        SharedLazy<Integer> there = SharedLazy.open(other, "lazy", Codecs.int32());
        assertThat(there.get(() -> {
            other.close();
            return 1;
        })).isEqualTo(1);

        assertThat(lazy.get(() -> 2)).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> there.get(() -> 3))
                .withMessageStartingWith("segment is closed");
        assertThat(ClosingContract.mappings(segment.path())).isEqualTo(1);
    }

    @Test
    void shouldBeComputedByTheNextWhenAProcessDiedJustAfterTheState() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        ErrorText.markComputing(memory(), LazyDescriptor.of(Integer.BYTES, Integer.BYTES).errorOffset(), 4711);
        Atomics.setIntRelease(memory(), LazyDescriptor.STATE_OFFSET, LazyDescriptor.COMPUTING);

        assertThat(lazy.get(() -> 5, Duration.ZERO)).isEqualTo(5);
    }

    @Test
    void shouldBeComputedByTheNextWhenSomebodyKnowsThatTheComputingProcessOfCppIsDead() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        assertThat(lazy.abandon()).isFalse();
        Atomics.setIntRelease(memory(), LazyDescriptor.STATE_OFFSET, LazyDescriptor.COMPUTING);
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> lazy.get(() -> 5, Duration.ZERO));

        assertThat(lazy.abandon()).isTrue();
        assertThat(lazy.get(() -> 5)).isEqualTo(5);
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldBeComputedOnceWhenSeveralProcessesWantIt() throws Exception {
        SharedLazy.create(segment, "lazy", Codecs.int64());
        SharedCounter counter = SharedCounter.create(segment, "counter");
        try (PeerProcess one = PeerProcess.of(FlowChild.class).start();
                PeerProcess two = PeerProcess.of(FlowChild.class).start()) {
            one.send(segment.path() + "|compute once");
            two.send(segment.path() + "|compute once");
            one.await("got 1");
            two.await("got 1");
        }
        assertThat(counter.get()).isEqualTo(1);
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldBeComputedByTheNextWhenTheComputingProcessIsKilled() throws Exception {
        SharedLazy<Integer> lazy = SharedLazy.create(segment, "lazy", Codecs.int32());
        try (PeerProcess child = PeerProcess.of(FlowChild.class).start()) {
            child.send(segment.path() + "|hold lazy");
            child.await("holding");
            try (Waiter<Integer> waiter = Waiter.of(() -> lazy.get(() -> 5))) {
                child.kill();
                assertThat(waiter.get()).isEqualTo(5);
            }
        }
        assertThat(StructureContract.hex(segment, "lazy")).endsWith("01000000");
        await().untilAsserted(() -> assertThat(lazy.computations()).isEqualTo(1));
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldBeComputedByTheNextWhenTheProcessComputingATruthValueIsKilled() throws Exception {
        SharedLazy<Boolean> lazy = SharedLazy.create(segment, "lazy", Codecs.bool());
        try (PeerProcess child = PeerProcess.of(FlowChild.class).start()) {
            child.send(segment.path() + "|hold truth");
            child.await("holding");
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> lazy.get(() -> false, Duration.ZERO));
            child.kill();
        }
        assertThat(lazy.get(() -> false)).isFalse();
        assertThat(StructureContract.hex(segment, "lazy")).isEqualTo("02000000050000000000000000000000");
    }

    @Test
    void shouldBeTheSameValuesWhenWrittenByCpp() throws Exception {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        assertThat(SharedLazy.open(golden, "lazy_i", Codecs.int32()).get()).isEqualTo(321);
        assertThat(SharedLazy.open(golden, "lazy_c2", Codecs.float64()).get()).isEqualTo(2.0);
        assertThat(SharedLazy.open(golden, "lazy_add", Codecs.float64()).get()).isEqualTo(3.0);
        assertThat(SharedLazy.open(golden, "lazy_b", Codecs.bool()).get()).isTrue();

        segment.create("lazy_i", SharedLazy.constant(Codecs.int32(), 321));
        segment.create("lazy_c", SharedLazy.constant(Codecs.float64(), 1.0));
        segment.create("lazy_add", SharedLazy.sum(Codecs.float64(), 1.0, 2.0)).get();
        segment.create("lazy_b", SharedLazy.constant(Codecs.bool(), true));
        for (String entry : List.of("lazy_i", "lazy_c", "lazy_add", "lazy_b")) {
            assertThat(StructureContract.hex(segment, entry)).as(entry).isEqualTo(StructureContract.hex(golden, entry));
        }
    }

    @Test
    void shouldHaveTheMeasuredOffsetsWhenTheElementIsOneOfThose() {
        assertThat(LazyDescriptor.of(4, 4)).isEqualTo(new LazyDescriptor(4, 4, 8, 12, 16, 20, 276, 280));
        assertThat(LazyDescriptor.of(8, 8)).isEqualTo(new LazyDescriptor(8, 8, 16, 24, 32, 40, 296, 304));
        assertThat(LazyDescriptor.of(5, 1)).isEqualTo(new LazyDescriptor(5, 4, 8, 13, 20, 25, 284, 288));
        assertThat(LazyDescriptor.of(16, 8)).isEqualTo(new LazyDescriptor(16, 8, 16, 32, 48, 64, 320, 328));
        assertThat(LazyDescriptor.of(1, 1)).isEqualTo(new LazyDescriptor(1, 4, 8, 9, 16, 17, 276, 280));
        assertThat(LazyDescriptor.of(2, 2)).isEqualTo(new LazyDescriptor(2, 4, 8, 10, 16, 18, 276, 280));
        assertThat(LazyDescriptor.of(12, 4)).isEqualTo(new LazyDescriptor(12, 4, 8, 20, 32, 44, 300, 304));
    }

    private MemorySegment memory() {
        return segment.blocks("lazy").require("").memory();
    }

    /** Stores a whole number under another name than those of the numbers. */
    private record NamedCodec(String typeName) implements Codec<Integer> {

        @Override
        public Class<Integer> type() {
            return Integer.class;
        }

        @Override
        public int byteSize() {
            return Codecs.int32().byteSize();
        }

        @Override
        public int alignment() {
            return Codecs.int32().alignment();
        }

        @Override
        public void encode(Integer value, MemorySegment memory, long offset) {
            Codecs.int32().encode(value, memory, offset);
        }

        @Override
        public Integer decode(MemorySegment memory, long offset) {
            return Codecs.int32().decode(memory, offset);
        }
    }
}

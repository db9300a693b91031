package io.zeroipc.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.StructureBusyException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedSignal.Snapshot;
import io.zeroipc.inspect.Inspector;
import io.zeroipc.inspect.StructureReport;
import io.zeroipc.inspect.Trust;
import io.zeroipc.segment.Outlet;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.TableEntry;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SharedSignalTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedSignal<Integer> signal;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        signal = SharedSignal.create(segment, "signal", Codecs.int32(), 5);
    }

    @Test
    void shouldCountEveryChangeWhenSet() throws Exception {
        assertThat(signal.snapshot()).isEqualTo(new Snapshot<>(5, 0));
        signal.set(6);
        assertThat(signal.set(7, Duration.ofSeconds(1))).isTrue();
        assertThat(signal.trySet(7)).isTrue();
        assertThat(signal.snapshot()).isEqualTo(new Snapshot<>(7, 3));
        assertThat(signal.setIfVersion(2, 9)).isFalse();
        assertThat(signal.setIfVersion(3, 9)).isTrue();
        assertThat(signal.snapshot()).isEqualTo(new Snapshot<>(9, 4));
    }

    @Test
    void shouldBeginWithZeroWhenNoFirstValueIsGiven() {
        SharedSignal<Integer> other = segment.create("other", SharedSignal.spec(Codecs.int32()));

        assertThat(other.snapshot()).isEqualTo(new Snapshot<>(0, 0));
    }

    @Test
    void shouldChangeNothingAndBeFreeWhenAFunctionThrows() throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> signal.update(_ -> {
            throw new IllegalStateException("no value");
        }));

        assertThat(signal.snapshot()).isEqualTo(new Snapshot<>(5, 0));
        assertThat(signal.update(value -> value + 1)).isEqualTo(new Snapshot<>(6, 1));
    }

    @Test
    void shouldChangeNothingAndBeFreeWhenTheCodecRefusesTheValue() {
        SharedSignal<String> text = SharedSignal.create(segment, "text", Codecs.string(4), "abcd");

        assertThatIllegalArgumentException().isThrownBy(() -> text.trySet("too long"));
        assertThat(text.snapshot()).isEqualTo(new Snapshot<>("abcd", 0));
        assertThat(text.trySet("ok")).isTrue();
    }

    @Test
    void shouldCallTheFunctionAgainWhenSomebodyWasFaster() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);

        Snapshot<Integer> result = signal.update(value -> {
            if (first.getAndSet(false)) {
                assertThat(signal.trySet(100)).isTrue();
            }
            return value + 1;
        });

        assertThat(result).isEqualTo(new Snapshot<>(101, 2));
    }

    @Test
    void shouldEndAnUpdateAtAnInterruptWhenSomebodyIsAlwaysFaster() {
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> signal.update(value -> {
            assertThat(signal.trySet(value + 1)).isTrue();
            if (value == 20) {
                Thread.currentThread().interrupt();
            }
            return value;
        }));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void shouldGiveAnUpdateUpWhenSomebodyIsAlwaysFaster() {
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(() -> signal.update(value -> {
            assertThat(signal.trySet(value + 1)).isTrue();
            return value;
        }))
                .withMessageStartingWith("signal cannot be changed, it is being changed all the time: segment=")
                .withMessageContaining("locked=false");
    }

    @Test
    void shouldGoOnWhenTheValueChanges() throws Exception {
        assertThat(signal.awaitChange(0, Duration.ZERO)).isNull();
        assertThat(signal.awaitChange(7, Duration.ZERO)).isEqualTo(new Snapshot<>(5, 0));
        try (Waiter<Snapshot<Integer>> waiter = Waiter.of(() -> signal.awaitChange(0))) {
            signal.set(6);
            assertThat(waiter.get()).isEqualTo(new Snapshot<>(6, 1));
        }
    }

    @Test
    void shouldDeliverTheNewestAndCountTheSkippedWhenSubscribed() throws Exception {
        try (SignalSubscription<Integer> early = signal.subscribe(Start.EARLIEST);
                SignalSubscription<Integer> late = signal.subscribe(Start.LATEST)) {
            assertThat(early.position()).isEqualTo(-1);
            assertThat(early.poll()).isEqualTo(5);
            assertThat(early.position()).isZero();
            assertThat(late.poll()).isNull();
            signal.set(6);
            signal.set(7);
            signal.set(8);
            assertThat(early.pollSnapshot()).isEqualTo(new Snapshot<>(8, 3));
            assertThat(early.lost()).isEqualTo(2);
            List<Integer> drained = new ArrayList<>();
            assertThat(late.drainTo(drained::add, 10)).isEqualTo(1);
            assertThat(drained).containsExactly(8);
            assertThat(late.lost()).isEqualTo(2);
            assertThat(early.poll(Duration.ofMillis(1))).isNull();
            assertThat(early.isExhausted()).isFalse();
        }
    }

    @Test
    void shouldFailWhenASubscriptionIsUsedAfterItsEnd() {
        SignalSubscription<Integer> changes = signal.subscribe(Start.EARLIEST);
        changes.close();

        assertThatIllegalStateException().isThrownBy(changes::poll).withMessageContaining("closed");
    }

    @Test
    void shouldTakeAValueWhenSentThroughItsOutlet() {
        Outlet<Integer> outlet = signal.outlet();

        assertThat(outlet.offer(44)).isTrue();
        assertThat(outlet.isClosed()).isFalse();
        assertThat(signal.get()).isEqualTo(44);
    }

    @Test
    void shouldNeitherReadNorWriteWhenItsHolderNeverUnlocks() throws Exception {
        SharedMutex mutex = SharedMutex.open(segments.open(segment), "signal_mtx");
        mutex.lock();

        assertThat(signal.trySet(1)).isFalse();
        assertThat(signal.set(1, Duration.ofMillis(1))).isFalse();
        assertThat(signal.outlet().offer(1)).isFalse();
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(signal::get)
                .withMessageContaining("name=signal")
                .withMessageContaining("locked=true");
        try (Waiter<Boolean> waiter = Waiter.running(() -> signal.set(2))) {
            waiter.interrupt();
            assertThat(waiter.failure()).isInstanceOf(InterruptedException.class);
        }
        mutex.unlock();
        assertThat(signal.get()).isEqualTo(5);
    }

    @Test
    void shouldBeAsPatientAsEverWhenAnInterruptIsPending() throws Exception {
        SharedMutex.open(segment, "signal_mtx").lock();
        try (Waiter<Duration> reader = Waiter.of(() -> {
            Thread.currentThread().interrupt();
            long begin = System.nanoTime();
            assertThatExceptionOfType(StructureBusyException.class).isThrownBy(signal::get);
            assertThat(Thread.interrupted()).isTrue();
            return Duration.ofNanos(System.nanoTime() - begin);
        })) {
            // Some 800 sleeps of a millisecond, none of which an interrupt cuts short.
            assertThat(reader.get()).isGreaterThan(Duration.ofMillis(500));
        }
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldSayThatItIsLockedWhenAProcessIsKilledInTheMiddle() throws Exception {
        try (PeerProcess child = PeerProcess.of(FlowChild.class).start()) {
            child.send(segment.path() + "|hold signal");
            child.await("holding");
            child.kill();
        }
        assertThatExceptionOfType(StructureBusyException.class).isThrownBy(signal::get)
                .withMessageContaining("locked=true");
        assertThat(signal.set(8, Duration.ofMillis(20))).isFalse();
        assertThat(signal.isLocked()).isTrue();
        assertThat(signal.breakLock()).isTrue();
        assertThat(signal.isLocked()).isFalse();
        assertThat(signal.breakLock()).isFalse();
        assertThat(signal.trySet(9)).isTrue();
        assertThat(signal.get()).isEqualTo(9);
    }

    @Test
    void shouldNeverReadATornPairWhenSeveralWriteAndRead() throws Exception {
        SharedSignal<Checked> here = SharedSignal.create(segment, "checked", Checked.CODEC, Checked.of(0));
        SharedSignal<Checked> there = SharedSignal.open(segments.open(segment), "checked", Checked.CODEC);
        int times = 20_000;
        try (Waiter<Boolean> one = Waiter.running(() -> countUp(here, times));
                Waiter<Boolean> two = Waiter.running(() -> countUp(there, times))) {
            long last = 0;
            while (last < 2L * times) {
                Snapshot<Checked> seen = there.snapshot();
                assertThat(seen.value()).isEqualTo(Checked.of(seen.version()));
                assertThat(seen.version()).isGreaterThanOrEqualTo(last);
                last = seen.version();
            }
            assertThat(one.get() && two.get()).isTrue();
        }
        assertThat(here.version()).isEqualTo(2L * times);
    }

    private static void countUp(SharedSignal<Checked> signal, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            signal.update(value -> Checked.of(value.number() + 1));
        }
    }

    @Test
    void shouldRecordWhatPythonInsistsOnAndSetAsideWhatCppMapsWhenCreated() {
        List<TableEntry> entries = segment.entries();

        assertThat(entries.get(0).name()).isEqualTo("signal_state");
        assertThat(entries.get(0).byteSize()).isEqualTo(12);
        assertThat(entries.get(1).offset()).isGreaterThanOrEqualTo(entries.get(0).offset() + 16);
    }

    @Test
    void shouldBeTheSameSignalWhenWrittenByCpp() throws Exception {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        SharedSignal<Integer> ints = SharedSignal.open(golden, "sig_i", Codecs.int32());
        SharedSignal<Double> doubles = SharedSignal.open(golden, "sig_d", Codecs.float64());
        assertThat(ints.snapshot()).isEqualTo(new Snapshot<>(6, 1));
        assertThat(doubles.snapshot()).isEqualTo(new Snapshot<>(6.25, 1));

        SharedSignal.create(segment, "sig_i", Codecs.int32(), 5).set(6);
        SharedSignal.create(segment, "sig_d", Codecs.float64(), 5.0).set(6.25);
        assertThat(StructureContract.hex(golden, "sig_i_state")).startsWith(hex("sig_i_state"));
        for (String entry : List.of("sig_i_mtx", "sig_i", "sig_d_state", "sig_d_mtx", "sig_d")) {
            assertThat(hex(entry)).as(entry).isEqualTo(StructureContract.hex(golden, entry));
        }
        ints.set(7);
        assertThat(ints.snapshot()).isEqualTo(new Snapshot<>(7, 2));
    }

    @Test
    void shouldBeRecognisedWhenAStrangerLooks() throws Exception {
        signal.set(6);

        StructureReport report = Inspector.report(segments.openReadOnly(segment), "signal").orElseThrow();

        assertThat(report.kind()).isEqualTo("signal");
        assertThat(report.trust()).isIn(Trust.RECOGNISED, Trust.DECLARED);
        assertThat(report.elementSize()).isEqualTo(4);
        assertThat(report.details()).containsEntry("version", 1L).containsEntry("locked", false);
    }

    private String hex(String entry) {
        return StructureContract.hex(segment, entry);
    }
}

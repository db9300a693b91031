package io.zeroipc.flow;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.ZeroIpcException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedFuture.State;
import io.zeroipc.format.ErrorText;
import io.zeroipc.format.FutureDescriptor;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Probe.Match;
import io.zeroipc.segment.Segment;
import io.zeroipc.test.PeerProcess;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.EnabledWithNativeAccess;
import io.zeroipc.testing.ForeignBlock;
import io.zeroipc.testing.GoldenSegment;
import io.zeroipc.testing.StructureContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class SharedFutureTest {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    private Segment segment;
    private SharedFuture<Integer> future;

    @BeforeEach
    void create() {
        segment = segments.create(1 << 14);
        future = SharedFuture.create(segment, "future", Codecs.int32());
    }

    @Test
    void shouldHaveTheFirstValueWhenCompletedTwice() throws Exception {
        assertThat(future.state()).isEqualTo(State.PENDING);
        assertThat(future.getNow()).isNull();
        assertThat(future.complete(7)).isTrue();

        assertThat(future.complete(8)).isFalse();
        assertThat(future.completeExceptionally("late")).isFalse();
        assertThat(future.tryClaim()).isNull();
        assertThat(future.get()).isEqualTo(7);
        assertThat(future.get(Duration.ZERO)).isEqualTo(7);
        assertThat(future.isDone()).isTrue();
        assertThat(future.state()).isEqualTo(State.READY);
    }

    @Test
    void shouldHaveTheErrorWhenItFailed() {
        assertThat(future.completeExceptionally("no such file")).isTrue();

        assertThat(future.state()).isEqualTo(State.FAILED);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
                .withMessageContaining("name=future")
                .withCauseExactlyInstanceOf(ZeroIpcException.class)
                .havingCause()
                .withMessage("no such file");
    }

    @Test
    void shouldCutTheErrorAtTheEndOfACharacterWhenItIsTooLong() {
        future.completeExceptionally("x".repeat(ErrorText.textBytesMax() - 1) + "\u00e9\u00e9");

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::getNow)
                .havingCause()
                .withMessage("x".repeat(ErrorText.textBytesMax() - 1));
    }

    @Test
    void shouldSayThatItIsPendingWhenTheTimeIsUp() {
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(Duration.ofMillis(1)))
                .withMessageContaining("state=PENDING");
        assertThat(future.waiting()).isZero();
    }

    @Test
    void shouldStayPendingWhenTheCodecRefusesTheValue() {
        SharedFuture<String> text = SharedFuture.create(segment, "text", Codecs.string(4));

        assertThatIllegalArgumentException().isThrownBy(() -> text.complete("too long"));
        assertThat(text.state()).isEqualTo(State.PENDING);
        assertThat(text.complete("ok")).isTrue();
    }

    @Test
    void shouldLetEverybodyGoWhenItIsCompleted() throws Exception {
        SharedFuture<Integer> there = SharedFuture.open(segments.open(segment), "future", Codecs.int32());
        try (Waiter<Integer> one = Waiter.of(future::get); Waiter<Integer> two = Waiter.of(there::get)) {
            await().until(() -> future.waiting() == 2);
            there.complete(9);
            assertThat(one.get()).isEqualTo(9);
            assertThat(two.get()).isEqualTo(9);
        }
        assertThat(future.waiting()).isZero();
    }

    @Test
    void shouldCountItsWaitersWhenTheCounterWraps() throws Exception {
        Atomics.putInt(memory(), FutureDescriptor.WAITERS_OFFSET, -1);
        try (Waiter<Integer> waiter = Waiter.of(future::get)) {
            await().until(() -> future.waiting() == 0);
            future.complete(9);
            assertThat(waiter.get()).isEqualTo(9);
        }
        assertThat(future.waiting()).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void shouldNotCountAnyMoreWhenTheSegmentOfAWaiterIsClosed() throws Exception {
        Segment other = segments.open(segment);
        SharedFuture<Integer> there = SharedFuture.open(other, "future", Codecs.int32());
        try (Waiter<Integer> waiter = Waiter.of(there::get)) {
            await().until(() -> future.waiting() == 1);
            other.close();
            assertThat(waiter.failure()).isInstanceOf(IllegalStateException.class);
        }
        assertThat(future.waiting()).isZero();
    }

    @Test
    void shouldBeCompletedOnceWhenManyTry() throws Exception {
        SharedFuture<Integer> there = SharedFuture.open(segments.open(segment), "future", Codecs.int32());
        AtomicInteger winners = new AtomicInteger();
        List<Waiter<Boolean>> waiters = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int value = i;
            SharedFuture<Integer> mine = i % 2 == 0 ? future : there;
            waiters.add(Waiter.running(() -> {
                if (mine.complete(value)) {
                    winners.incrementAndGet();
                }
            }));
        }
        for (Waiter<Boolean> each : waiters) {
            try (each) {
                assertThat(each.get()).isTrue();
            }
        }
        // Who finds the role taken gives up, and its holder completes.
        assertThat(winners).hasValue(1);
        assertThat(future.get()).isEqualTo(there.get());
    }

    @Test
    void shouldBeForOneOnlyWhenClaimed() throws Exception {
        try (SharedFuture.Completer<Integer> completer = Objects.requireNonNull(future.tryClaim())) {
            assertThat(future.state()).isEqualTo(State.COMPUTING);
            assertThat(future.tryClaim()).isNull();
            assertThat(future.complete(1)).isFalse();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> future.get(Duration.ofMillis(30)))
                    .withMessageContaining("state=COMPUTING");
            completer.complete(2);
            assertThatIllegalStateException().isThrownBy(() -> completer.complete(3)).withMessageContaining("ended");
        }
        assertThat(future.get()).isEqualTo(2);
        assertThat(memory().asSlice(20).toArray(JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void shouldBeFreeAgainWhenAClaimIsGivenBack() throws Exception {
        Objects.requireNonNull(future.tryClaim()).close();
        assertThat(future.state()).isEqualTo(State.PENDING);
        assertThat(memory().toArray(JAVA_BYTE)).containsOnly(0);
        assertThat(future.completeWith(() -> 5)).isTrue();
        assertThat(future.completeWith(() -> {
            throw new AssertionError("must not be called");
        })).isFalse();
        assertThat(future.get()).isEqualTo(5);
    }

    @Test
    void shouldBeCompletedWhenTheSegmentOfItsClaimIsClosedMeanwhile() throws Exception {
        Segment other = segments.open(segment);
        SharedFuture<Integer> there = SharedFuture.open(other, "future", Codecs.int32());
        SharedFuture.Completer<Integer> completer = Objects.requireNonNull(there.tryClaim());
        other.close();

        assertThatIllegalStateException().isThrownBy(there::tryClaim).withMessageStartingWith("segment is closed");
        assertThat(future.complete(2)).isFalse();
        assertThat(ClosingContract.mappings(segment.path())).isEqualTo(2);
        completer.complete(1);
        assertThat(ClosingContract.mappings(segment.path())).isEqualTo(1);
        assertThat(future.get()).isEqualTo(1);
    }

    @Test
    void shouldBeFreeAgainWhenAClaimIsGivenBackAfterTheSegmentWasClosed() throws Exception {
        Segment other = segments.open(segment);
        SharedFuture.Completer<Integer> completer = Objects
                .requireNonNull(SharedFuture.open(other, "future", Codecs.int32()).tryClaim());
        other.close();

        completer.close();
        completer.close();
        assertThat(ClosingContract.mappings(segment.path())).isEqualTo(1);
        assertThat(future.complete(2)).isTrue();
        assertThat(future.get()).isEqualTo(2);
    }

    @Test
    void shouldBeClaimableWhenAProcessDiedBetweenMarkAndState() {
        // What a claimant stores before it makes the state computing.
        ErrorText.markComputing(memory(), 20, 4711);

        assertThat(future.complete(3)).isTrue();
        assertThat(ErrorText.mark(memory(), 20)).isEqualTo(ErrorText.NOBODY);
    }

    @Test
    void shouldTakeTheMarkAwayWhenAProcessDiedBetweenMarkAndStateAndSomebodyWaits() {
        ErrorText.markComputing(memory(), 20, 4711);

        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(Duration.ofMillis(15)));
        assertThat(memory().toArray(JAVA_BYTE)).containsOnly(0);
    }

    @Test
    void shouldFailWhenAProcessDiedJustAfterTheState() {
        ErrorText.markComputing(memory(), 20, 4711);
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.COMPUTING);

        assertThat(future.complete(3)).isFalse();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
                .havingCause()
                .isInstanceOf(OwnerDiedException.class)
                .withMessageContaining("pid=4711");
    }

    /** The text comes before the state, and C++ may be faster with a value meanwhile. */
    @Test
    void shouldBeRecognisedWhenThereIsATextAndTheStateIsNoErrorYet() {
        ErrorText.write(memory(), 20, "process died while it was computing: pid=4711");
        assertThat(SharedFuture.PROBE.match(segment.blocks("future"))).isEqualTo(Match.NO);
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.COMPUTING);
        assertThat(SharedFuture.PROBE.match(segment.blocks("future"))).isEqualTo(Match.POSSIBLE);
        Atomics.putLong(memory(), FutureDescriptor.COMPLETION_TIME_OFFSET, 1);
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.READY);
        assertThat(SharedFuture.PROBE.match(segment.blocks("future"))).isEqualTo(Match.POSSIBLE);

        // Numbers are no text.
        Atomics.putByte(memory(), 40, (byte) 1);
        assertThat(SharedFuture.PROBE.match(segment.blocks("future"))).isEqualTo(Match.NO);
    }

    @Test
    void shouldFailWhenSomebodyKnowsThatTheComputingProcessOfCppIsDead() {
        assertThat(future.abandon()).isFalse();
        SharedFuture.Completer<Integer> living = Objects.requireNonNull(future.tryClaim());
        assertThat(future.abandon()).isFalse();
        living.close();
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.COMPUTING);

        assertThat(future.complete(3)).isFalse();
        assertThat(future.abandon()).isTrue();
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
                .havingCause()
                .isInstanceOf(OwnerDiedException.class);
    }

    @Test
    void shouldBeClaimedByTheOneWhoTriesWhenOthersOnlyLook() throws Exception {
        // Without native access, who looks whether the claimant lives has the role for that moment.
        SharedFuture<Integer> there = SharedFuture.open(segments.open(segment), "future", Codecs.int32());
        ErrorText.markComputing(memory(), 20, 4711);
        try (Waiter<Boolean> looking = Waiter.running(() -> {
            while (!there.isDone()) {
                ErrorText.markComputing(memory(), 20, 4711);
                try {
                    there.get(Duration.ZERO);
                } catch (TimeoutException e) {
                    // Not yet.
                }
            }
        })) {
            for (int i = 0; i < 2_000; i++) {
                SharedFuture.Completer<Integer> completer = future.tryClaim();
                assertThat(completer).as("attempt %d", i).isNotNull();
                completer.close();
            }
            assertThat(future.complete(1)).isTrue();
            assertThat(looking.get()).isTrue();
        }
    }

    @Test
    void shouldFailWhenTheSupplierThrows() {
        assertThat(future.completeWith(() -> {
            throw new IllegalArgumentException("bad input");
        })).isTrue();

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
                .havingCause()
                .withMessageContaining("bad input");
    }

    @Test
    void shouldCompleteTheViewWhenItIsCompleted() throws Exception {
        CompletableFuture<Integer> view = future.toCompletableFuture();
        CompletableFuture<Integer> doubled = view.thenApply(value -> 2 * value);
        assertThat(view).isNotDone();
        future.complete(21);

        assertThat(doubled.get(1, TimeUnit.MINUTES)).isEqualTo(42);
    }

    record Fussy(int number) {
        Fussy {
            if (number == 7) {
                throw new AssertionError("no sevens");
            }
        }
    }

    @Test
    void shouldFailTheViewWhenTheValueCannotBeMade() {
        SharedFuture<Fussy> fussy = SharedFuture.open(segment, "future", Codecs.record(Fussy.class));
        CompletableFuture<Fussy> view = fussy.toCompletableFuture();
        future.complete(7);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> view.orTimeout(1, TimeUnit.MINUTES).join())
                .withStackTraceContaining("no sevens");
    }

    @Test
    void shouldFailTheViewWhenItFails() {
        CompletableFuture<Integer> view = future.toCompletableFuture();
        future.completeExceptionally("broken");

        assertThatExceptionOfType(CompletionException.class).isThrownBy(view::join)
                .withCauseExactlyInstanceOf(ZeroIpcException.class)
                .withMessageContaining("broken");
    }

    @Test
    void shouldWaitNoLongerWhenTheViewIsCancelled() throws Exception {
        CompletableFuture<Integer> view = future.toCompletableFuture();
        await().until(() -> future.waiting() == 1);
        view.cancel(true);

        await().until(() -> future.waiting() == 0);
        assertThat(future.complete(1)).isTrue();
    }

    @Test
    @Tag("process")
    @EnabledWithNativeAccess
    void shouldFailForEverybodyWhenTheComputingProcessIsKilled() throws Exception {
        try (PeerProcess child = PeerProcess.of(FlowChild.class).start()) {
            child.send(segment.path() + "|hold future");
            child.await("holding");
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(Duration.ofMillis(30)));
            try (Waiter<Integer> waiter = Waiter.of(future::get)) {
                await().until(() -> future.waiting() == 1);
                child.kill();
                assertThat(waiter.failure()).isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(OwnerDiedException.class)
                        .hasMessageContaining("pid=" + child.pid());
            }
        }
        assertThat(future.state()).isEqualTo(State.FAILED);
        // A peer reads an ordinary error.
        String text = new String(memory().asSlice(20, 247).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        assertThat(text).startsWith("process died while it was computing: pid=");
        assertThat(future.complete(1)).isFalse();
    }

    @Test
    void shouldWaitForTheTextWhenCppStoresItBehindTheState() throws Exception {
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.ERROR);
        try (Waiter<Boolean> cpp = Waiter.running(() -> {
            memory().asSlice(20).copyFrom(MemorySegment.ofArray("boom".getBytes(StandardCharsets.UTF_8)));
            Atomics.setLongRelease(memory(), FutureDescriptor.COMPLETION_TIME_OFFSET, 5);
        })) {
            assertThatExceptionOfType(ExecutionException.class).isThrownBy(future::get)
                    .havingCause()
                    .withMessage("boom");
            assertThat(cpp.get()).isTrue();
        }
    }

    @Test
    void shouldNotBeTakenForDeadWhenCppIsComputing() {
        Atomics.setIntRelease(memory(), FutureDescriptor.STATE_OFFSET, FutureDescriptor.COMPUTING);

        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> future.get(Duration.ofMillis(30)));
        assertThat(future.state()).isEqualTo(State.COMPUTING);
    }

    @Test
    void shouldBeTheSameFutureWhenWrittenByCpp() throws Exception {
        Segment golden = segments.track(Segment.at(GoldenSegment.copyTo(segments.directory())).open());
        assertThat(SharedFuture.open(golden, "fut_i", Codecs.int32()).get()).isEqualTo(99);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(SharedFuture.open(golden, "fut_e", Codecs.float64())::get)
                .havingCause()
                .withMessage("boom");

        SharedFuture.create(segment, "fut_i", Codecs.int32()).complete(99);
        SharedFuture.create(segment, "fut_e", Codecs.float64()).completeExceptionally("boom");
        for (String entry : List.of("fut_i", "fut_e")) {
            assertThat(withoutTime(segment, entry)).as(entry).isEqualTo(withoutTime(golden, entry));
        }
    }

    @Test
    void shouldOpenWhatPythonRecordsWhenTheSizeIsNotRounded() throws Exception {
        ForeignBlock.create(segment, "python", 276, _ -> {});
        SharedFuture<Integer> python = SharedFuture.open(segment, "python", Codecs.int32());

        assertThat(python.complete(3)).isTrue();
        assertThat(python.get()).isEqualTo(3);
    }

    private static String withoutTime(Segment segment, String entry) {
        String hex = StructureContract.hex(segment, entry);
        return hex.substring(0, 16) + hex.substring(32);
    }

    private MemorySegment memory() {
        return segment.blocks("future").require("").memory();
    }
}

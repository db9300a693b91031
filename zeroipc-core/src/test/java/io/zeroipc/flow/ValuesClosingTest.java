package io.zeroipc.flow;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import io.zeroipc.RoleTakenException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;
import io.zeroipc.testing.ClosingContract;
import io.zeroipc.testing.TemporarySegments;
import io.zeroipc.testing.Waiter;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/** Signals, states, futures and lazy values whose segment is closed. */
class ValuesClosingTest extends ClosingContract {

    @RegisterExtension
    final TemporarySegments segments = new TemporarySegments();

    @Override
    protected Stream<Scenario> scenarios() {
        return Stream.of(
                working("signal", keep -> SharedSignal.create(keep, "signal", Checked.CODEC, Checked.of(0)),
                        (closing, thread) -> {
                            SharedSignal<Checked> signal = SharedSignal.open(closing, "signal", Checked.CODEC);
                            return thread == 0
                                    ? () -> signal.set(Checked.of(signal.version()))
                                    : () -> {
                                        signal.trySet(Checked.of(signal.get().number()));
                                        signal.outlet().offer(Checked.of(1));
                                    };
                        }, signal -> {
                            assertThat(signal.isLocked()).isFalse();
                            assertThat(signal.trySet(Checked.of(7))).isTrue();
                            assertThat(signal.get()).isEqualTo(Checked.of(7));
                        }),
                working("signal subscription", keep -> SharedSignal.create(keep, "signal", Codecs.int64(), 0L),
                        (closing, thread) -> {
                            SharedSignal<Long> signal = SharedSignal.open(closing, "signal", Codecs.int64());
                            SignalSubscription<Long> changes = signal.subscribe(Start.EARLIEST);
                            return thread == 0
                                    ? () -> signal.update(value -> value + 1)
                                    : () -> changes.poll(Duration.ofMillis(1));
                        }, signal -> assertThat(signal.isLocked()).isFalse()),
                working("state", keep -> SharedState.create(keep, "state", Checked.CODEC),
                        (closing, thread) -> {
                            SharedState<Checked> state = SharedState.open(closing, "state", Checked.CODEC);
                            if (thread == 1) {
                                StateSubscription<Checked> changes = state.subscribe(Start.EARLIEST);
                                return () -> {
                                    state.get();
                                    changes.poll();
                                };
                            }
                            StateWriter<Checked> writer = state.writer();
                            return () -> {
                                writer.set(Checked.of(writer.version() + 1));
                                long claim = writer.claim();
                                Checked.CODEC.encode(Checked.of(writer.version() + 1), writer.memory(), claim);
                                writer.publish();
                            };
                        }, state -> {
                            // The role is free again, and the newest value whole.
                            try (StateWriter<Checked> writer = state.writer()) {
                                if (writer.version() > 0) {
                                    assertThat(state.get()).isEqualTo(Checked.of(writer.version()));
                                }
                                writer.set(Checked.of(writer.version() + 1));
                            }
                        }),
                working("future", keep -> SharedFuture.create(keep, "future", Codecs.int64()),
                        (closing, thread) -> {
                            SharedFuture<Long> future = SharedFuture.open(closing, "future", Codecs.int64());
                            return thread == 0
                                    ? () -> {
                                        SharedFuture.Completer<Long> completer = future.tryClaim();
                                        if (completer != null) {
                                            completer.close();
                                        }
                                    }
                                    : () -> future.getNow();
                        }, future -> {
                            Objects.requireNonNull(future.tryClaim()).close();
                            assertThat(future.waiting()).isZero();
                        }),
                working("lazy", keep -> SharedLazy.create(keep, "lazy", Codecs.int64()),
                        (closing, _) -> {
                            SharedLazy<Long> lazy = SharedLazy.open(closing, "lazy", Codecs.int64());
                            return () -> {
                                lazy.get(() -> 3L);
                                lazy.reset();
                            };
                        }, lazy -> {
                            lazy.reset();
                            assertThat(lazy.get(() -> 5L, Duration.ZERO)).isEqualTo(5);
                        }));
    }

    @Test
    void shouldPublishWhenTheStateIsClosedUnderAClaim() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedState<Long> here = SharedState.create(keep, "state", Codecs.int64());
        Segment closing = segments.open(keep);
        StateWriter<Long> writer = SharedState.open(closing, "state", Codecs.int64()).writer();
        long claim = writer.claim();
        writer.memory().set(JAVA_LONG, claim, 5);
        closing.close();
        assertThat(mappings(keep.path())).isEqualTo(2);
        assertThatExceptionOfType(RoleTakenException.class).isThrownBy(here::writer);
        writer.publish();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.get()).isEqualTo(5);
        here.writer().close();
        assertThatIllegalStateException().isThrownBy(() -> writer.set(6L)).withMessageStartingWith("segment is closed");
    }

    @Test
    void shouldGiveUpTheClaimWhenAWriterIsClosedAfterTheSegment() {
        Segment keep = segments.create(1 << 14);
        SharedState<Long> here = SharedState.create(keep, "state", Codecs.int64());
        Segment closing = segments.open(keep);
        StateWriter<Long> writer = SharedState.open(closing, "state", Codecs.int64()).writer();
        writer.claim();
        closing.close();
        writer.close();
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.get()).isNull();
        here.writer().close();
    }

    @Test
    void shouldFinishTheFunctionWhenALazyValueIsClosedMeanwhile() throws Exception {
        Segment keep = segments.create(1 << 14);
        SharedLazy<Long> here = SharedLazy.create(keep, "lazy", Codecs.int64());
        Segment closing = segments.open(keep);
        SharedLazy<Long> there = SharedLazy.open(closing, "lazy", Codecs.int64());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Waiter<Long> computing = Waiter.of(() -> there.get(() -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 5L;
        }))) {
            inside.await();
            closing.close();
            assertThat(mappings(keep.path())).isEqualTo(2);
            goOn.countDown();
            assertThat(computing.get()).isEqualTo(5);
        }
        assertThat(mappings(keep.path())).isEqualTo(1);
        assertThat(here.getIfComputed()).isEqualTo(5);
    }
}

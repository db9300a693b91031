package io.zeroipc.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.ChannelClosedException;
import io.zeroipc.StructureMismatchException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@Tag("process")
class ChannelInteropTest {

    private static final long COUNT = 10_000;
    private static final Duration LONG = Duration.ofMinutes(1);

    @RegisterExtension
    final Workbench bench = new Workbench();

    // buffered

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#all")
    <T> void shouldPassBufferedElementsBothWaysWhenCppCreatedTheChannel(Kind<T> kind) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("channel-create", "c", kind.name(), 5);
        peer.ask("channel-create", "d", kind.name(), 5);
        Segment segment = bench.open();

        sendAndDrainBothWays(peer, kind, SharedChannel.open(segment, "c", kind.codec()),
                SharedChannel.open(segment, "d", kind.codec()));
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#all")
    <T> void shouldPassBufferedElementsBothWaysWhenJavaCreatedTheChannel(Kind<T> kind) throws Exception {
        Segment segment = bench.create();
        SharedChannel<T> c = SharedChannel.create(segment, "c", kind.codec(), 5);
        SharedChannel<T> d = SharedChannel.create(segment, "d", kind.codec(), 5);

        sendAndDrainBothWays(bench.attach(Language.CPP), kind, c, d);
    }

    /** Java sends through c and closes it; the peer sends through d and closes that. */
    private static <T> void sendAndDrainBothWays(Peer peer, Kind<T> kind, SharedChannel<T> c, SharedChannel<T> d)
            throws Exception {
        List<T> values = kind.values();
        assertThat(c.capacity()).isEqualTo(8);
        assertThat(c.trySendAll(values)).isEqualTo(8);
        assertThat(c.trySend(values.get(0))).isFalse();
        assertThat(peer.ask("channel-try-send", "c", kind.name(), values.get(0))).isEqualTo("false");
        assertThat(kind.parse(peer.list("channel-receive", "c", kind.name(), 5))).isEqualTo(values.subList(0, 5));
        c.close();
        assertThat(peer.ask("channel-try-send", "c", kind.name(), values.get(0))).isEqualTo("false");
        // The end of the channel ends this, not the number.
        assertThat(kind.parse(peer.list("channel-receive", "c", kind.name(), 100))).isEqualTo(values.subList(5, 8));

        peer.ask("channel-send", kind.with(values, "d", kind.name()));
        assertThat(d.receive()).isEqualTo(values.get(0));
        peer.ask("channel-close", "d", kind.name());
        assertThat(d.isClosed()).isTrue();
        assertThat(d.trySend(values.get(0))).isFalse();
        assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(() -> d.send(values.get(0)));
        List<T> received = new ArrayList<>();
        for (T value = d.receive(); value != null; value = d.receive()) {
            received.add(value);
        }
        assertThat(received).isEqualTo(values.subList(1, 8));
        assertThat(peer.list("channel-try-receive", "d", kind.name())).isEmpty();
    }

    // unbuffered

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#all")
    <T> void shouldHandElementsOverBothWaysWhenCppCreatedTheChannel(Kind<T> kind) throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("channel-create", "c", kind.name(), 0);
        peer.ask("channel-create", "d", kind.name(), 0);
        Segment segment = bench.open();

        handOverBothWays(peer, kind, SharedChannel.open(segment, "c", kind.codec()),
                SharedChannel.open(segment, "d", kind.codec()));
    }

    @ParameterizedTest
    @MethodSource("io.zeroipc.interop.Kind#all")
    <T> void shouldHandElementsOverBothWaysWhenJavaCreatedTheChannel(Kind<T> kind) throws Exception {
        Segment segment = bench.create();
        SharedChannel<T> c = segment.create("c", SharedChannel.unbuffered(kind.codec()));
        SharedChannel<T> d = segment.create("d", SharedChannel.unbuffered(kind.codec()));

        handOverBothWays(bench.attach(Language.CPP), kind, c, d);
    }

    private static <T> void handOverBothWays(Peer peer, Kind<T> kind, SharedChannel<T> c, SharedChannel<T> d)
            throws Exception {
        List<T> values = kind.values();
        assertThat(c.isBuffered()).isFalse();
        peer.begin("channel-receive", "c", kind.name(), 8);
        for (T value : values) {
            c.send(value);
        }
        assertThat(kind.parse(List.of(peer.answer().split(" ")))).isEqualTo(values);

        peer.begin("channel-send", kind.with(values, "d", kind.name()));
        for (T value : values) {
            assertThat(d.receive()).isEqualTo(value);
        }
        assertThat(peer.answer()).isEqualTo("8");
        assertThat(d.tryReceive()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void shouldKeepEveryElementWhenACppPeerReceivesUntilTheEnd(int capacity) throws Exception {
        SharedChannel<Parcel> channel = create(capacity);
        Peer peer = bench.attach(Language.CPP);
        peer.begin("channel-consume", "c", "wait");
        for (long i = 0; i < COUNT; i++) {
            channel.send(Parcel.of(0, i));
        }
        channel.close();

        assertThat(peer.numbers()).as("received, disordered, damaged").containsExactly(COUNT, 0L, 0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16})
    void shouldKeepEveryElementWhenJavaReceivesUntilTheEnd(int capacity) throws Exception {
        SharedChannel<Parcel> channel = create(capacity);
        Peer peer = bench.attach(Language.CPP);
        FutureTask<Findings> receiver = bench.beside(() -> {
            Findings findings = new Findings();
            for (Parcel parcel = channel.receive(); parcel != null; parcel = channel.receive()) {
                findings.see(parcel);
            }
            return findings;
        });
        peer.ask("channel-produce", "c", COUNT, "wait");
        peer.ask("channel-close", "c", "parcel");

        assertThat(receiver.get().numbers()).as("received, disordered, damaged").containsExactly(COUNT, 0L, 0L);
    }

    @ParameterizedTest
    @CsvSource({"wait, 10000", "hesitate, 3000", "poll, 10000"})
    void shouldNeitherLoseNorRepeatWhenJavaGivesUpAndSendsAgain(String way, long count) throws Exception {
        SharedChannel<Parcel> channel = create(0);
        Peer peer = bench.attach(Language.CPP);
        peer.begin("channel-consume", "c", way);
        long withdrawn = 0;
        for (long i = 0; i < count; i++) {
            Parcel parcel = Parcel.of(0, i);
            Duration timeout = Duration.ofNanos(200 * (i % 100));
            while (!channel.trySend(parcel, timeout)) {
                withdrawn++;
            }
        }
        channel.close();

        assertThat(peer.numbers()).as("received, disordered, damaged; withdrawn: %d", withdrawn)
                .containsExactly(count, 0L, 0L);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({"wait, BRIEFLY", "wait, NOT", "wait, LISTENING", "poll, AT_LENGTH", "poll, BRIEFLY", "poll, LISTENING"})
    void shouldNeitherLoseNorRepeatWhenJavaReceivesInItsWayAndCppSendsInIts(String way, Patience patience)
            throws Exception {
        SharedChannel<Parcel> channel = create(0);
        Peer peer = bench.attach(Language.CPP);
        peer.begin("channel-produce", "c", COUNT, way);
        Findings findings = new Findings();
        try (Intake<Parcel> intake = channel.intake(Start.EARLIEST)) {
            for (long i = 0; findings.received() < COUNT; i++) {
                Parcel parcel = switch (patience) {
                    case AT_LENGTH -> channel.receive();
                    case BRIEFLY -> channel.tryReceive(Duration.ofNanos(200 * (i % 100)));
                    case NOT -> channel.tryReceive();
                    case LISTENING -> intake.poll();
                };
                if (parcel != null) {
                    findings.see(parcel);
                } else if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }

        peer.answer();
        assertThat(findings.numbers()).as("received, disordered, damaged").containsExactly(COUNT, 0L, 0L);
        assertThat(channel.tryReceive()).isNull();
    }

    /** How long a receiver waits. */
    enum Patience {
        AT_LENGTH, BRIEFLY, NOT, LISTENING
    }

    private SharedChannel<Parcel> create(int capacity) {
        return bench.create()
                .create("c", capacity == 0
                        ? SharedChannel.unbuffered(Parcel.CODEC)
                        : SharedChannel.spec(Parcel.CODEC, capacity));
    }

    @Test
    void shouldSendNothingWhenNobodyReceives() throws Exception {
        SharedChannel<Integer> channel = bench.create().create("c", SharedChannel.unbuffered(Codecs.int32()));
        Peer peer = bench.attach(Language.CPP);

        assertThat(channel.trySend(1)).isFalse();
        assertThat(channel.trySend(2, Duration.ofMillis(1))).as("withdrawn").isFalse();
        assertThat(peer.list("channel-try-receive", "c", "int32")).isEmpty();
        assertThat(peer.ask("channel-try-send", "c", "int32", 3)).isEqualTo("false");
        assertThat(channel.tryReceive()).isNull();
    }

    @Test
    void shouldSendAtOnceWhenAReceiverOfTheOtherLanguageWaits() throws Exception {
        Segment segment = bench.create();
        SharedChannel<Integer> c = segment.create("c", SharedChannel.unbuffered(Codecs.int32()));
        SharedChannel<Integer> d = segment.create("d", SharedChannel.unbuffered(Codecs.int32()));
        Peer receiver = bench.attach(Language.CPP);
        Peer sender = bench.attach(Language.CPP);
        receiver.begin("channel-receive", "c", "int32", 1);
        Workbench.await(segment, () -> c.trySend(7));
        assertThat(receiver.answer()).isEqualTo("7");

        FutureTask<Integer> java = bench.beside(d::receive);
        while (sender.ask("channel-try-send", "d", "int32", 8).equals("false")) {
            assertThat(java.isDone()).isFalse();
        }
        assertThat(java.get()).isEqualTo(8);
    }

    @Test
    void shouldEndTheWaitOfACppPeerWhenJavaClosesTheChannel() throws Exception {
        Segment segment = bench.create();
        SharedChannel<Integer> c = segment.create("c", SharedChannel.unbuffered(Codecs.int32()));
        SharedChannel<Integer> d = segment.create("d", SharedChannel.unbuffered(Codecs.int32()));
        SharedChannel<Integer> e = SharedChannel.create(segment, "e", Codecs.int32(), 2);
        Peer receiver = bench.attach(Language.CPP);
        Peer sender = bench.attach(Language.CPP);
        Peer buffered = bench.attach(Language.CPP);
        receiver.begin("channel-receive", "c", "int32", 1);
        sender.begin("channel-send", "d", "int32", 1);
        buffered.begin("channel-receive", "e", "int32", 1);
        c.close();
        d.close();
        e.close();

        assertThat(receiver.answer()).isEmpty();
        assertThat(sender.answer()).isEqualTo("0");
        assertThat(buffered.answer()).isEmpty();
    }

    @Test
    void shouldEndTheWaitOfJavaWhenACppPeerClosesTheChannel() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("channel-create", "c", "int32", 0);
        peer.ask("channel-create", "d", "int32", 0);
        Segment segment = bench.open();
        SharedChannel<Integer> c = SharedChannel.open(segment, "c", Codecs.int32());
        SharedChannel<Integer> d = SharedChannel.open(segment, "d", Codecs.int32());
        FutureTask<Integer> receiver = bench.beside(c::receive);
        FutureTask<Boolean> sender = bench.beside(() -> d.trySend(1, LONG));
        peer.ask("channel-close", "c", "int32");
        peer.ask("channel-close", "d", "int32");

        assertThat(receiver.get()).isNull();
        assertThat(sender.get()).isFalse();
    }

    @Test
    void shouldGoOnWhenACppReceiverIsKilledWhileItWaits() throws Exception {
        SharedChannel<Integer> channel = bench.create().create("c", SharedChannel.unbuffered(Codecs.int32()));
        Peer first = bench.attach(Language.CPP);
        first.begin("channel-receive", "c", "int32", 1);
        Peer observer = bench.attach(Language.CPP);
        Workbench.await(channel.segment(), () -> receivers(observer) == 1);
        first.kill();
        assertThat(receivers(observer)).as("the dead receiver still counts").isEqualTo(1);

        FutureTask<Integer> receiver = bench.beside(channel::receive);
        channel.send(7);
        assertThat(receiver.get()).isEqualTo(7);
        assertThat(receivers(observer)).as("repaired").isZero();
        Peer second = bench.attach(Language.CPP);
        second.begin("channel-receive", "c", "int32", 1);
        channel.send(8);
        assertThat(second.answer()).isEqualTo("8");
    }

    @Test
    void shouldReceiveWhatWasOfferedWhenACppSenderIsKilledWhileItWaits() throws Exception {
        SharedChannel<Integer> channel = bench.create().create("c", SharedChannel.unbuffered(Codecs.int32()));
        Peer first = bench.attach(Language.CPP);
        first.begin("channel-send", "c", "int32", 7);
        Workbench.await(channel.segment(), () -> channel.size() == 1);
        first.kill();

        assertThat(channel.receive()).isEqualTo(7);
        Peer second = bench.attach(Language.CPP);
        second.begin("channel-send", "c", "int32", 8);
        assertThat(channel.receive()).isEqualTo(8);
        assertThat(second.answer()).isEqualTo("1");
    }

    private static int receivers(Peer observer) {
        try {
            return Integer.parseInt(observer.ask("peek32", "c_header", 8));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    @Test
    void shouldRefuseWhenThePeersChannelIsOfAnotherKind() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("channel-create", "c", "int32", 4);
        peer.ask("channel-create", "d", "int32", 0);
        peer.ask("poke32", "d_header", 0, 12);
        Segment segment = bench.openImpatiently();

        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedChannel.open(segment, "c", Codecs.int64()))
                .withMessageContainingAll("name=c", "element size");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> segment.open("c", SharedChannel.unbuffered(Codecs.int32())))
                .withMessageContaining("name=c");
        assertThatExceptionOfType(StructureMismatchException.class)
                .isThrownBy(() -> SharedChannel.open(segment, "d", Codecs.int32()))
                .withMessageContaining("name=d");
    }
}

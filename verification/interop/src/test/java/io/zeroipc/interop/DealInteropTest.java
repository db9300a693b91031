package io.zeroipc.interop;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedMap;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;

import static org.assertj.core.api.Assertions.assertThat;

/** A record with every identifier, time and decimal, shared with a program in C++ and one that uses NumPy. */
@Tag("process")
class DealInteropTest {

    private static final List<Deal> DEALS = Deal.KIND.values();

    @RegisterExtension
    final Workbench bench = new Workbench();

    static Stream<Arguments> peers() {
        return Stream.of(Arguments.of("C++", Language.CPP.command()),
                Arguments.of("NumPy", Language.python("numpy")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peers")
    void shouldReadAndWriteTheSameElements(String name, List<String> command) throws Exception {
        SharedArray<Deal> array = SharedArray.create(bench.create(), "deals", Deal.KIND.codec(), 16);
        for (int i = 0; i < 8; i++) {
            array.set(i, DEALS.get(i));
        }
        Peer peer = bench.attach(command);

        assertThat(Deal.KIND.parse(peer.list("array-get", "deals", "deal", 0, 8))).isEqualTo(DEALS);
        peer.ask("array-set", Deal.KIND.with(DEALS, "deals", "deal", 8));
        for (int i = 0; i < 8; i++) {
            assertThat(array.get(8 + i)).isEqualTo(DEALS.get(i));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("peers")
    void shouldPassElementsBothWaysWhileBothRun(String name, List<String> command) throws Exception {
        bench.create();
        SharedQueue<Deal> requests = SharedQueue.create(bench.open(), "requests", Deal.KIND.codec(), 8);
        SharedQueue<Deal> replies = SharedQueue.create(bench.open(), "replies", Deal.KIND.codec(), 8);
        Peer peer = bench.attach(command);
        FutureTask<Void> sender = bench.beside(() -> {
            for (int round = 0; round < 50; round++) {
                for (Deal deal : DEALS) {
                    requests.put(deal);
                }
            }
            return null;
        });
        // The peer reads each field into a value of its own and writes a new element of these.
        peer.begin("deal-echo", "requests", "replies", 400);
        for (int i = 0; i < 400; i++) {
            assertThat(replies.take()).isEqualTo(DEALS.get(i % 8));
        }
        sender.get();
        assertThat(peer.answer()).isEmpty();
    }

    @Test
    void shouldAgreeOnTheRingThatCppWrites() throws Exception {
        Peer peer = bench.creator(Language.CPP);
        peer.ask("ring-create", "deals", "deal", 8);
        peer.ask("ring-write", Deal.KIND.with(DEALS, "deals", "deal"));
        SharedRing<Deal> ring = SharedRing.open(bench.open(), "deals", Deal.KIND.codec());
        try (RingReader<Deal> reader = ring.reader()) {
            for (Deal deal : DEALS) {
                assertThat(reader.poll()).isEqualTo(deal);
            }
        }
    }

    @Test
    void shouldFindKeysThatCppFindsWhenTheyAreTimes() throws Exception {
        SharedMap<Instant, Long> map = SharedMap.create(bench.create(), "moments", Codecs.instant(),
                Codecs.int64(), 16);
        map.put(Instant.ofEpochSecond(0, -3), 7L);
        Peer peer = bench.attach(Language.CPP);
        assertThat(peer.ask("map-get", "moments", "int64", -3)).isEqualTo("7");
    }

    @Test
    void shouldComputeWithTimesInNumpyWithoutAConversion() throws Exception {
        SharedArray<Deal> array = SharedArray.create(bench.create(), "deals", Deal.KIND.codec(), 8);
        for (int i = 0; i < 8; i++) {
            array.set(i, DEALS.get(i));
        }
        Peer peer = bench.attach(Language.python("numpy"));
        // Open ones, the earliest and the sum of the latencies of those without an end.
        assertThat(peer.ask("deal-statistics", "deals", bench.path()))
                .isEqualTo("3 1677-09-21T00:12:43.145224193 7000000");
    }
}

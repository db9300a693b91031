package io.zeroipc.spring.boot.test;

import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.codec.Codecs;
import io.zeroipc.codec.Length;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.collection.SharedSet;
import io.zeroipc.collection.SharedStack;
import io.zeroipc.flow.SharedChannel;
import io.zeroipc.flow.SharedState;
import io.zeroipc.flow.SharedStream;
import io.zeroipc.flow.StateWriter;
import io.zeroipc.segment.Segment;

import static io.zeroipc.spring.boot.test.ZeroIpcAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ZeroIpcAssertionsTests {

    enum Side {
        BUY, SELL
    }

    record Venue(short number) {}

    @SuppressWarnings("ArrayRecordComponent") // as in records of users, who compare bytes
    record Trade(int id, Side side, @Length(4) String symbol, @Length(2) double[] prices, @Length(2) byte[] flags,
            Venue venue) {}

    @TempDir
    static Path directory;

    private Segment segment;
    private SharedQueue<Trade> trades;

    @BeforeEach
    void create() {
        segment = Segment.at(directory.resolve("market")).size(1 << 16).recreate();
        trades = SharedQueue.create(segment, "trades", Codecs.record(Trade.class), 4);
    }

    @AfterEach
    void close() {
        segment.close();
    }

    private static Trade trade(int id) {
        return new Trade(id, Side.SELL, "ACME", new double[] {1.5, 2.5}, new byte[] {1, -1}, new Venue((short) 7));
    }

    private static void assertFails(Runnable assertion, String... parts) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(assertion::run)
                .satisfies(
                        error -> assertThat(error.getMessage()).contains(parts));
    }

    @Test
    void segmentIsDescribedByWhatIsInIt() {
        assertThat(segment).isAt(directory.resolve("market"))
                .hasByteSize(1 << 16)
                .hasStructure("trades", "queue")
                .hasNoStructure("orders")
                .hasExactlyStructures("trades");
        assertThat(segment).usage().isBetween(0.01, 0.99);
        assertThat(segment).structure("trades").hasType("queue");
    }

    @Test
    void segmentThatIsDifferentIsTold() {
        assertFails(() -> assertThat(segment).hasStructure("orders", "ring"), "Segment[market, path=",
                "to have structure <orders> of type <ring>", "but it has <trades> of type <queue>");
        assertFails(() -> assertThat(segment).hasStructure("trades", "ring"),
                "to have structure <trades> of type <ring>", "but its type is <queue>");
        assertFails(() -> assertThat(segment).hasNoStructure("trades"), "to have no structure <trades>",
                "but it has one of type <queue>");
        assertFails(() -> assertThat(segment).hasExactlyStructures("trades", "orders"), "structures of segment");
        assertFails(() -> assertThat(segment).isAt(directory.resolve("other")), "to be at <", "other>",
                "but it is at <");
        assertFails(() -> assertThat(segment).hasByteSize(1), "to have a size of <1> bytes", "but it has <65536>");
        assertFails(() -> assertThat(segment).usage().isEqualTo(1.0), "usage of segment Segment[market");
        assertFails(() -> assertThat(segment).structure("orders"), "to have structure <orders>");
    }

    @Test
    void queueIsLookedAtWithoutTakingAnything() {
        trades.offer(trade(1));
        trades.offer(trade(2));

        assertThat(trades).hasType("queue")
                .hasElementType(Trade.class.getName())
                .hasSize(2)
                .hasCapacity(4)
                .isNotEmpty()
                .containsExactly(trade(1), trade(2))
                .contains(trade(2))
                .doesNotContain(trade(3));
        assertThat(trades).usage().isEqualTo(0.5);
        assertThat(trades).contents().hasSize(2);
        assertThat(trades.size()).isEqualTo(2);
        assertThat(trades.poll()).usingRecursiveComparison().isEqualTo(trade(1));
        trades.poll();
        assertThat(trades).isEmpty().containsExactly();
    }

    @Test
    void recordIsEqualToAMapOfItsFields() {
        trades.offer(trade(1));

        assertThat(trades).containsExactly(Map.of("id", 1, "side", "SELL", "symbol", "ACME", "prices",
                new double[] {1.5, 2.5}, "flags", new byte[] {1, -1}, "venue", Map.of("number", 7)));
    }

    @Test
    void structureThatIsDifferentIsTold() {
        trades.offer(trade(1));

        assertFails(() -> assertThat(trades).hasType("ring"), "Expecting queue <market/trades>",
                "to be of type <ring>", "but it is of type <queue>");
        assertFails(() -> assertThat(trades).hasElementType("int32"), "to have elements of type <int32>",
                "but they are of type <" + Trade.class.getName() + ">");
        assertFails(() -> assertThat(trades).hasSize(2), "to have size <2>", "but it has size <1>");
        assertFails(() -> assertThat(trades).isEmpty(), "to be empty", "but it has size <1>");
        assertFails(() -> assertThat(trades).isFull(), "to be full", "but it has size <1> of <4>");
        assertFails(() -> assertThat(trades).hasCapacity(8), "to have a capacity of <8>", "but it has <4>");
        assertFails(() -> assertThat(trades).usage().isZero(), "usage of queue <market/trades>");
        assertFails(() -> assertThat(trades).containsExactly(trade(2)), "elements of queue <market/trades>",
                "\"id\"=1L", "\"id\"=2L", "\"side\"=\"SELL\"");
        trades.poll();
        assertFails(() -> assertThat(trades).isNotEmpty(), "queue <market/trades>", "not to be empty");
    }

    @Test
    void otherKindsAreLookedAtToo() {
        SharedRing<Long> ring = SharedRing.create(segment, "ring", Codecs.int64(), 4);
        try (RingWriter<Long> writer = ring.writer()) {
            writer.offer(1L);
            writer.offer(2L);
        }
        assertThat(ring).containsExactly(1, 2);
        SharedStream<Integer> stream = SharedStream.create(segment, "stream", Codecs.int32(), 4,
                SharedStream.Mode.COMPETING);
        stream.emit(5);
        stream.emit(6);
        assertThat(stream).containsExactly(5, 6);
        SharedState<String> state = SharedState.create(segment, "state", Codecs.string(8));
        assertThat(state).isEmpty().containsExactly();
        try (StateWriter<String> writer = state.writer()) {
            writer.set("old");
            writer.set("new");
        }
        assertThat(state).containsExactly("new");
        SharedChannel<Double> channel = SharedChannel.create(segment, "channel", Codecs.float64(), 2);
        channel.trySend(1.5);
        assertThat(channel).containsExactly(1.5);
        SharedStack<Integer> stack = SharedStack.create(segment, "stack", Codecs.int32(), 4);
        stack.push(1);
        stack.push(2);
        assertThat(stack).containsExactly(2, 1);
        SharedArray<Boolean> array = SharedArray.create(segment, "array", Codecs.bool(), 2);
        array.set(1, true);
        assertThat(array).containsExactly(false, true).isFull();
    }

    @Test
    void kindThatCannotBeLookedAtIsTold() {
        SharedSet<Integer> set = SharedSet.create(segment, "set", Codecs.int32(), 4);
        set.add(1);

        assertThat(set).hasSize(1);
        assertFails(() -> assertThat(set).contains(1), "set <market/set>", "to have elements that can be looked at");
    }
}

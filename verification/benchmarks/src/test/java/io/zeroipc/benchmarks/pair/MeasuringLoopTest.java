package io.zeroipc.benchmarks.pair;

import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.zeroipc.benchmarks.pair.Task.Workload;

import static org.assertj.core.api.Assertions.assertThat;

class MeasuringLoopTest {

    private static final long LONG = 3_600_000_000_000L;
    private static final int SIZE = 64;
    private static final int BUDGET = 128;

    enum Fault {
        CHANGE,
        LOSE,
        REPEAT,
        SWAP
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 16, 1024})
    void shouldFindNothingWhenMessagesArriveAsTheyWereSent(int size) {
        Outcome received = sendAndReceive(new FakeLink(size), size);
        assertThat(received.messages()).isEqualTo(BUDGET);
        assertThat(received.wrong()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellWhenAMessageDoesNotArriveAsItWasSent(Fault fault) {
        FakeLink link = new FakeLink(SIZE) {
            @Override
            void carry(byte[] message) {
                if (number(message) != 77) {
                    super.carry(message);
                    return;
                }
                switch (fault) {
                    case CHANGE -> {
                        message[SIZE / 2]++;
                        super.carry(message);
                    }
                    case LOSE -> {
                        // it is not carried
                    }
                    case REPEAT -> {
                        super.carry(message);
                        super.carry(message);
                    }
                    case SWAP -> {
                        byte[] before = messages.removeLast();
                        super.carry(message);
                        super.carry(before);
                    }
                }
            }
        };
        assertThat(sendAndReceive(link, SIZE).wrong()).isPositive();
    }

    private static Outcome sendAndReceive(FakeLink link, int size) {
        Task task = new Task(Workload.THROUGHPUT, true, LONG, 0);
        Loop loop = Loop.copy().get();
        Outcome sent = loop.produce(link, task, size, 0, BUDGET);
        assertThat(sent.messages()).isEqualTo(BUDGET);
        // The end of the slice, as the other side sends it.
        byte[] end = new byte[size];
        java.util.Arrays.fill(end, (byte) -1);
        link.messages.add(end);
        return Loop.copy().get().consume(new FakeLink(size), link, task, size, new AtomicBoolean());
    }

    @Test
    void shouldCountAStallForEachMessageThatItHeldUpWhenTheLoopIsOpen() {
        int perSecond = 10_000;
        long stall = 20_000_000;
        FakeLink link = new FakeLink(SIZE) {
            @Override
            void carry(byte[] message) {
                super.carry(message);
                if (number(message) == 100) {
                    long end = System.nanoTime() + stall;
                    while (System.nanoTime() < end) {
                        Thread.onSpinWait();
                    }
                }
            }
        };
        Task task = new Task(Workload.OPEN_LOOP, true, 50_000_000, perSecond);
        Outcome outcome = Loop.copy().get().roundTrips(link, link, task, SIZE, Long.MAX_VALUE);
        assertThat(outcome.messages() + outcome.late()).isEqualTo(500);
        assertThat(outcome.times().getTotalCount()).isEqualTo(500);
        // 200 messages should have been sent during the stall, the first half of them 10 ms and more before it ended.
        assertThat(outcome.times().getCountBetweenValues(stall / 2, Long.MAX_VALUE / 4)).isGreaterThanOrEqualTo(100);
    }

    @Test
    void shouldHaveACopyOfItsCodeForEachKindOfConnection() {
        assertThat(Loop.copy().get().getClass()).isNotSameAs(Loop.copy().get().getClass());
    }
}

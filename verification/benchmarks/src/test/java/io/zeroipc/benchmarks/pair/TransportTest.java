package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.zeroipc.benchmarks.pair.Place.Side;
import io.zeroipc.benchmarks.pair.Task.Workload;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

/** Each transport carries what it is given, in order: its own bytes in every message, which the other side compares. */
@Tag("process")
class TransportTest {

    private static final int MESSAGES = 1_000;
    private static final Task ROUND_TRIP = new Task(Workload.ROUND_TRIP, true, 1, 0);

    @TempDir
    static Path directory;

    private static @Nullable Peer driver;
    private static @Nullable ExecutorService partner;

    @BeforeAll
    static void startDriver() throws Exception {
        partner = Executors.newSingleThreadExecutor();
        driver = new Peer("driver", "0,1", AeronLink.Driver.class, directory, directory.resolve("driver.log"));
        driver.answer();
    }

    @AfterAll
    static void stopDriver() {
        AeronLink.closeAll();
        if (driver != null) {
            driver.close();
        }
        if (partner != null) {
            partner.close();
        }
    }

    static Stream<Arguments> carried() {
        return Stream.of(Transport.values())
                .flatMap(transport -> IntStream.of(8, 1024, 65536)
                        .filter(size -> transport.refusal(ROUND_TRIP, size) == null)
                        .mapToObj(size -> Arguments.of(transport, size)));
    }

    @ParameterizedTest
    @MethodSource("carried")
    void shouldCarryEveryMessageInOrderBothWaysWhenBothSidesAreOpen(Transport transport, int size) throws Exception {
        String name = transport.label() + "-" + size;
        try (Link active = transport.open(new Place(directory, name, Side.ACTIVE, size));
                Link passive = transport.open(new Place(directory, name, Side.PASSIVE, size))) {
            active.connect();
            passive.connect();
            carry(active, passive, size);
            carry(passive, active, size);
        }
    }

    private static void carry(Link from, Link to, int size) throws Exception {
        Future<Long> received = partner.submit(() -> receive(to.receiver(), size));
        Link.Sender sender = from.sender();
        for (long number = 0; number < MESSAGES; number++) {
            long offset = sender.tryClaim();
            while (offset == Link.Sender.FULL) {
                checkRunning(received);
                offset = sender.tryClaim();
            }
            for (int i = 0; i < size; i += Long.BYTES) {
                sender.memory().set(JAVA_LONG_UNALIGNED, offset + i, word(number, i));
            }
            sender.commit();
        }
        while (!sender.flush()) {
            checkRunning(received);
        }
        assertThat(received.get()).isEqualTo(MESSAGES);
    }

    /** A receiver that has failed says why, and does not leave the sender at a full transport. */
    private static void checkRunning(Future<Long> received) throws Exception {
        if (received.state() == Future.State.FAILED) {
            received.get();
        }
        LockSupport.parkNanos(1_000);
    }

    private static long receive(Link.Receiver receiver, int size) {
        long[] next = {0};
        while (next[0] < MESSAGES) {
            if (receiver.poll((memory, offset) -> check(memory, offset, size, next[0]++), 16) == 0) {
                LockSupport.parkNanos(1_000);
            }
        }
        return next[0];
    }

    private static void check(MemorySegment memory, long offset, int size, long number) {
        for (int i = 0; i < size; i += Long.BYTES) {
            if (memory.get(JAVA_LONG_UNALIGNED, offset + i) != word(number, i)) {
                throw new AssertionError("message " + number + " is changed at " + i);
            }
        }
    }

    private static long word(long number, int at) {
        return (number * 1_000_003 + at) * 0x9e3779b97f4a7c15L;
    }
}

package io.zeroipc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import io.zeroipc.segment.Segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A segment is closed at a random moment while threads of the same JVM work in it. Whatever they did, they end with the
 * documented exception, the structure goes on for everybody else, and nothing of the mapping is left. A package's test extends
 * this class and lists what threads do.
 */
public abstract class ClosingContract {

    private static final int ROUNDS = 300;
    /** Closing is the same there but for the locks, and everything is tested with native access, too. */
    private static final int ROUNDS_WITHOUT_NATIVE_ACCESS = 100;
    private static final int ROUNDS_OF_STRESS = 10_000;
    protected static final int THREADS = 2;
    private static final int MICROS_MAX = 150;
    private static final long SEGMENT_SIZE = 1 << 18;

    /** What threads do, over and over, until the segment is closed: see {@link #working}. */
    public record Scenario(String name, Function<Segment, Rounds> begin) {}

    /** A structure that a scenario has created in the segment that stays open. */
    public interface Rounds {

        /**
         * One thread's work in a new mapping of the segment, which will be closed under it.
         *
         * @param thread 0 or 1
         */
        Waiter.Action open(Segment closing, int thread);

        /** After the close: fails unless the structure works, seen from the segment that stays open. */
        void check() throws Exception;
    }

    /** What to do; each scenario is run on its own. */
    protected abstract Stream<Scenario> scenarios();

    /** A scenario: {@code create} makes the structure, {@code open} opens it and says what to repeat, {@code check} judges it. */
    protected static <S> Scenario working(String name, Function<Segment, S> create, Opening open, Checking<S> check) {
        return new Scenario(name, keep -> {
            S structure = create.apply(keep);
            return new Rounds() {
                @Override
                public Waiter.Action open(Segment closing, int thread) {
                    return open.open(closing, thread);
                }

                @Override
                public void check() throws Exception {
                    check.check(structure);
                }
            };
        });
    }

    /** What one thread repeats. */
    @FunctionalInterface
    public interface Opening {
        Waiter.Action open(Segment closing, int thread);
    }

    /** How to judge the structure that stayed. */
    @FunctionalInterface
    public interface Checking<S> {
        void check(S structure) throws Exception;
    }

    @TestFactory
    Stream<DynamicTest> shouldLeaveTheStructureWholeWhenTheSegmentIsClosedAtAnyMoment() {
        return tests(ClosingContract.class.getModule().isNativeAccessEnabled()
                ? ROUNDS
                : ROUNDS_WITHOUT_NATIVE_ACCESS);
    }

    @TestFactory
    @Tag("stress")
    Stream<DynamicTest> shouldLeaveTheStructureWholeWhenTheSegmentIsClosedVeryOften() {
        return tests(ROUNDS_OF_STRESS);
    }

    private Stream<DynamicTest> tests(int rounds) {
        long seed = Seeds.next();
        return scenarios().map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> run(scenario, rounds, seed)));
    }

    private static void run(Scenario scenario, int rounds, long seed) throws Exception {
        Random random = Seeds.of(seed, 0);
        Path directory = Files.createTempDirectory("zeroipc-closing-");
        Path path = directory.resolve("segment");
        try (Segment keep = Segment.at(path).size(SEGMENT_SIZE).create()) {
            Rounds structure = scenario.begin().apply(keep);
            for (int round = 0; round < rounds; round++) {
                Segment closing = Segment.at(path).open();
                CountDownLatch ready = new CountDownLatch(THREADS);
                List<Waiter<Boolean>> threads = new ArrayList<>();
                try {
                    for (int i = 0; i < THREADS; i++) {
                        Waiter.Action turn = structure.open(closing, i);
                        threads.add(Waiter.running(() -> {
                            ready.countDown();
                            while (true) {
                                turn.run();
                            }
                        }));
                    }
                    ready.await();
                    pass(random.nextInt(MICROS_MAX));
                } finally {
                    closing.close();
                }
                for (Waiter<Boolean> thread : threads) {
                    assertThat(thread.failure())
                            .as("round %d", round)
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageStartingWith("segment is closed: segment=");
                }
                structure.check();
                // The one that stays, and none of those that were closed. At once, but for a position that was given up and
                // whose turn came with the check.
                int closed = round;
                await().pollDelay(Duration.ZERO)
                        .untilAsserted(() -> assertThat(mappings(path)).as("round %d", closed).isEqualTo(1));
            }
        } finally {
            Files.deleteIfExists(path.resolveSibling("segment.zipc"));
            Files.deleteIfExists(path.resolveSibling("segment.zipc-live"));
            Files.deleteIfExists(path);
            Files.delete(directory);
        }
    }

    /** Not a wait for anything: the moment of the close is to be any. */
    private static void pass(int micros) {
        long end = System.nanoTime() + micros * 1_000L;
        while (System.nanoTime() - end < 0) {
            if (micros % 3 == 0) {
                LockSupport.parkNanos(1_000);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    /** How often this process maps a file. */
    public static long mappings(Path path) {
        try {
            // By inode: the file had another name when its creator mapped it.
            return mappings(Files.getAttribute(path, "unix:ino"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How often this process maps a file of which only the inode is known any more. */
    public static long mappings(Object inode) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.split(" +", 6)[4].equals(inode.toString())).count();
        }
    }
}

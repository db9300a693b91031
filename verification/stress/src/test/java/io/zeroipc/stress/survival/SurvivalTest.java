package io.zeroipc.stress.survival;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Processes are killed at random moments, at every structure, and the others keep what it promises. */
@Tag("process")
@Tag("slow")
class SurvivalTest {

    /** The main program has the limit that is promised; a build beside others only wants to see that it goes on. */
    private static final long LIMIT_MILLIS = 20_000;
    private static final long MOST_SECONDS = 7_200;

    @Test
    void shouldKeepPromisesWhenProcessesAreKilled() throws Exception {
        assertKept(300, 25);
    }

    @Test
    @Tag("stress")
    void shouldKeepPromisesWhenTenThousandProcessesAreKilled() throws Exception {
        assertKept(10_000, 100);
    }

    private static void assertKept(int kills, int perRound) throws Exception {
        long seed = ThreadLocalRandom.current().nextLong(1_000_000_007);
        System.out.println("survival seed: " + seed);
        try (Survival survival = new Survival(true, LIMIT_MILLIS, SurvivalTest::print)) {
            Findings findings = survival.run(List.copyOf(Structures.names()), kills, perRound, MOST_SECONDS, seed);
            System.out.println(survival.table());
            assertThat(findings.isEmpty()).as("seed %s: %s", seed, findings).isTrue();
        }
    }

    private static void print(String line) {
        System.out.println(line);
    }
}

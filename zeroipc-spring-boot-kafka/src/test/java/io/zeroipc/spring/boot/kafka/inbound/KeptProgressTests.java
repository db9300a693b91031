package io.zeroipc.spring.boot.kafka.inbound;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.zeroipc.RoleTakenException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a bridge keeps, and what the next process makes of it. */
class KeptProgressTests {

    private static final UUID RING = UUID.randomUUID();
    private static final UUID ORIGIN = UUID.randomUUID();

    @TempDir
    private Path directory;

    private KeptProgress open() {
        return KeptProgress.open(directory, "kept", KeptProgress.ORIGINS_MAX);
    }

    /** Two partitions in turn, from offset 100 and 200 on; every third record has no origin. */
    private static Chunk chunk() {
        Chunk chunk = new Chunk();
        for (int i = 0; i < 12; i++) {
            int partition = i % 2;
            chunk.add(i, partition, 100 + partition * 100 + i / 2,
                    i % 3 == 0 ? null : new Chunk.Place(ORIGIN, 1000 + i));
        }
        return chunk;
    }

    @Test
    void ringTellsHowMuchOfAChunkHasArrived() {
        for (int arrived = 0; arrived <= 12; arrived++) {
            try (KeptProgress kept = KeptProgress.open(directory, "kept" + arrived, KeptProgress.ORIGINS_MAX)) {
                kept.progress().advance(0, 100);
                kept.progress().advance(1, 200);
                kept.progress().announce(RING, 5000, chunk());
            }
            for (int attempt = 0; attempt < 2; attempt++) {
                try (KeptProgress kept = KeptProgress.open(directory, "kept" + arrived, KeptProgress.ORIGINS_MAX)) {
                    kept.progress().resolve(RING, 5000 + arrived, kept.seen());
                    assertThat(kept.progress().next(0)).isEqualTo(100 + (arrived + 1) / 2);
                    assertThat(kept.progress().next(1)).isEqualTo(200 + arrived / 2);
                    for (int i = 0; i < 12; i++) {
                        assertThat(kept.seen().contains(ORIGIN, 1000 + i, i % 2)).isEqualTo(i < arrived && i % 3 != 0);
                    }
                }
            }
        }
    }

    @Test
    void nothingOfAChunkIsInAnotherRing() {
        try (KeptProgress kept = open()) {
            kept.progress().announce(RING, 5000, chunk());
        }
        try (KeptProgress kept = open()) {
            kept.progress().resolve(UUID.randomUUID(), 6000, kept.seen());
            assertThat(kept.progress().next(0)).isEqualTo(-1);
            kept.progress().announce(RING, 5000, chunk());
            kept.progress().resolve(RING, 10, kept.seen());
            assertThat(kept.progress().next(0)).isEqualTo(-1);
        }
    }

    @Test
    void whatWasFoundOutOfAChunkIsOver() {
        try (KeptProgress kept = open()) {
            kept.progress().announce(RING, 5000, chunk());
        }
        try (KeptProgress kept = open()) {
            kept.progress().resolve(UUID.randomUUID(), 6000, kept.seen());
        }
        try (KeptProgress kept = open()) {
            kept.progress().resolve(RING, 9000, kept.seen());
            assertThat(kept.progress().next(0)).isEqualTo(-1);
            assertThat(kept.seen().contains(ORIGIN, 1001, 1)).isFalse();
        }
    }

    @Test
    void whatWasStoredIsOver() {
        try (KeptProgress kept = open()) {
            Chunk chunk = chunk();
            kept.progress().announce(RING, 5000, chunk);
            chunk.pushed(5, kept.seen());
            chunk.settle(kept.progress());
            kept.progress().store();
        }
        try (KeptProgress kept = open()) {
            kept.progress().resolve(RING, 9000, kept.seen());
            assertThat(kept.progress().next(0)).isEqualTo(103);
            assertThat(kept.progress().next(1)).isEqualTo(202);
        }
    }

    @Test
    void oneProcessCarriesABridge() {
        try (KeptProgress _ = open()) {
            assertThatThrownBy(this::open).isInstanceOf(RoleTakenException.class);
        }
        open().close();
    }

    @Test
    void positionsAreKnownThatHaveArrived() {
        Random random = new Random(1);
        Map<UUID, Set<Long>> arrived = new HashMap<>();
        UUID[] origins = {UUID.randomUUID(), UUID.randomUUID(), UUID.randomUUID()};
        long[] highest = new long[origins.length];
        for (int round = 0; round < 4; round++) {
            try (KeptProgress kept = open()) {
                SeenPositions seen = kept.seen();
                for (int i = 0; i < 60_000; i++) {
                    int index = random.nextInt(origins.length);
                    // Forward mostly, sometimes far, and back by less than the window.
                    long position = random.nextInt(5) > 0
                            ? highest[index] + random.nextInt(random.nextInt(500) == 0 ? 100_000 : 3)
                            : Math.max(0, highest[index] - random.nextInt(SeenPositions.WINDOW - 1));
                    Set<Long> known = arrived.computeIfAbsent(origins[index], _ -> new HashSet<>());
                    assertThat(seen.contains(origins[index], position, 0)).isEqualTo(known.contains(position));
                    seen.mark(origins[index], position, 0);
                    known.add(position);
                    highest[index] = Math.max(highest[index], position);
                }
            }
        }
    }

    @Test
    void partitionThatIsFarBehindLosesNothing() {
        try (KeptProgress kept = open()) {
            SeenPositions seen = kept.seen();
            seen.mark(ORIGIN, 1_000_000, 0);
            for (long position = 0; position < 100; position++) {
                assertThat(seen.contains(ORIGIN, position, 1)).isFalse();
                seen.mark(ORIGIN, position, 1);
                assertThat(seen.contains(ORIGIN, position, 1)).isTrue();
            }
        }
    }

    @Test
    void positionsFromBeforeTheWindowAreKnownByTheirPartition() {
        try (KeptProgress kept = open()) {
            SeenPositions seen = kept.seen();
            for (long position = 0; position < 3 * SeenPositions.WINDOW; position++) {
                seen.mark(ORIGIN, position, (int) (position % 2));
            }
        }
        try (KeptProgress kept = open()) {
            assertThat(kept.seen().contains(ORIGIN, 10, 0)).isTrue();
            assertThat(kept.seen().contains(ORIGIN, 11, 1)).isTrue();
            assertThat(kept.seen().contains(ORIGIN, 10, 2)).isFalse();
        }
    }

    @Test
    void positionsAreThoseOfOneOriginOnly() {
        try (KeptProgress kept = KeptProgress.open(directory, "many", 257)) {
            for (int number = 1; number <= 257; number++) {
                kept.seen().mark(new UUID(number, number), number, 0);
            }
            assertThat(kept.seen().evicted()).isZero();
        }
        try (KeptProgress kept = KeptProgress.open(directory, "many", 257)) {
            for (int number = 1; number <= 257; number++) {
                assertThat(kept.seen().contains(new UUID(number, number), number, 0)).isTrue();
                assertThat(kept.seen().contains(new UUID(number, number), number - 1, 0)).isFalse();
            }
        }
    }

    @Test
    void progressIsKnownAgainByItsName() {
        String id;
        try (KeptProgress kept = open()) {
            id = kept.progress().id();
            kept.progress().advance(0, 1);
            kept.progress().store();
        }
        try (KeptProgress kept = open(); KeptProgress other = KeptProgress.open(directory, "other", 1)) {
            assertThat(kept.progress().id()).isEqualTo(id);
            assertThat(other.progress().id()).isNotEqualTo(id);
        }
    }

    @Test
    void originOfLongAgoMakesRoomForANewOne() {
        try (KeptProgress kept = KeptProgress.open(directory, "few", 2)) {
            SeenPositions seen = kept.seen();
            UUID second = UUID.randomUUID();
            UUID third = UUID.randomUUID();
            seen.mark(ORIGIN, 7, 0);
            seen.mark(second, 7, 0);
            seen.mark(ORIGIN, 8, 0);
            seen.mark(third, 9, 0);
            assertThat(seen.evicted()).isEqualTo(1);
            assertThat(seen.contains(second, 7, 0)).isFalse();
            assertThat(seen.contains(ORIGIN, 7, 0)).isTrue();
            assertThat(seen.contains(third, 7, 0)).isFalse();
            assertThat(seen.contains(third, 9, 0)).isTrue();
        }
    }

    @Test
    void originThatTakesTheRoomOfAnotherKnowsNothingOfItsPositions() {
        try (KeptProgress kept = KeptProgress.open(directory, "one", 1)) {
            SeenPositions seen = kept.seen();
            seen.mark(ORIGIN, 1_000_000, 1);
            UUID second = UUID.randomUUID();
            seen.mark(second, 500_000, 0);
            // Before the window, where the highest position of its partition says it.
            assertThat(seen.contains(second, 7, 1)).isFalse();
            assertThat(seen.contains(second, 7, 0)).isTrue();
        }
    }
}

package io.zeroipc.memory;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import io.zeroipc.memory.ElementScratch.Lease;
import io.zeroipc.testing.Allocation;

import static org.assertj.core.api.Assertions.assertThat;

class ElementScratchTest {

    private final ElementScratch scratch = new ElementScratch(24);

    @Test
    void shouldGiveOtherMemoryWhenTheFirstIsStillInUse() {
        long first;
        try (Lease outer = scratch.take(); Lease inner = scratch.take()) {
            first = outer.memory().address();
            assertThat(inner.memory().address()).isNotEqualTo(first);
            assertThat(inner.memory().byteSize()).isEqualTo(24);
        }
        try (Lease again = scratch.take()) {
            assertThat(again.memory().address()).isEqualTo(first);
        }
    }

    @Test
    void shouldAllocateNothingWhenTakenAgainAndAgain() {
        Allocation.assertNoneBy(() -> {
            for (int i = 0; i < 1_000; i++) {
                try (Lease lease = scratch.take()) {
                    Atomics.putLong(lease.memory(), 0, i);
                }
            }
        });
    }

    @Test
    void shouldHandMemoryOnWhenVirtualThreadsComeOneAfterTheOther() throws Exception {
        Set<Long> addresses = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 500; i++) {
            Thread.ofVirtual().start(() -> {
                try (Lease lease = scratch.take()) {
                    addresses.add(lease.memory().address());
                }
            }).join();
        }
        assertThat(addresses).hasSizeBetween(1, 16);
    }

    @Test
    void shouldGiveEachItsOwnWhenVirtualThreadsRunAtOnce() throws Exception {
        int count = 100;
        Set<Long> addresses = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(count);
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            threads[i] = Thread.ofVirtual().start(() -> {
                try (Lease lease = scratch.take()) {
                    addresses.add(lease.memory().address());
                    all.countDown();
                    all.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (Thread each : threads) {
            each.join();
        }
        assertThat(addresses).hasSize(count);
    }
}

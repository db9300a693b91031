package io.zeroipc.sync;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.SharedArray;
import io.zeroipc.segment.Segment;

/**
 * Another process on the structures of the tests' segments. Reads lines of a path, what to do, and numbers; says {@code done}
 * after each. When it is to be killed while it holds something, it says {@code holding} and waits.
 */
final class SyncChild {

    private SyncChild() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\\|");
            try (Segment segment = Segment.at(Path.of(words[0])).recovery(false).open()) {
                run(segment, words, input);
            }
            System.out.println("done");
        }
    }

    private static void run(Segment segment, String[] words, BufferedReader input) throws InterruptedException {
        switch (words[1]) {
            case "increment under mutex" -> incrementUnder(SharedMutex.open(segment, "lock"), segment, words[2]);
            case "increment under rwlock" -> incrementUnder(SharedRwLock.open(segment, "lock").writeLock(), segment,
                    words[2]);
            case "acquire" -> {
                SharedSemaphore.open(segment, "semaphore").acquire();
                hold(input);
            }
            case "lock monitor" -> {
                SharedMonitor monitor = SharedMonitor.open(segment, "monitor");
                while (monitor.waiting() == 0) {
                    Thread.onSpinWait();
                }
                monitor.lock();
                hold(input);
            }
            case "meet" -> meet(segment, Integer.parseInt(words[2]), Integer.parseInt(words[3]));
            case "count down" -> SharedLatch.open(segment, "latch").countDown();
            case "run once" -> SharedOnce.open(segment, "once")
                    .run(() -> SharedCounter.open(segment, "counter").incrementAndGet());
            case "die running" -> SharedOnce.open(segment, "once").run(() -> hold(input));
            case "await event" -> {
                SharedEvent.open(segment, "event").await();
                SharedCounter.open(segment, "counter").incrementAndGet();
            }
            case "count" -> {
                SharedCounter counter = SharedCounter.open(segment, "counter");
                for (int i = Integer.parseInt(words[2]); i > 0; i--) {
                    counter.incrementAndGet();
                }
            }
            case "answer" -> answer(segment, Integer.parseInt(words[2]));
            default -> throw new IllegalArgumentException(words[1]);
        }
    }

    /** Makes every odd number even. */
    private static void answer(Segment segment, int times) throws InterruptedException {
        SharedMonitor monitor = SharedMonitor.open(segment, "monitor");
        SharedCounter counter = SharedCounter.open(segment, "counter");
        for (int i = 0; i < times; i++) {
            try (Guard _ = monitor.guard()) {
                monitor.awaitUntil(() -> counter.get() % 2 == 1);
                counter.incrementAndGet();
                // Who waits waits for different things: one signal could reach the wrong one.
                monitor.signalAll();
            }
        }
    }

    private static void incrementUnder(GuardedLock lock, Segment segment, String times) throws InterruptedException {
        SharedArray<Long> array = SharedArray.open(segment, "array", Codecs.int64());
        for (int i = Integer.parseInt(times); i > 0; i--) {
            try (Guard _ = lock.guard()) {
                array.set(0, array.get(0) + 1);
            }
        }
    }

    /** Shows its round in a slot of its own, and compares all slots after each meeting. */
    private static void meet(Segment segment, int slot, int rounds) throws InterruptedException {
        SharedBarrier barrier = SharedBarrier.open(segment, "barrier");
        SharedArray<Long> array = SharedArray.open(segment, "array", Codecs.int64());
        for (long round = 1; round <= rounds; round++) {
            array.set(slot, round);
            barrier.await();
            for (int i = 0; i < array.capacity(); i++) {
                if (array.get(i) != round) {
                    throw new AssertionError("out of step: slot=" + i + ", round=" + round + ", seen=" + array.get(i));
                }
            }
            barrier.await();
        }
    }

    private static void hold(BufferedReader input) {
        System.out.println("holding");
        try {
            input.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

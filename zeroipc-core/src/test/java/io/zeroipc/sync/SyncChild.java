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
 * Another process on the structures of a test's segment. Says {@code ready}, reads a line, does what its second argument
 * says, and says {@code done}; those that are to be killed say {@code holding} and wait.
 */
final class SyncChild {

    private SyncChild() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            System.out.println("ready");
            input.readLine();
            switch (arguments[1]) {
                case "increment under mutex" -> incrementUnderMutex(segment, Integer.parseInt(arguments[2]));
                case "acquire" -> {
                    SharedSemaphore.open(segment, "semaphore").acquire();
                    hold(input);
                }
                case "meet" -> meet(segment, Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
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
                    for (int i = Integer.parseInt(arguments[2]); i > 0; i--) {
                        counter.incrementAndGet();
                    }
                }
                default -> throw new IllegalArgumentException(arguments[1]);
            }
            System.out.println("done");
        }
    }

    private static void incrementUnderMutex(Segment segment, int times) throws InterruptedException {
        SharedMutex mutex = SharedMutex.open(segment, "mutex");
        SharedArray<Long> array = SharedArray.open(segment, "array", Codecs.int64());
        for (int i = 0; i < times; i++) {
            try (Guard _ = mutex.guard()) {
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

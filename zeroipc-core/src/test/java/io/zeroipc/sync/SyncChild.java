package io.zeroipc.sync;

import java.io.BufferedReader;
import java.io.InputStreamReader;
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
                    System.out.println("holding");
                    input.readLine();
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
}

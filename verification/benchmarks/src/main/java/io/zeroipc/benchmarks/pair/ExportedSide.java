package io.zeroipc.benchmarks.pair;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

import io.zeroipc.codec.Codecs;
import io.zeroipc.collection.LongQueueView;
import io.zeroipc.collection.LongRing;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedQueue;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;

/**
 * One side of {@link Exporting} in Java: {@code produce STRUCTURE MILLIS} or {@code consume STRUCTURE} on its standard input, and how
 * many elements in how many nanoseconds on its output. {@code exported.cpp} does the same.
 */
final class ExportedSide {

    private static final long END = -1;
    private static final long NOTHING = Long.MIN_VALUE;
    /** Elements between two looks at the clock. */
    private static final int BATCH = 256;

    private ExportedSide() {
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(Worker.ANSWER + answer(segment, line.split(" ")));
            }
        }
    }

    private static String answer(Segment segment, String[] words) {
        try {
            boolean produces = words[0].equals("produce");
            if (words[1].equals("ring")) {
                SharedRing<Long> ring = SharedRing.open(segment, "ring", Codecs.int64());
                return produces ? produceToRing(ring, words[2]) : consumeFromRing(ring);
            }
            LongQueueView queue = SharedQueue.open(segment, "queue", Codecs.int64()).asLongs();
            return produces ? produce(words[2], queue::offer) : consume(() -> queue.poll(NOTHING));
        } catch (RuntimeException e) {
            return Worker.FAILED + e;
        }
    }

    private static String produceToRing(SharedRing<Long> ring, String millis) {
        try (RingWriter<Long> writer = ring.writer()) {
            return produce(millis, writer.asLongs()::offer);
        }
    }

    private static String consumeFromRing(SharedRing<Long> ring) {
        try (RingReader<Long> reader = ring.reader()) {
            LongRing.Reader longs = reader.asLongs();
            return consume(() -> longs.poll(NOTHING));
        }
    }

    private static String produce(String millis, LongPredicate offer) {
        long began = System.nanoTime();
        long lasts = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(millis));
        long number = 0;
        while (System.nanoTime() - began < lasts) {
            for (int i = 0; i < BATCH; i++) {
                while (!offer.test(number)) {
                    Thread.onSpinWait();
                }
                number++;
            }
        }
        while (!offer.test(END)) {
            Thread.onSpinWait();
        }
        return found(number, began);
    }

    private static String consume(LongSupplier poll) {
        long element = take(poll);
        long began = System.nanoTime();
        long number = 0;
        while (element != END) {
            if (element != number) {
                throw new IllegalStateException("element is missing or out of order: expected=" + number + ", got="
                        + element);
            }
            number++;
            element = take(poll);
        }
        return found(number, began);
    }

    private static long take(LongSupplier poll) {
        long element = poll.getAsLong();
        while (element == NOTHING) {
            Thread.onSpinWait();
            element = poll.getAsLong();
        }
        return element;
    }

    private static String found(long count, long began) {
        return count + " " + (System.nanoTime() - began);
    }
}

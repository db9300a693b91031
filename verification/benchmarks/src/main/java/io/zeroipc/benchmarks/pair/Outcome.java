package io.zeroipc.benchmarks.pair;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.zip.DataFormatException;

import org.HdrHistogram.Histogram;

/**
 * What one side saw in a slice.
 *
 * @param messages sent by the active side, received by the passive one
 * @param nanos from the first message to the last, as this side saw it
 * @param wrong messages that were changed on the way, missing or out of order
 * @param late messages of an open loop that had not come back when it was given up
 * @param times in nanoseconds; empty where none are taken
 */
record Outcome(long messages, long nanos, long wrong, long late, Histogram times) {

    private static final long LONGEST = 600_000_000_000L;

    static Histogram histogram() {
        return new Histogram(LONGEST, 3);
    }

    static void add(Histogram histogram, long nanos) {
        histogram.recordValue(Math.clamp(nanos, 0, LONGEST));
    }

    double perSecond() {
        return nanos == 0 ? 0 : messages * 1e9 / nanos;
    }

    Outcome and(Outcome other) {
        times.add(other.times);
        return new Outcome(messages + other.messages, Math.max(nanos, other.nanos), wrong + other.wrong,
                late + other.late, times);
    }

    String toLine() {
        ByteBuffer bytes = ByteBuffer.allocate(times.getNeededByteBufferCapacity());
        int length = times.encodeIntoCompressedByteBuffer(bytes);
        byte[] packed = new byte[length];
        bytes.get(0, packed);
        return messages + " " + nanos + " " + wrong + " " + late + " " + Base64.getEncoder().encodeToString(packed);
    }

    static Outcome parse(String line) {
        String[] words = line.split(" ");
        try {
            Histogram times = Histogram
                    .decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getDecoder().decode(words[4])), 0);
            return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]),
                    Long.parseLong(words[3]), times);
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("outcome is not readable: " + line, e);
        }
    }
}

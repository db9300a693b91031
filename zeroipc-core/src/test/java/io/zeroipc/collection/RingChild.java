package io.zeroipc.collection;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Checked;

/**
 * A process that writes numbered elements. Arguments: path, ring, whether it overwrites, how many; it begins at the number
 * that the ring has reached.
 */
final class RingChild {

    private RingChild() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        boolean overwrite = Boolean.parseBoolean(arguments[2]);
        long count = Long.parseLong(arguments[3]);
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            SharedRing<Checked> ring = segment.open(arguments[1], SharedRing.spec(Checked.CODEC, 0, overwrite));
            RingWriter<Checked> writer = ring.writer();
            System.out.println("ready");
            input.readLine();
            Thread.ofPlatform().daemon().start(() -> write(writer, ring.totalWritten(), count));
            // Ends with the parent, should that forget this child.
            input.transferTo(Writer.nullWriter());
            Runtime.getRuntime().halt(0);
        }
    }

    private static void write(RingWriter<Checked> writer, long first, long count) {
        try (writer) {
            for (long number = first; number < first + count; number++) {
                writer.put(Checked.of(number));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        System.out.println("written");
    }
}

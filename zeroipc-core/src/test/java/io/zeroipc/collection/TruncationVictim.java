package io.zeroipc.collection;

import java.nio.file.Path;

import io.zeroipc.SegmentDetachedException;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;

/**
 * A process whose segment is truncated while it works on a queue of it. Says {@code typed} when the operation itself
 * failed with the exception promised, {@code translated} when the JVM's error had to be translated, as the container
 * and the template do. Arguments: path, {@code busy}, {@code waiting}, {@code asking} or
 * {@code opening}.
 */
final class TruncationVictim {

    private TruncationVictim() {
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            SharedQueue<Long> queue = SharedQueue.open(segment, "queue", Codecs.int64());
            switch (arguments[1]) {
                case "asking" -> repeat(segment::entries);
                case "opening" -> repeat(() -> segment.open("queue", SharedQueue.spec(Codecs.int64(), 0)));
                default -> {
                    // One that works on elements.
                }
            }
            try {
                if (arguments[1].equals("waiting")) {
                    System.out.println("running");
                    queue.take();
                } else {
                    work(queue);
                }
            } catch (SegmentDetachedException e) {
                System.out.println("typed");
            } catch (InternalError e) {
                RuntimeException translated = segment.attachment().translate(e);
                System.out.println(translated instanceof SegmentDetachedException ? "translated" : "untranslated");
            }
        }
    }

    private static void repeat(Runnable work) {
        System.out.println("running");
        try {
            while (true) {
                work.run();
            }
        } catch (SegmentDetachedException e) {
            System.out.println("typed");
            System.exit(0);
        }
    }

    private static void work(SharedQueue<Long> queue) {
        long sum = 0;
        for (long i = 0; i < Long.MAX_VALUE; i++) {
            queue.offer(i);
            Long element = queue.poll();
            sum += element == null ? 0 : element;
            if (i == 50_000) {
                System.out.println("running");
            }
            if ((i & 0xFFF) == 0) {
                queue.segment().verify();
            }
        }
        System.out.println(sum);
    }
}

package io.zeroipc.collection;

import java.nio.file.Path;
import java.util.Random;

import io.zeroipc.codec.Codecs;
import io.zeroipc.memory.Atomics;
import io.zeroipc.segment.Segment;
import io.zeroipc.testing.Seeds;

/**
 * A process at the other end of a queue of longs: {@code produce <path> <number> <elements> <seed>} sends its number and
 * 0, 1, 2, ... in various ways; {@code claim <path>} claims a slot and waits to be killed.
 */
final class QueuePeer {

    private QueuePeer() {
    }

    public static void main(String[] arguments) throws Exception {
        try (Segment segment = Segment.at(Path.of(arguments[1])).open()) {
            SharedQueue<Long> queue = SharedQueue.open(segment, "queue", Codecs.int64());
            if (arguments[0].equals("claim")) {
                queue.tryClaim();
                System.out.println("claimed");
                System.in.read();
            } else {
                int number = Integer.parseInt(arguments[2]);
                produce(queue, number, Integer.parseInt(arguments[3]), Seeds.of(Long.parseLong(arguments[4]), number));
            }
        }
    }

    private static void produce(SharedQueue<Long> queue, int number, int elements, Random random)
            throws InterruptedException {
        int next = 0;
        while (next < elements) {
            long first = (long) number << 32 | next;
            switch (random.nextInt(3)) {
                case 0 -> {
                    queue.put(first);
                    next++;
                }
                case 1 -> {
                    long[] batch = new long[Math.min(elements - next, 10)];
                    for (int i = 0; i < batch.length; i++) {
                        batch[i] = first + i;
                    }
                    next += queue.asLongs().offerAll(batch, 0, batch.length);
                }
                default -> {
                    long claim = queue.tryClaim();
                    if (claim != SharedQueue.NO_CLAIM) {
                        Atomics.putLong(queue.slots(), queue.slotOffset(claim), first);
                        if (random.nextInt(4) == 0) {
                            queue.abort(claim);
                        } else {
                            queue.publish(claim);
                            next++;
                        }
                    }
                }
            }
        }
        while (queue.settle() != 0) {
            Thread.onSpinWait();
        }
    }
}

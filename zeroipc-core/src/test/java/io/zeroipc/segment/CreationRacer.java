package io.zeroipc.segment;

import java.nio.file.Path;
import java.time.Duration;

import io.zeroipc.SegmentExistsException;
import io.zeroipc.sync.SharedBarrier;

/**
 * A process that creates paths at the same moments as others do. Arguments: where all meet, how often, own name. In each round
 * it says what it created.
 */
final class CreationRacer {

    private CreationRacer() {
    }

    public static void main(String[] arguments) throws Exception {
        Path meeting = Path.of(arguments[0]);
        try (Segment segment = Segment.at(meeting).open()) {
            SharedBarrier barrier = SharedBarrier.open(segment, "barrier");
            for (int round = 0; round < Integer.parseInt(arguments[1]); round++) {
                meet(barrier);
                try (Segment created = Segment.at(meeting.resolveSibling("create" + round)).size(8192).create()) {
                    System.out.println("created " + round + " " + created.isCreated());
                } catch (SegmentExistsException e) {
                    // Somebody else was first.
                }
                meet(barrier);
                try (Segment shared = Segment.at(meeting.resolveSibling("either" + round)).size(8192).openOrCreate()) {
                    if (shared.isCreated()) {
                        System.out.println("either " + round + " true");
                    }
                    shared.create(arguments[2], Cell.spec(8));
                }
            }
        }
    }

    private static void meet(SharedBarrier barrier) throws InterruptedException {
        if (!barrier.await(Duration.ofMinutes(1))) {
            throw new IllegalStateException("the others did not come");
        }
    }
}

package io.zeroipc.flow;

import java.util.List;

import io.zeroipc.format.TopicDescriptor;
import io.zeroipc.memory.StopPoint;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Recoverer;
import io.zeroipc.segment.RecoveryOutcome;
import io.zeroipc.segment.Remains;

/**
 * Gives back the chunks and entries of publishers and subscribers that died.
 *
 * <p>
 * Why no live owner is robbed. An entry names its owner from the compare-and-set that takes it to the one that gives it back, and a
 * chunk names the entry, or has its bit, in the word that is changed by whoever takes it (I1 and I2 of {@link TopicChunks}). So what
 * is mended here is that of a dead one, and nobody else changes it. The entry is given back last: who recovers may die as well.
 */
final class TopicRecoverer implements Recoverer {

    private final TopicChunks chunks;
    private final EventCount departures;

    TopicRecoverer(TopicChunks chunks, EventCount departures) {
        this.chunks = chunks;
        this.departures = departures;
    }

    @Override
    public void recover(Remains remains) {
        for (int number = 1; number < TopicDescriptor.PUBLISHERS; number++) {
            long owner = chunks.publisherOwner(number);
            if (isGone(remains, owner)) {
                int found = 0;
                for (int chunk = 0; chunk < chunks.chunks(); chunk++) {
                    if (chunks.settle(chunk, number)) {
                        found++;
                        StopPoint.RECOVERY_RETURNED.reach();
                    }
                }
                boolean _ = chunks.changePublisher(number, owner, 0);
                count(remains, found);
            }
        }
        for (int number = 0; number < TopicDescriptor.SUBSCRIBERS; number++) {
            long owner = chunks.subscriberOwner(number);
            if (isGone(remains, owner)) {
                // First: from here on publishers do not wait for what it has yet to read.
                chunks.deactivate(number);
                chunks.releaseAll(number);
                StopPoint.RECOVERY_RETURNED.reach();
                boolean _ = chunks.changeSubscriber(number, owner, 0);
                count(remains, 1);
            }
        }
        StopPoint.RECOVERY_SETTLED.reach();
        // They have only kept the rows of the dead.
        List.copyOf(remains.claims()).forEach(remains::settle);
    }

    private static boolean isGone(Remains remains, long owner) {
        return owner != 0 && !TopicDescriptor.isForeign(owner) && remains.isGone(owner);
    }

    private void count(Remains remains, int found) {
        if (found > 0) {
            remains.count(RecoveryOutcome.RETURNED, found);
            departures.advance();
        }
    }
}

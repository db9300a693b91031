package io.zeroipc.benchmarks.pair;

import java.lang.foreign.MemorySegment;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.Loan;
import io.zeroipc.flow.Sample;
import io.zeroipc.flow.SharedTopic;
import io.zeroipc.flow.TopicPublisher;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.Segment;

/** {@link SharedTopic}, lent, filled and read in place. */
final class TopicLink extends OneThreadLink {

    private final Segment segment;
    private final int size;
    private final TopicPublisher publisher;
    private final TopicSubscriber subscriber;
    private @Nullable Loan loan;

    TopicLink(Place place) {
        segment = OwnSegment.open(place);
        size = place.size();
        publisher = SharedTopic.openOrCreate(segment, place.outgoing(), place.slots(), size).publisher();
        subscriber = SharedTopic.openOrCreate(segment, place.incoming(), place.slots(), size).subscribe();
    }

    @Override
    public long tryClaim() {
        loan = publisher.tryLoan(size);
        return loan == null ? FULL : 0;
    }

    @Override
    public MemorySegment memory() {
        return loan().memory();
    }

    @Override
    public void commit() {
        loan().send();
    }

    private Loan loan() {
        Loan present = loan;
        if (present == null) {
            throw new IllegalStateException("nothing was claimed");
        }
        return present;
    }

    @Override
    public int poll(Handler to, int limit) {
        int count = 0;
        while (count < limit) {
            Sample sample = subscriber.tryReceive();
            if (sample == null) {
                break;
            }
            to.onMessage(sample.memory(), 0);
            sample.close();
            count++;
        }
        return count;
    }

    @Override
    public void close() {
        subscriber.close();
        segment.close();
    }
}

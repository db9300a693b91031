package io.zeroipc.spring.listener;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.flow.Sample;
import io.zeroipc.flow.TopicSubscriber;
import io.zeroipc.segment.EventCount;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.SlotConsumer;

/**
 * The messages of a topic as samples, for a listener that reads them in place: {@link #release} ends those that it was given. For one
 * thread at a time.
 */
final class SampleIntake implements Intake<Sample> {

    private final TopicSubscriber subscriber;
    /** That the listener has, or had. */
    private final List<Sample> lent = new ArrayList<>();

    SampleIntake(TopicSubscriber subscriber) {
        this.subscriber = subscriber;
    }

    @Override
    public @Nullable Sample poll() {
        Sample sample = subscriber.tryReceive();
        if (sample != null) {
            lent.add(sample);
        }
        return sample;
    }

    @Override
    public int drainTo(Consumer<? super Sample> consumer, int max) {
        int count = 0;
        for (Sample sample = null; count < max && (sample = poll()) != null; count++) {
            consumer.accept(sample);
        }
        return count;
    }

    @Override
    public boolean pollSlot(SlotConsumer consumer) {
        return subscriber.pollSlot(consumer);
    }

    /** The listener has returned, and what became of its failure is done. */
    void release() {
        try {
            lent.forEach(Sample::close);
        } finally {
            lent.clear();
        }
    }

    @Override
    public EventCount arrivals() {
        return subscriber.arrivals();
    }

    @Override
    public long position() {
        return subscriber.position();
    }

    @Override
    public long lost() {
        return subscriber.lost();
    }

    @Override
    public long lag() {
        return subscriber.lag();
    }

    @Override
    public boolean isExhausted() {
        return subscriber.isExhausted();
    }

    @Override
    public void close() {
        subscriber.close();
    }
}

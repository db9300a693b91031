package io.zeroipc.flow;

import java.util.Objects;
import java.util.concurrent.Flow;

import io.zeroipc.segment.Source;
import io.zeroipc.segment.Source.Start;

/**
 * The elements of any source as they come, for whoever speaks reactive streams: the JDK's {@link Flow.Publisher}, which Reactor and
 * others adapt. Thread-safe.
 *
 * <p>
 * Each subscriber is one more consumer, with an intake and a virtual thread of its own; it competes with others, or sees what they see, as
 * the source says. It has begun to read when {@link #subscribe} returns, and is told so a moment later. Nothing is taken that was
 * not asked for, so a subscriber that is slow holds back the senders, or loses what a source overwrites. While it waits, it costs no
 * more than a listener in a virtual thread.
 *
 * <p>
 * It completes when the source is exhausted, and when the segment is closed. It fails when there is another consumer where the source has
 * only one, {@link io.zeroipc.RoleTakenException}, when the segment is detached, and when an element is no value of its type or the
 * structure cannot be read: {@link io.zeroipc.ZeroIpcException}. What was taken then is gone; who wants to go on subscribes again. A
 * cancellation gives the role back a moment later, and what was not taken stays. An element that the subscriber throws at
 * counts as taken, and ends the subscription.
 *
 * <pre>{@code
 * new SourcePublisher<>(queue, Start.EARLIEST).subscribe(subscriber);
 * Flux<Alert> alerts = JdkFlowAdapter.flowPublisherToFlux(new SourcePublisher<>(queue, Start.EARLIEST));
 * }</pre>
 *
 * @param <T> the element
 */
public final class SourcePublisher<T> implements Flow.Publisher<T> {

    private final PullPublisher<T> elements;

    /** @param start where each subscriber begins; sources that remove what is read always begin at the oldest element */
    public SourcePublisher(Source<T> source, Start start) {
        Objects.requireNonNull(start, "start");
        this.elements = new PullPublisher<>(source, () -> new IntakePull<>(source.intake(start)));
    }

    @Override
    public void subscribe(Flow.Subscriber<? super T> subscriber) {
        elements.subscribe(subscriber);
    }
}

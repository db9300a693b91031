package io.zeroipc.flow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.EventCounts;
import io.zeroipc.segment.Intake;
import io.zeroipc.segment.Source;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.wait.Deadline;

/**
 * Waits for several sources at once, channels above all, and hands the next element of any of them to that source's consumer.
 * For one thread at a time. The sources may be in different segments.
 *
 * <p>
 * Fair: each look begins behind the source that was served last, so a busy source does not starve the others. Of each source
 * this is one more consumer, from {@link #on} until it is closed; of an unbuffered channel the only one.
 *
 * <pre>{@code
 * try (SourceSelector selector = new SourceSelector().on(orders, this::book).on(quotes, this::price)) {
 *     while (selector.select() != SourceSelector.Outcome.ENDED) {
 *         count++;
 *     }
 * }
 * }</pre>
 */
public final class SourceSelector implements AutoCloseable {

    /** What a selection came to. */
    public enum Outcome {
        /** An element was handed to its consumer. */
        SELECTED,
        /** None came in time. */
        NOTHING,
        /** All sources are closed, and nothing is left in any of them; or the selector is closed. */
        ENDED
    }

    private final List<Branch<?>> branches = new ArrayList<>();
    /** Where the next look begins. */
    private int next;
    private boolean closed;
    private @Nullable EventCounts counts;

    /** One source, and who takes its elements. */
    private record Branch<T>(Intake<T> intake, Consumer<? super T> consumer) {

        boolean serve() {
            T element = intake.poll();
            if (element == null) {
                return false;
            }
            consumer.accept(element);
            return true;
        }
    }

    /**
     * Adds a source, from its oldest element on.
     *
     * @throws io.zeroipc.RoleTakenException when it has one consumer at a time, and there is one
     */
    public <T> SourceSelector on(Source<T> source, Consumer<? super T> consumer) {
        return on(source, Start.EARLIEST, consumer);
    }

    /**
     * Adds a source.
     *
     * @param start where to begin, if the source removes nothing
     * @throws io.zeroipc.RoleTakenException when it has one consumer at a time, and there is one
     * @throws IllegalStateException when this selector is closed
     */
    public <T> SourceSelector on(Source<T> source, Start start, Consumer<? super T> consumer) {
        Objects.requireNonNull(consumer, "consumer");
        if (closed) {
            throw new IllegalStateException(
                    "selector is closed: " + source.binding().describe() + " (create another one)");
        }
        branches.add(new Branch<>(source.intake(start), consumer));
        counts = null;
        return this;
    }

    /**
     * Serves the next source that has an element, without waiting. When the consumer throws, its element counts as consumed.
     *
     * @throws io.zeroipc.StructureBusyException as {@link Intake#poll()} of a source; the next call begins behind that
     */
    public Outcome selectNow() {
        int count = branches.size();
        int first = next;
        for (int i = 0; i < count; i++) {
            int index = (first + i) % count;
            // Before the call: a consumer that throws has been served.
            next = (index + 1) % count;
            if (branches.get(index).serve()) {
                return Outcome.SELECTED;
            }
        }
        return removeEnded() ? Outcome.ENDED : Outcome.NOTHING;
    }

    /**
     * Serves the next source that has an element, waiting for one at most so long.
     *
     * @throws io.zeroipc.StructureBusyException as {@link #selectNow()}
     */
    public Outcome select(Duration timeout) throws InterruptedException {
        return select(Deadline.after(timeout));
    }

    /**
     * Serves the next source that has an element, waiting for one as long as it takes.
     *
     * @throws io.zeroipc.StructureBusyException as {@link #selectNow()}
     */
    public Outcome select() throws InterruptedException {
        return select(Deadline.never());
    }

    private Outcome select(Deadline deadline) throws InterruptedException {
        int attempts = 0;
        while (true) {
            Outcome outcome = selectNow();
            if (outcome != Outcome.NOTHING || deadline.expired()) {
                return outcome;
            }
            attempts = counts().pause(deadline, attempts);
        }
    }

    /** Made anew whenever there are other sources. */
    private EventCounts counts() {
        EventCounts present = counts;
        if (present == null) {
            present = new EventCounts(branches.stream().map(branch -> branch.intake().arrivals()).toList());
            counts = present;
        }
        return present;
    }

    /** Whether no source is left that an element can come from. */
    private boolean removeEnded() {
        for (int i = branches.size() - 1; i >= 0; i--) {
            Intake<?> intake = branches.get(i).intake();
            if (intake.isExhausted()) {
                branches.remove(i);
                counts = null;
                intake.close();
                next = 0;
            }
        }
        return branches.isEmpty();
    }

    /**
     * Ends consuming; elements that were not handed out stay. When a source cannot be left, the others are nevertheless, and then
     * this throws. A consumer may call it. Idempotent.
     */
    @Override
    public void close() {
        closed = true;
        List<Branch<?>> left = List.copyOf(branches);
        branches.clear();
        RuntimeException failure = null;
        for (Branch<?> branch : left) {
            try {
                branch.intake().close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

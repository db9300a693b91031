package io.zeroipc.flow;

import java.util.List;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Flow;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import io.zeroipc.codec.Codec;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.segment.Spec;

/**
 * What is read from a {@link SharedStream}, transformed on the way: a recipe, of which every reader makes its own. Immutable.
 * The operations are those of the original; they take place in the reader's thread, when it asks for the next element, and hold
 * nothing back: back-pressure is that of the stream.
 *
 * <pre>{@code
 * StreamView<Double> warnings = temperatures.map(c -> c * 9 / 5 + 32).filter(f -> f > 100);
 * try (Stream<Double> each = warnings.stream(Start.LATEST)) {
 *     each.forEach(this::alert);
 * }
 * }</pre>
 *
 * <p>
 * What reads all, {@link #fold} and a {@link #stream}, waits until the stream is closed or, behind {@link #take}, until it has
 * enough.
 *
 * @param <T> what comes out
 */
public final class StreamView<T> {

    private final SharedStream<?> stream;
    private final String label;
    private final Function<Start, Opened<T>> opening;

    private StreamView(SharedStream<?> stream, String label, Function<Start, Opened<T>> opening) {
        this.stream = stream;
        this.label = label;
        this.opening = opening;
    }

    static <T> StreamView<T> of(SharedStream<T> stream) {
        return new StreamView<>(stream, "", start -> {
            StreamSubscription<T> subscription = stream.subscribe(start);
            return new Opened<>(subscription, StreamStage.first(subscription));
        });
    }

    /** A reader's own. */
    private record Opened<T>(StreamSubscription<?> subscription, StreamStage<T> last) {

        <R> Opened<R> then(Function<StreamStage<T>, StreamStage<R>> stage) {
            return new Opened<>(subscription, stage.apply(last));
        }
    }

    // transforming

    /** Each element replaced by what the function makes of it, which is not null. */
    public <R> StreamView<R> map(Function<? super T, ? extends R> function) {
        Objects.requireNonNull(function, "function");
        return then("map", before -> StreamStage.map(before, function));
    }

    /** The elements that meet the condition. */
    public StreamView<T> filter(Predicate<? super T> condition) {
        Objects.requireNonNull(condition, "condition");
        return then("filter", before -> StreamStage.filter(before, condition));
    }

    /** The first so many elements; then it ends. */
    public StreamView<T> take(long count) {
        requirePositive("count", count);
        return then("take", before -> StreamStage.take(before, count));
    }

    /** The elements behind the first so many. */
    public StreamView<T> skip(long count) {
        requirePositive("count", count);
        return then("skip", before -> StreamStage.skip(before, count));
    }

    /** Lists of so many elements each, one behind the other; the last one has what is left when the stream ends. */
    public StreamView<List<T>> window(int size) {
        requirePositive("size", size);
        return then("window", before -> StreamStage.window(before, size));
    }

    SharedStream<?> source() {
        return stream;
    }

    private <R> StreamView<R> then(String operation, Function<StreamStage<T>, StreamStage<R>> stage) {
        return new StreamView<>(stream, label.isEmpty() ? operation : label + "+" + operation,
                start -> opening.apply(start).then(stage));
    }

    // reading

    /** Begins to read; to be closed. */
    public StreamReader<T> open(Start start) {
        Opened<T> opened = opening.apply(start);
        return new StreamReader<>(stream, opened.subscription(), opened.last());
    }

    /** Combines all elements with what came before, until the end. */
    public <R> R fold(Start start, R identity, BiFunction<R, ? super T, R> function) throws InterruptedException {
        R result = identity;
        try (StreamReader<T> reader = open(start)) {
            for (T next = reader.take(); next != null; next = reader.take()) {
                result = function.apply(result, next);
            }
        }
        return result;
    }

    /**
     * The elements as a stream of the JDK, sequential; to be closed. It has begun to read when this returns. Its terminal
     * operations wait until the end; when their thread is interrupted they throw a {@link CancellationException} and leave it
     * interrupted.
     */
    public Stream<T> stream(Start start) {
        StreamReader<T> reader = open(start);
        Spliterator<T> elements = new Spliterators.AbstractSpliterator<>(Long.MAX_VALUE,
                Spliterator.ORDERED | Spliterator.NONNULL) {
            @Override
            public boolean tryAdvance(Consumer<? super T> action) {
                try {
                    T next = reader.take();
                    if (next == null) {
                        return false;
                    }
                    action.accept(next);
                    return true;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    CancellationException cancelled = new CancellationException(e.getMessage());
                    cancelled.initCause(e);
                    throw cancelled;
                }
            }
        };
        return StreamSupport.stream(elements, false).onClose(reader::close);
    }

    /**
     * The elements as a publisher. Each subscriber reads for itself, in a virtual thread, and only what it has asked for: of a
     * broadcast stream it loses what it asks for too late. It has begun to read when {@code subscribe} returns, and is told so
     * a moment later. It completes at the end, and when the segment is closed.
     */
    public Flow.Publisher<T> publisher(Start start) {
        return new PullPublisher<>(stream, () -> new ReaderPull<>(open(start)));
    }

    /**
     * Writes the elements into another stream from now on, in a thread of its own, until the end; then it closes that stream.
     * Takes the other stream's emitter's role.
     *
     * @param whenFull what to do when the other stream competes and is full
     * @throws io.zeroipc.RoleTakenException when somebody else emits into it
     */
    public StreamDerivation<T> into(SharedStream<T> target, Start start, StreamDerivation.WhenFull whenFull) {
        return StreamDerivation.start(this, target, start, whenFull);
    }

    /**
     * What to ask a segment for to have a stream that is derived by this view: its header names the operations, as in C++.
     *
     * @see #into
     */
    public Spec<SharedStream<T>> derivedSpec(Codec<T> codec, int capacity,
            SharedStream.Mode mode) {
        return new StreamSpec<>(codec, capacity, mode, label);
    }

    @Override
    public String toString() {
        return "StreamView[" + stream.describe() + ", operations=" + label + "]";
    }

    private static void requirePositive(String what, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(what + " is not positive: " + what + "=" + value);
        }
    }
}

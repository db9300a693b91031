package io.zeroipc.flow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.testing.Checked;

/**
 * A process at a broadcast stream. Arguments: path; {@code emit} and how many elements, or {@code subscribe}, a name, where to
 * start, and {@code fast} or {@code slow}. An emitter begins behind the newest element when it is told to go, and ends when
 * it is told to stop, or has emitted so many. A subscriber ends with the stream.
 */
final class BroadcastChild {

    static final String STREAM = "stream";
    static final String SLOW = "slow";
    static final String FAST = "fast";
    static final Codec<Figures> FIGURES = Codecs.record(Figures.class);

    private static final int ELEMENTS_BETWEEN_FIGURES = 1000;
    private static final long LOOK_NANOS = 100_000;

    private BroadcastChild() {
    }

    /**
     * What a subscriber has seen.
     *
     * @param start the position of the first element that it received or lost
     * @param torn elements whose parts do not fit together
     * @param misplaced elements that are not those of their position
     */
    record Figures(long start, long received, long lost, long torn, long misplaced) {

        long end() {
            return start + received + lost;
        }
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Segment segment = Segment.at(Path.of(arguments[0])).open()) {
            SharedStream<Checked> stream = SharedStream.open(segment, STREAM, Checked.CODEC);
            if (arguments[1].equals("emit")) {
                emit(stream, Long.parseLong(arguments[2]), input);
            } else {
                endWithParent(input);
                try (StateWriter<Figures> figures = SharedState.open(segment, arguments[2], FIGURES).writer();
                        StreamSubscription<Checked> subscription = stream.subscribe(Start.valueOf(arguments[3]))) {
                    System.out.println("ready");
                    subscribe(stream, subscription, figures, arguments[4].equals(SLOW));
                }
            }
        }
        System.out.println("done");
        Runtime.getRuntime().halt(0);
    }

    /** The position behind the newest element; meaningful while nobody emits. */
    static long end(SharedStream<Checked> stream) {
        long end = 0;
        try (StreamSubscription<Checked> subscription = stream.subscribe(Start.EARLIEST)) {
            for (Checked element = subscription.poll(); element != null; element = subscription.poll()) {
                end = element.number() + 1;
            }
        }
        return end;
    }

    private static void emit(SharedStream<Checked> stream, long count, BufferedReader input) throws IOException {
        try (StreamEmitter<Checked> emitter = stream.emitter()) {
            System.out.println("ready");
            input.readLine();
            Thread stopper = Thread.ofPlatform().daemon().start(() -> readLine(input));
            long first = end(stream);
            for (long number = first; number < first + count && stopper.isAlive(); number++) {
                if (!emitter.emit(Checked.of(number))) {
                    throw new IllegalStateException("stream is closed: number=" + number);
                }
            }
        }
    }

    private static void subscribe(SharedStream<Checked> stream, StreamSubscription<Checked> subscription,
            StateWriter<Figures> figures, boolean slow) throws InterruptedException {
        long start = 0;
        long received = 0;
        long torn = 0;
        long misplaced = 0;
        for (Checked element = subscription.take(); element != null; element = subscription.take()) {
            long position = subscription.position();
            if (received == 0) {
                start = position - subscription.lost();
            }
            received++;
            torn += element.isWhole() ? 0 : 1;
            misplaced += element.number() == position ? 0 : 1;
            if (received % ELEMENTS_BETWEEN_FIGURES == 0) {
                figures.set(new Figures(start, received, subscription.lost(), torn, misplaced));
            }
            if (slow && received % stream.capacity() == 0) {
                awaitLaps(stream, position);
            }
        }
        figures.set(new Figures(start, received, subscription.lost(), torn, misplaced));
    }

    /** Waits until what comes next has been overwritten for certain. */
    private static void awaitLaps(SharedStream<Checked> stream, long position) {
        while (stream.sequence() < position + 4 * stream.capacity() && !stream.isClosed()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Should the parent forget this child. */
    private static void endWithParent(BufferedReader input) {
        Thread.ofPlatform().daemon().start(() -> {
            readLine(input);
            Runtime.getRuntime().halt(1);
        });
    }

    private static void readLine(BufferedReader input) {
        try {
            input.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.zeroipc.flow;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;
import io.zeroipc.segment.Source.Start;
import io.zeroipc.sync.SharedCounter;
import io.zeroipc.sync.SharedMutex;
import io.zeroipc.testing.Checked;

/**
 * Another process on the structures of the tests' segments. Reads lines of a path, what to do, and numbers; says {@code done}
 * after each. When it is to be killed while it holds something, it says {@code holding} and waits.
 */
final class FlowChild {

    private FlowChild() {
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\\|");
            try (Segment segment = Segment.at(Path.of(words[0])).recovery(false).open()) {
                run(segment, words, input);
            }
            System.out.println("done");
        }
    }

    private static void run(Segment segment, String[] words, BufferedReader input) throws Exception {
        switch (words[1]) {
            case "hold signal" -> {
                SharedMutex.open(segment, "signal_mtx").lock();
                hold(input);
            }
            case "hold future" -> {
                try (SharedFuture.Completer<Integer> _ = SharedFuture
                        .open(segment, "future", Codecs.int32())
                        .tryClaim()) {
                    hold(input);
                }
            }
            case "hold lazy" -> SharedLazy.open(segment, "lazy", Codecs.int32()).get(() -> {
                hold(input);
                return 1;
            });
            case "hold truth" -> SharedLazy.open(segment, "lazy", Codecs.bool()).get(() -> {
                hold(input);
                return true;
            });
            case "compute once" -> {
                SharedCounter counter = SharedCounter.open(segment, "counter");
                System.out.println("got " + SharedLazy.open(segment, "lazy", Codecs.int64())
                        .get(counter::incrementAndGet));
            }
            case "follow" -> follow(segment);
            case "follow slowly" -> {
                SharedStream<Checked> stream = SharedStream.open(segment, "news", Checked.CODEC);
                try (StreamSubscription<Checked> subscription = stream.subscribe(Start.EARLIEST)) {
                    System.out.println("following");
                    input.readLine();
                    follow(subscription);
                }
            }
            case "hold emitter" -> {
                SharedStream<Checked> stream = SharedStream.open(segment, "news", Checked.CODEC);
                stream.emit(Checked.of(0));
                hold(input);
            }
            default -> throw new IllegalArgumentException(words[1]);
        }
    }

    private static void follow(Segment segment) throws InterruptedException {
        SharedStream<Checked> stream = SharedStream.open(segment, "news", Checked.CODEC);
        try (StreamSubscription<Checked> subscription = stream.subscribe(Start.EARLIEST)) {
            System.out.println("following");
            follow(subscription);
        }
    }

    private static void follow(StreamSubscription<Checked> subscription) throws InterruptedException {
        long first = -1;
        long seen = 0;
        for (Checked next = subscription.take(); next != null; next = subscription.take()) {
            if (!next.isWhole()) {
                throw new AssertionError("torn: " + next);
            }
            first = seen++ == 0 ? next.number() : first;
            System.out.println("seen " + next.number());
        }
        System.out.println("ended with " + seen + " seen, " + subscription.lost() + " lost, first " + first);
    }

    private static void hold(BufferedReader input) {
        System.out.println("holding");
        try {
            input.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

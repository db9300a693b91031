package io.zeroipc.flow;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleUnaryOperator;

import io.zeroipc.codec.Codec;
import io.zeroipc.codec.Codecs;
import io.zeroipc.segment.Segment;

/** Questions and answers: one channel for the questions of all clients, and one for the answers to each. */
public final class Calls {

    /** What a client sends: who it is, which of its questions this is, and the question. */
    public record Question(int client, long number, double value) {}

    /** What it gets back. */
    public record Answer(long number, double value) {}

    private static final Codec<Question> QUESTION = Codecs.record(Question.class);
    private static final Codec<Answer> ANSWER = Codecs.record(Answer.class);

    private Calls() {
    }

    private static SharedChannel<Question> questions(Segment segment) {
        return SharedChannel.openOrCreate(segment, "questions", QUESTION, 256);
    }

    private static SharedChannel<Answer> answers(Segment segment, int client) {
        return SharedChannel.openOrCreate(segment, "answers." + client, ANSWER, 256);
    }

    /** Answers until the channel of questions is closed; in any number of threads and processes. */
    public static void serve(Segment segment, DoubleUnaryOperator service) throws InterruptedException {
        SharedChannel<Question> questions = questions(segment);
        for (Question next = questions.receive(); next != null; next = questions.receive()) {
            Answer answer = new Answer(next.number(), service.applyAsDouble(next.value()));
            // A client that takes no answers does not stop the others.
            answers(segment, next.client()).trySend(answer, Duration.ofMillis(100));
        }
    }

    /** One client; its number is its own among all processes. */
    public static final class Client implements AutoCloseable {

        private final int client;
        private final SharedChannel<Question> questions;
        private final SharedChannel<Answer> answers;
        private final Map<Long, CompletableFuture<Double>> pending = new ConcurrentHashMap<>();
        private final AtomicLong numbers = new AtomicLong();
        private final Thread receiver;

        public Client(Segment segment, int client) {
            this.client = client;
            this.questions = questions(segment);
            this.answers = answers(segment, client);
            this.receiver = Thread.ofPlatform().daemon().start(this::receive);
        }

        /** Asks; the future fails when no answer comes in time, as when the server was killed. */
        public CompletableFuture<Double> ask(double value, Duration timeout) throws InterruptedException {
            long number = numbers.incrementAndGet();
            CompletableFuture<Double> answer = new CompletableFuture<>();
            pending.put(number, answer);
            questions.send(new Question(client, number, value));
            return answer.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .whenComplete((_, _) -> pending.remove(number));
        }

        private void receive() {
            try {
                for (Answer next = answers.receive(); next != null; next = answers.receive()) {
                    CompletableFuture<Double> answer = pending.remove(next.number());
                    // Absent when it came too late.
                    if (answer != null) {
                        answer.complete(next.value());
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            receiver.interrupt();
            try {
                receiver.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

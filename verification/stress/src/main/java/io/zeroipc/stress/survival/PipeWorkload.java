package io.zeroipc.stress.survival;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/** One thread of each worker offers elements, and another one takes them, in all ways that there are. */
final class PipeWorkload implements Workload {

    /** Few, so that everybody comes by a place that a dead process has left within microseconds. */
    static final int CAPACITY = 16;

    private static final int BATCH_MAX = 6;
    /** Turns of a thread that takes its time with a slot in hand, at most: some 50 microseconds. */
    private static final int TURNS_MAX = 1500;
    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);

    private final Consumer<Segment> creation;
    private final Pipe.Opening opening;
    private final boolean ordered;

    PipeWorkload(Consumer<Segment> creation, Pipe.Opening opening, boolean ordered) {
        this.creation = creation;
        this.opening = opening;
        this.ordered = ordered;
    }

    @Override
    public void create(Segment segment) {
        creation.accept(segment);
    }

    @Override
    public List<String> roles() {
        return List.of("producer", "consumer");
    }

    @Override
    public int lap() {
        return 2 * CAPACITY;
    }

    @Override
    public String describe(Segment segment) {
        Pipe pipe = opening.open(segment);
        return pipe.occupancy() + ", stall: " + pipe.stall();
    }

    @Override
    public Step bind(Seat seat) {
        Pipe pipe = opening.open(seat.segment());
        return seat.role() == 0 ? new Offering(pipe, seat) : new Taking(pipe, seat.journal(), seat.random());
    }

    /** Takes its time, so that it is killed there more often than chance would have it. */
    private static void linger(RandomGenerator random) {
        for (int i = random.nextInt(TURNS_MAX); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /** Offers elements 0, 1, 2 and so on. */
    private static final class Offering implements Step {

        private final Pipe pipe;
        private final Seat seat;
        private long next;

        Offering(Pipe pipe, Seat seat) {
            this.pipe = pipe;
            this.seat = seat;
        }

        @Override
        public void once() throws InterruptedException {
            RandomGenerator random = seat.random();
            int kind = random.nextInt(8);
            int count = kind == 0 ? 1 + random.nextInt(BATCH_MAX) : 1;
            Journal journal = seat.journal();
            journal.set(Word.ANNOUNCED, next + count);
            int accepted = switch (kind) {
                case 0 -> pipe.offerAll(Stream.iterate(next, number -> number + 1)
                        .limit(count)
                        .map(number -> Cargo.of(seat.id(), number))
                        .toList());
                case 1 -> pipe.claim(Cargo.of(seat.id(), next), random.nextBoolean(), () -> linger(random)) ? 1 : 0;
                case 2, 3 -> pipe.offer(Cargo.of(seat.id(), next)) ? 1 : 0;
                default -> pipe.offer(Cargo.of(seat.id(), next), PATIENCE) ? 1 : 0;
            };
            next += accepted;
            journal.set(Word.ACKNOWLEDGED, next);
            if (accepted > 0) {
                journal.add(Word.DONE, accepted);
            }
        }
    }

    /** Takes elements, and takes down which. */
    static final class Taking implements Step {

        private final Pipe pipe;
        private final Journal journal;
        private final RandomGenerator random;

        Taking(Pipe pipe, Journal journal, RandomGenerator random) {
            this.pipe = pipe;
            this.journal = journal;
            this.random = random;
        }

        @Override
        public void once() throws InterruptedException {
            int kind = random.nextInt(8);
            int count = kind < 2 ? 1 + random.nextInt(BATCH_MAX) : 1;
            if (!journal.hasRoom(count)) {
                Thread.sleep(PATIENCE_MILLIS);
                return;
            }
            journal.set(Word.PENDING, count);
            switch (kind) {
                case 0 -> pipe.drainTo(this::take, count);
                case 1 -> pipe.drain(this::takeFrom, count);
                case 2 -> pipe.poll(this::takeFrom);
                case 3 -> take(pipe.poll());
                default -> take(pipe.poll(PATIENCE));
            }
            journal.set(Word.PENDING, 0);
        }

        private void takeFrom(MemorySegment memory, long offset) {
            linger(random);
            take(Cargo.CODEC.decode(memory, offset));
            linger(random);
        }

        private void take(@Nullable Cargo cargo) {
            if (cargo == null) {
                return;
            }
            if (cargo.isWhole()) {
                journal.log(cargo.token());
            } else {
                journal.torn(cargo.producer(), cargo.number());
            }
            journal.add(Word.DONE, 1);
        }
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException {
        Pipe pipe = opening.open(segment);
        List<Long> left = new ArrayList<>();
        boolean empty = empty(pipe, left, crew, findings);
        List<Deliveries.Producer> producers = crew.threads(0)
                .map(thread -> new Deliveries.Producer(thread.id(), thread.toString(),
                        Math.max(0, thread.get(Word.ACKNOWLEDGED)), thread.get(Word.ANNOUNCED)))
                .toList();
        Stream<Deliveries.Consumer> own = Stream.of(
                new Deliveries.Consumer("what is left", left.stream().mapToLong(Long::longValue).toArray(), 0));
        List<Deliveries.Consumer> consumers = Stream
                .concat(crew.threads(1)
                        .map(thread -> new Deliveries.Consumer(thread.toString(), thread.logged(),
                                thread.get(Word.FINISHED) != 0 ? 0 : thread.get(Word.PENDING))),
                        own)
                .toList();
        // What is stuck in a wedged structure is not lost, and not there either.
        List<Deliveries.Producer> known = empty
                ? producers
                : producers.stream()
                        .map(each -> new Deliveries.Producer(each.id(), each.name(), 0, each.announced()))
                        .toList();
        new Deliveries(ordered ? Deliveries.Rule.ORDERED : Deliveries.Rule.UNORDERED, findings).check(known, consumers);
        if (empty && !crew.wedged()) {
            refill(pipe, crew, findings);
        }
    }

    /** Takes what is left; whether that was all. */
    private static boolean empty(Pipe pipe, List<Long> left, Crew crew, Findings findings) {
        long began = System.nanoTime();
        while (pipe.occupancy().used() > 0) {
            Cargo cargo = pipe.poll();
            if (cargo != null) {
                took(cargo, left, findings);
                began = System.nanoTime();
            } else if (System.nanoTime() - began > crew.patienceMillis() * 1_000_000) {
                if (!crew.wedged()) {
                    findings.add(Promise.WEDGE, "what is left cannot be taken: " + pipe.occupancy() + ", stall: "
                            + pipe.stall());
                }
                return false;
            } else {
                Thread.onSpinWait();
            }
        }
        return true;
    }

    private static void took(Cargo cargo, List<Long> left, Findings findings) {
        if (cargo.isWhole()) {
            left.add(cargo.token());
        } else {
            findings.add(Promise.TORN, "left behind: " + cargo);
        }
    }

    /** All places can be used again, twice around. */
    private static void refill(Pipe pipe, Crew crew, Findings findings) throws InterruptedException {
        Duration patience = Duration.ofMillis(crew.patienceMillis());
        for (int lap = 0; lap < 2; lap++) {
            long[] offered = new long[CAPACITY];
            for (int i = 0; i < CAPACITY; i++) {
                Cargo cargo = Cargo.of(0, i);
                offered[i] = cargo.token();
                if (!pipe.offer(cargo, patience)) {
                    findings.add(Promise.LEAK, "empty structure has no room for element " + i + " of " + CAPACITY
                            + ": " + pipe.occupancy() + ", stall: " + pipe.stall());
                    return;
                }
            }
            List<Long> taken = new ArrayList<>();
            for (int i = 0; i < CAPACITY; i++) {
                Cargo cargo = pipe.poll(patience);
                if (cargo == null) {
                    break;
                }
                took(cargo, taken, findings);
            }
            long[] got = taken.stream().mapToLong(Long::longValue).sorted().toArray();
            if (!Arrays.equals(got, offered)) {
                findings.add(Promise.LOST, "of " + CAPACITY + " new elements came back: "
                        + taken.stream().map(Cargo::describe).toList());
                return;
            }
        }
    }
}

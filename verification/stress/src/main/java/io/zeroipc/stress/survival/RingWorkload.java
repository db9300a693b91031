package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.zeroipc.RoleTakenException;
import io.zeroipc.collection.RingReader;
import io.zeroipc.collection.RingWriter;
import io.zeroipc.collection.SharedRing;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/**
 * One of all has the writer's role and one the reader's, until it is killed, or gives it up for another one. What a dead reader
 * had in its hands may be delivered once more.
 */
final class RingWorkload implements Workload {

    private static final String NAME = "ring";
    private static final int CAPACITY = 16;
    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);
    /** One step in so many ends a role. */
    private static final int STEPS = 200;

    private static SharedRing<Cargo> open(Segment segment) {
        return SharedRing.open(segment, NAME, Cargo.CODEC);
    }

    @Override
    public void create(Segment segment) {
        SharedRing.create(segment, NAME, Cargo.CODEC, CAPACITY);
    }

    @Override
    public List<String> roles() {
        return List.of("writer", "reader");
    }

    @Override
    public int lap() {
        return 2 * CAPACITY;
    }

    @Override
    public String describe(Segment segment) {
        return open(segment).occupancy() + "";
    }

    @Override
    public Step bind(Seat seat) {
        SharedRing<Cargo> ring = open(seat.segment());
        return seat.role() == 0 ? new Writing(ring, seat) : new Reading(ring, seat);
    }

    /** Writes elements 0, 1, 2 and so on. */
    private static final class Writing implements Step {

        private final SharedRing<Cargo> ring;
        private final Seat seat;
        private @Nullable RingWriter<Cargo> writer;
        private long next;

        Writing(SharedRing<Cargo> ring, Seat seat) {
            this.ring = ring;
            this.seat = seat;
        }

        @Override
        public void once() throws InterruptedException {
            RingWriter<Cargo> own = writer;
            if (own == null) {
                try {
                    writer = ring.writer();
                } catch (RoleTakenException e) {
                    Thread.sleep(1);
                }
                return;
            }
            Journal journal = seat.journal();
            journal.set(Word.ANNOUNCED, next + 1);
            if (own.offer(Cargo.of(seat.id(), next), PATIENCE)) {
                next++;
                journal.set(Word.ACKNOWLEDGED, next);
                journal.add(Word.DONE, 1);
            }
            if (seat.random().nextInt(STEPS) == 0) {
                own.close();
                writer = null;
            }
        }
    }

    /** Reads them. */
    private static final class Reading implements Step {

        private final SharedRing<Cargo> ring;
        private final Seat seat;
        private @Nullable RingReader<Cargo> reader;

        Reading(SharedRing<Cargo> ring, Seat seat) {
            this.ring = ring;
            this.seat = seat;
        }

        @Override
        public void once() throws InterruptedException {
            RingReader<Cargo> own = reader;
            Journal journal = seat.journal();
            if (own == null) {
                try {
                    reader = ring.reader();
                } catch (RoleTakenException e) {
                    Thread.sleep(1);
                }
                return;
            }
            if (!journal.hasRoom(CAPACITY)) {
                Thread.sleep(PATIENCE_MILLIS);
                return;
            }
            journal.set(Word.PENDING, 1);
            if (seat.random().nextBoolean()) {
                take(own.poll(PATIENCE));
            } else {
                journal.set(Word.PENDING, CAPACITY);
                own.drainTo(this::take, CAPACITY);
            }
            journal.set(Word.PENDING, 0);
            if (seat.random().nextInt(STEPS) == 0) {
                own.close();
                reader = null;
            }
        }

        private void take(@Nullable Cargo cargo) {
            if (cargo == null) {
                return;
            }
            if (cargo.isWhole()) {
                seat.journal().log(cargo.token());
            } else {
                seat.journal().torn(cargo.producer(), cargo.number());
            }
            seat.journal().add(Word.DONE, 1);
        }
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException {
        List<Long> left = new ArrayList<>();
        if (!crew.wedged()) {
            drain(open(segment), left, findings);
        }
        List<Deliveries.Producer> producers = crew.threads(0)
                .map(thread -> new Deliveries.Producer(thread.id(), thread.toString(),
                        crew.wedged() ? 0 : thread.get(Word.ACKNOWLEDGED), thread.get(Word.ANNOUNCED)))
                .toList();
        List<Deliveries.Consumer> consumers = Stream
                .concat(crew.threads(1)
                        .map(thread -> new Deliveries.Consumer(thread.toString(), thread.logged(),
                                thread.get(Word.FINISHED) != 0 ? 0 : thread.get(Word.PENDING))),
                        Stream.of(new Deliveries.Consumer("what is left",
                                left.stream().mapToLong(Long::longValue).toArray(), 0)))
                .toList();
        new Deliveries(Deliveries.Rule.AT_LEAST_ONCE, findings).check(producers, consumers);
    }

    private static void drain(SharedRing<Cargo> ring, List<Long> left, Findings findings) {
        try (RingReader<Cargo> reader = ring.reader()) {
            Cargo cargo = reader.poll();
            while (cargo != null) {
                if (!cargo.isWhole()) {
                    findings.add(Promise.TORN, "left behind: " + cargo);
                }
                left.add(cargo.token());
                cargo = reader.poll();
            }
        }
    }
}

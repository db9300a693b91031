package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;

import io.zeroipc.OwnerDiedException;
import io.zeroipc.flow.SharedSignal;
import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Findings.Promise;
import io.zeroipc.stress.survival.Journal.Word;

/** Some set a value, and others read it. */
final class SignalWorkload implements Workload {

    private static final String NAME = "signal";

    private static SharedSignal<Cargo> open(Segment segment) {
        return SharedSignal.open(segment, NAME, Cargo.CODEC);
    }

    @Override
    public void create(Segment segment) {
        SharedSignal.create(segment, NAME, Cargo.CODEC, Cargo.of(0, 0));
    }

    @Override
    public List<String> roles() {
        return List.of("setter", "getter");
    }

    @Override
    public int lap() {
        return 20;
    }

    @Override
    public String describe(Segment segment) {
        SharedSignal<Cargo> signal = open(segment);
        return "version " + signal.version() + ", locked: " + signal.isLocked();
    }

    @Override
    public Step bind(Seat seat) {
        SharedSignal<Cargo> signal = open(seat.segment());
        Journal journal = seat.journal();
        return seat.role() == 0 ? () -> set(signal, seat) : () -> {
            try {
                Cargo found = signal.get();
                if (!found.isWhole()) {
                    journal.torn(found.producer(), found.number());
                }
                journal.add(Word.DONE, 1);
            } catch (OwnerDiedException e) {
                // Until somebody has set it.
                journal.add(Word.DEATHS_TOLD, 1);
            }
        };
    }

    private static void set(SharedSignal<Cargo> signal, Seat seat) throws InterruptedException {
        Journal journal = seat.journal();
        journal.set(Word.PENDING, 1);
        Cargo cargo = Cargo.of(seat.id(), journal.get(Word.DONE));
        try {
            boolean done = switch (seat.random().nextInt(3)) {
                case 0 -> signal.trySet(cargo);
                case 1 -> signal.update(_ -> cargo).value().equals(cargo);
                default -> signal.set(cargo, Duration.ofMillis(PATIENCE_MILLIS));
            };
            if (done) {
                journal.add(Word.DONE, 1);
            }
        } catch (OwnerDiedException e) {
            // There is nothing to make a new value of.
            journal.add(Word.DEATHS_TOLD, 1);
        }
        journal.set(Word.PENDING, 0);
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) throws InterruptedException {
        SharedSignal<Cargo> signal = open(segment);
        Cargo cargo = Cargo.of(0, 1);
        if (signal.set(cargo, Duration.ofMillis(crew.patienceMillis()))) {
            if (!signal.get().equals(cargo)) {
                findings.add(Promise.LOST, "value that was set is not there: " + signal.snapshot());
            }
        } else if (!crew.wedged()) {
            findings.add(Promise.WEDGE, "value cannot be set when all have ended: " + describe(segment));
        }
    }
}

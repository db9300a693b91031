package io.zeroipc.stress.survival;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import io.zeroipc.segment.Segment;
import io.zeroipc.stress.survival.Journal.Word;
import io.zeroipc.sync.SharedBarrier;
import io.zeroipc.sync.SharedEvent;

/** Threads wait for each other: of them it is only to be seen that they go on. */
final class MeetingWorkload implements Workload {

    private static final String NAME = "meeting";
    private static final Duration PATIENCE = Duration.ofMillis(PATIENCE_MILLIS);

    /** Does one side's part; false when the other side was not there in time. */
    interface Meeting {

        boolean meet(int role) throws InterruptedException;
    }

    private final Consumer<Segment> creation;
    private final Function<Segment, Meeting> opening;

    MeetingWorkload(Consumer<Segment> creation, Function<Segment, Meeting> opening) {
        this.creation = creation;
        this.opening = opening;
    }

    static MeetingWorkload event() {
        return new MeetingWorkload(segment -> SharedEvent.create(segment, NAME, SharedEvent.Mode.AUTO), segment -> {
            SharedEvent event = SharedEvent.open(segment, NAME);
            return role -> {
                if (role == 0) {
                    event.signal();
                    return true;
                }
                return event.await(PATIENCE);
            };
        });
    }

    static MeetingWorkload barrier() {
        return new MeetingWorkload(segment -> SharedBarrier.create(segment, NAME, 2), segment -> {
            SharedBarrier barrier = SharedBarrier.open(segment, NAME);
            return _ -> barrier.await(PATIENCE);
        });
    }

    @Override
    public void create(Segment segment) {
        creation.accept(segment);
    }

    @Override
    public List<String> roles() {
        return List.of("one", "other");
    }

    @Override
    public int lap() {
        return 20;
    }

    @Override
    public String describe(Segment segment) {
        return segment.opened() + "";
    }

    @Override
    public Step bind(Seat seat) {
        Meeting meeting = opening.apply(seat.segment());
        return () -> {
            if (meeting.meet(seat.role())) {
                seat.journal().add(Word.DONE, 1);
            }
        };
    }

    @Override
    public void judge(Segment segment, Crew crew, Findings findings) {
        // That they went on was seen.
    }
}

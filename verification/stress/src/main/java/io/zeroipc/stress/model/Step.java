package io.zeroipc.stress.model;

import org.jspecify.annotations.Nullable;

import io.zeroipc.memory.StopPoint;

/** What an actor does between two moments at which others may do something. */
enum Step {

    LOOK(null, null),
    CHOOSE_ONE(null, null),
    CHOOSE_TWO(null, null),
    ANNOUNCE(StopPoint.QUEUE_CLAIM_ANNOUNCED, StopPoint.QUEUE_TAKE_ANNOUNCED),
    CLAIM(StopPoint.QUEUE_CLAIMED, StopPoint.QUEUE_TAKEN),
    FAIL_TO_CLAIM(null, null),
    CONFIRM(StopPoint.QUEUE_CLAIM_CONFIRMED, StopPoint.QUEUE_TAKE_CONFIRMED),
    WRITE(StopPoint.QUEUE_WRITTEN, null),
    PUBLISH(StopPoint.QUEUE_PUBLISHED, null),
    DELIVER(null, StopPoint.QUEUE_READ),
    RELEASE(null, StopPoint.QUEUE_RELEASED),
    CLEAR(null, null),
    CLEAR_FAILED_ANNOUNCEMENT(null, null),
    GIVE_UP(null, null),
    MOVE_TAIL_BACK(null, null),
    STEP_OVER(null, null),
    FREE_STEPPED_OVER(null, null),
    TAKE_OVER_BEGIN(null, null),
    TAKE_OVER_SCAN(null, null),
    TAKE_OVER_STOP(null, null),
    TAKE_OVER_LOOK_AGAIN(null, null),
    TAKE_OVER_ANNOUNCE(null, null),
    TAKE_OVER_CLEAR(null, null),
    DIE(null, null),
    RECOVER_FILL_HOLE(null, null),
    RECOVER_BEGIN(null, null),
    RECOVER_SCAN(null, null),
    RECOVER_STOP(null, null),
    RECOVER_LOOK_AGAIN(null, null),
    RECOVER_MOVE_HEAD(null, null),
    RECOVER_FREE_SLOT(null, null),
    RECOVER_DROP_BEGIN(null, null),
    RECOVER_DROP_SCAN(null, null),
    RECOVER_DROP(null, null),
    RECOVER_CLEAR_CELL(null, null),
    RECOVERER_DIES(null, null);

    private final @Nullable StopPoint producing;
    private final @Nullable StopPoint consuming;

    /** Where the code stands after the step, if it has a name for that. */
    Step(@Nullable StopPoint producing, @Nullable StopPoint consuming) {
        this.producing = producing;
        this.consuming = consuming;
    }

    String describe(boolean producer) {
        StopPoint reached = producer ? producing : consuming;
        return reached == null ? name() : name() + " (then at " + reached + ")";
    }
}
